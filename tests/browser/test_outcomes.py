"""The outcomes chapter in a real browser: an outcome and its measure, until nothing is open."""

import re

import pytest

from tests.browser.conftest import violations


def table(page, caption):
    return page.locator("table.np-table", has=page.locator(f"caption:text-is('{caption}')"))


def typed(field, text):
    field.fill(text)
    field.press("Tab")


def still_open(page):
    heading = page.locator(".np-pointers h3").inner_text()
    found = re.search(r"\((\d+)\)", heading)
    return int(found[1]) if found else 0


@pytest.mark.parametrize("size", [(1360, 900), (390, 844)], ids=["desk", "phone"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_chapter_opens_whole_and_axe_finds_nothing(visit, scheme, size):
    window = visit(color_scheme=scheme, viewport={"width": size[0], "height": size[1]})
    page = window.open("07_outcomes")
    page.wait_for_selector(".np-plot svg")
    page.get_by_role("button", name="Take outcomes from the library").click()
    page.get_by_role("button", name="Add what is ticked").wait_for()
    window.shot(f"outcomes-{scheme}-{size[0]}")
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= size[0]
    assert window.foreign == []
    assert window.complaints == []


def test_findings_vanish_as_fields_are_filled_and_all_is_found_after_a_reload(visit):
    window = visit()
    page = window.open("07_outcomes")
    page.wait_for_selector(".np-plot svg")
    before = still_open(page)
    page.get_by_role("button", name="Add an outcome").click()
    fresh = table(page, "Desired outcomes").locator("tr[data-row^=o_] [data-column=text]")
    typed(fresh, "Both teams keep people")
    page.get_by_text("Nothing measures the outcome “Both teams keep people”").wait_for()
    page.get_by_role("button", name="Add an objective").click()
    page.get_by_role("button", name="Add a measure").click()
    page.get_by_text("Nothing measures the outcome “Both teams keep people”").wait_for(
        state="detached"
    )
    page.get_by_role("button", name="“New measure” is a proportion of what?").click()
    field = page.get_by_role("textbox", name="Out of what")
    page.wait_for_function("document.activeElement.dataset.column?.endsWith('.denominator')")
    typed(field, "people of both teams on the first day of the month")
    page.get_by_text("“New measure” is a proportion of what?").wait_for(state="detached")
    assert still_open(page) > before
    page.get_by_text("Saved").first.wait_for()
    page.reload()
    page.locator(".np-table input").first.wait_for(timeout=60_000)
    window.settle()
    assert any(
        field.input_value() == "Both teams keep people"
        for field in table(page, "Desired outcomes").locator("[data-column=text]").all()
    )
    assert window.foreign == []
    assert window.complaints == []
