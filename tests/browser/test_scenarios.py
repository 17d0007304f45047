"""The scenarios chapter in a real browser: change a term, see both cases move, find it again."""

import pytest

from tests.browser.conftest import unfold_all, violations

BASE_ROW = "tr:has(strong:text-is('Base'))"


def draft_of(page, term):
    return page.get_by_role("textbox", name=f"Draft, {term}")


def shares(page):
    """What the verdict says of the base case: the buyer's saving and the supplier's margin."""
    table = page.locator("table.np-sheet", has_text="Does it hold for both?")
    cells = table.locator(BASE_ROW).locator(".np-buyer, .np-supplier")
    return cells.all_inner_texts()


def figure(text):
    return float(text.partition("\u202f")[0].replace("\u2212", "-"))


def pictured(page):
    return page.locator(".np-plot svg").nth(1).inner_html()


@pytest.fixture(scope="module")
def chapter(chromium, playbook):
    from tests.browser.conftest import Visitor

    visitor = Visitor(chromium, playbook)
    visitor.open("08_scenarios")
    visitor.page.wait_for_selector(".np-plot svg")
    yield visitor
    visitor.close()


def test_the_chapter_opens_without_a_foreign_request_or_a_complaint(chapter):
    assert shares(chapter.page) == ["40.7\u202f%", "8.9\u202f%"]
    assert chapter.foreign == []
    assert chapter.complaints == []
    chapter.shot("scenarios")


def test_axe_finds_nothing_folded_or_unfolded(chapter):
    page = chapter.page
    assert violations(page) == []
    unfold_all(page)
    page.wait_for_selector("caption:text-is('Volume')")
    chapter.settle()
    assert violations(page) == []


def test_a_wrong_value_is_refused_at_its_field_and_the_last_valid_one_stays(chapter):
    page = chapter.page
    field = draft_of(page, "Minimum commitment")
    field.fill("750")
    field.press("Tab")
    error = page.locator(".np-error:visible", has_text="75 % is kept")
    error.wait_for()
    assert field.get_attribute("aria-invalid") == "true"
    field.press("Escape")
    error.wait_for(state="hidden")
    assert shares(page) == ["40.7\u202f%", "8.9\u202f%"]


def test_a_changed_term_moves_both_cases_and_is_found_again_after_a_reload(chapter):
    page, before = chapter.page, pictured(chapter.page)
    field = draft_of(page, "Unit price")
    field.fill("1.72")
    field.press("Enter")
    page.wait_for_function(
        "before => document.querySelectorAll('.np-plot svg')[1].innerHTML !== before", arg=before
    )
    moved = shares(page)
    assert figure(moved[0]) < 40.7 and figure(moved[1]) > 8.9
    page.get_by_text("Saved").first.wait_for()
    chapter.open("08_scenarios")
    chapter.page.wait_for_selector(".np-plot svg")
    assert draft_of(chapter.page, "Unit price").input_value() == "1.72"
    assert shares(chapter.page) == moved


def test_two_scenarios_stand_side_by_side_with_what_makes_the_difference(chapter):
    page = chapter.page
    page.get_by_role("button", name="Compare two or three scenarios").click()
    steps = page.locator("table.np-sheet", has_text="What differs, and what it does")
    page.get_by_label("with", exact=True).select_option("Worst")
    steps.locator("th:has-text('Demand')").first.wait_for()
    page.get_by_label("and with").select_option("Best")
    steps.locator("th:text-is('Buyer, to Best')").wait_for()
    with page.expect_download() as download:
        card = page.locator(".np-fold", has=page.get_by_role("button", name="Compare two"))
        card.get_by_role("button", name="Download as CSV").click()
    assert download.value.suggested_filename == "harbor-luzon-base-worst-best.csv"


def test_a_step_that_was_typed_shows_its_effect_and_is_found_after_a_reload(chapter):
    page = chapter.page
    page.get_by_role("button", name="Try a step of our own").click()
    page.get_by_role("button", name="Add a step").click()
    table = page.locator("table", has_text="Steps we want to try")
    table.locator("select").first.select_option("FX collar")
    field = table.get_by_role("textbox", name="Try, row 1, %")
    field.fill("2")
    field.press("Enter")
    page.locator("table.np-sheet th:has-text('FX collar 2 %')").last.wait_for()
    page.get_by_text("Saved").first.wait_for()
    chapter.open("08_scenarios")
    button = chapter.page.get_by_role("button", name="Try a step of our own (1 kept)")
    button.click()
    assert field.input_value() == "2"


def test_the_simulation_runs_and_says_when_it_is_out_of_date(chapter):
    page = chapter.page
    page.get_by_role("button", name="Draw thousands of futures").click()
    page.get_by_role("button", name="Run 5,000 draws").click()
    page.locator("caption:text-is('How often it comes out how')").wait_for(timeout=20_000)
    field = draft_of(page, "FX collar")
    field.fill("2")
    field.press("Enter")
    page.get_by_text("Out of date").wait_for()


@pytest.mark.parametrize("width, scheme", [(390, "light"), (1280, "dark")])
def test_a_phone_and_the_dark_lose_nothing(visit, width, scheme):
    visitor = visit(viewport={"width": width, "height": 850}, color_scheme=scheme)
    page = visitor.open("08_scenarios")
    page.wait_for_selector(".np-plot svg")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    visitor.shot(f"scenarios-{width}-{scheme}")
