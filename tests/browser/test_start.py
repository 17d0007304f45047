"""The deal room, served: a deal is created, refused, found again, and nothing leaves the house."""

import re

import pytest
from playwright.sync_api import expect

from negotiation.files.lists import read_list
from tests.browser.conftest import violations


def new_deal_form(page):
    page.get_by_role("button", name="Start a new deal").click()
    return page.get_by_role("group", name="A new deal")


def typed(form, label, text):
    field = form.get_by_label(label, exact=True)
    field.fill(text)
    field.press("Tab")
    return field


def create(page, title):
    typed(new_deal_form(page), "Title", title)
    page.get_by_role("button", name="Create the deal").click()
    page.wait_for_url(re.compile(r"/deal/[\w-]+/00_start\.ipynb"))
    page.locator(f"#np-deal:has-text('{title}')").wait_for(timeout=60_000)


def take_rules_and_reload(window, title):
    """A new deal with the proposed ground rules, on a page that was loaded again since."""
    page = window.open("00_start")
    create(page, title)
    window.settle()
    page.get_by_role("button", name="Take the proposed rules").click()
    page.get_by_text("Buyer has not yet accepted").wait_for()
    page.get_by_text("Saved", exact=False).first.wait_for()
    page.reload()
    page.get_by_text("Nothing agreed in this room binds either side").wait_for(timeout=60_000)
    return page


def test_a_deal_is_created_and_what_was_changed_is_found_after_a_reload(visit):
    window = visit()
    page = take_rules_and_reload(window, "Winter care")
    assert page.locator(".np-deals tbody tr", has_text="Winter care").count() == 1
    assert window.foreign == []
    assert window.complaints == []


def test_what_was_done_before_a_reload_is_undone_after_it(visit):
    window = visit()
    page = take_rules_and_reload(window, "Spring care")
    undo = page.get_by_role("button", name="Undo", exact=True)
    # Each rule is one gesture; the next click comes only once the one before is saved and shown.
    table = page.get_by_role("table", name="Ground rules", exact=True)
    rules = table.get_by_role("row", name=re.compile("open open"))
    taken = len(read_list("ground_rules"))
    expect(rules).to_have_count(taken)
    for left in reversed(range(taken)):
        undo.click()
        expect(rules).to_have_count(left)
    page.get_by_text("No rule yet.").wait_for()
    page.get_by_role("button", name="Redo", exact=True).click()
    page.get_by_text("Buyer has not yet accepted").wait_for()


def test_the_book_is_proposed_by_one_side_and_opened_by_the_other(visit):
    window = visit(viewport={"width": 1360, "height": 900})
    page = window.open("00_start")
    create(page, "Open care")
    window.settle()
    page.get_by_role("button", name="Propose to open the book").click()
    group = page.get_by_role("group", name=re.compile("The other side sees the proposal"))
    group.get_by_role("button", name="Propose to open the book").click()
    page.get_by_text("We proposed on").wait_for()
    page.locator("#np-seat select").select_option("supplier")
    page.get_by_text("It opens only if you agree.").wait_for()
    rail = page.locator("#np-rail [data-chapter='00_start'] .np-state")
    rail.filter(has_text="open book waits for your answer").wait_for()
    window.shot("open-book-1360")
    assert violations(page) == []
    page.get_by_role("button", name="Open the book", exact=True).click()
    page.get_by_role("button", name="Open the book", exact=True).last.click()
    page.get_by_text("The book is open since Supplier agreed").wait_for()


def test_a_currency_that_is_none_is_refused_at_the_field_and_the_old_one_kept(visit):
    page = visit().open("00_start")
    form = new_deal_form(page)
    typed(form, "Currency", "dollars")
    form.get_by_text(
        "'dollars' is not a currency; write three capital letters such as USD; USD is kept."
    ).wait_for()
    page.get_by_role("button", name="Create the deal").click()
    page.get_by_text("Give the deal a title first.").first.wait_for()


def test_deleting_asks_first_and_keeping_keeps(visit):
    window = visit()
    create(window.open("00_start"), "Short lived")
    page = window.open("00_start")
    page.get_by_role("button", name="Delete Short lived", exact=True).click()
    page.get_by_role("button", name="Keep Short lived").click()
    page.get_by_role("button", name="Delete Short lived", exact=True).click()
    page.get_by_role("button", name="Delete Short lived for good").click()
    page.get_by_role("link", name="Short lived").wait_for(state="detached")


@pytest.mark.parametrize("size", [(1280, 900), (390, 844)], ids=["desk", "phone"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_in_the_deal_room(visit, scheme, size):
    window = visit(color_scheme=scheme, viewport={"width": size[0], "height": size[1]})
    page = window.open("00_start")
    page.get_by_role("button", name="Who does each step").click()
    page.get_by_text("What it costs in hours", exact=True).wait_for()
    window.shot(f"start-{scheme}-{size[0]}")
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= size[0]
