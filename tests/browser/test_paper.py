"""A chapter on paper: what is typed is read in full, nothing to press is printed, pictures fit."""

import pytest

BESIDES = "Everybody who sits at this table reads this line to its very end, however long it is: "
LAID = """() => {
  window.dispatchEvent(new Event("beforeprint"));
}"""
# What is seen of each field: its own text where it was written out, and nothing else.
FIELDS = """() => [...document.querySelectorAll(".np-column :is(input, select, textarea)")]
  .filter((one) => !one.matches("[type=checkbox], [type=radio], [type=file]"))
  .map((one) => [one.checkVisibility(), one.nextElementSibling?.className === "np-typed"])"""
TOO_WIDE = """() => [...document.querySelectorAll("#np-main :is(svg, table, .np-typed)")]
  .filter((one) => one.checkVisibility())
  .filter((one) => one.getBoundingClientRect().right
    > document.querySelector("#np-main").getBoundingClientRect().right + 1)
  .map((one) => one.outerHTML.slice(0, 80))"""


@pytest.fixture
def sheet(visit):
    """`sheet(chapter)`: the chapter as it is while it is printed."""

    def lay(chapter, **options):
        page = visit(**options).open(chapter)
        page.locator(".np-plot svg").first.wait_for()
        page.evaluate(LAID)
        page.emulate_media(media="print")
        return page

    return lay


@pytest.mark.parametrize("chapter", ["00_start", "08_scenarios"])
def test_paper_shows_no_button_no_field_and_nothing_wider_than_the_sheet(sheet, chapter):
    page = sheet(chapter)
    pressed = page.locator("button, .np-button, summary, input[type=file]").all()
    assert [one.inner_text() for one in pressed if one.is_visible()] == []
    fields = page.evaluate(FIELDS)
    assert len(fields) > 10
    assert {tuple(one) for one in fields} == {(False, True)}
    assert page.evaluate(TOO_WIDE) == []


def test_a_long_text_is_printed_in_full_and_the_page_comes_back(visit):
    page = visit().open("00_start")
    title = page.get_by_label("Title", exact=True)
    long = (BESIDES * 2)[:110]
    title.fill(long)
    title.press("Enter")
    page.locator("#np-deal", has_text=long).wait_for()
    before = page.locator("#np-main").inner_text()
    page.evaluate(LAID)
    page.emulate_media(media="print")
    written = page.locator(".np-typed", has_text=long)
    assert written.evaluate("one => one.scrollWidth <= one.clientWidth + 1")
    page.emulate_media(media="screen")
    page.evaluate("() => { window.dispatchEvent(new Event('afterprint')) }")
    assert title.input_value() == long
    assert page.locator(".np-typed, .np-paper-head, .np-bare, .np-whole").count() == 0
    assert page.locator("#np-main").inner_text() == before


def test_paper_says_whose_page_it_is_and_how_far_it_is_agreed(sheet):
    head = sheet("08_scenarios").locator(".np-paper-head")
    assert head.is_visible()
    for word in ("Harbor & Pine", "as the buyer", "Draft", "version", "Printed"):
        assert word in head.inner_text()


def test_a_card_that_holds_only_buttons_leaves_no_empty_frame(sheet):
    page = sheet("08_scenarios")
    assert page.locator(".np-bare").count() > 0
    blank = [one for one in page.locator(".np-card:visible").all() if not one.inner_text().strip()]
    assert blank == []


def test_our_button_prints_once_every_picture_fits_the_sheet(visit):
    page = visit(viewport={"width": 1600, "height": 900}).open("08_scenarios")
    page.locator(".np-plot svg").first.wait_for()
    page.evaluate(
        """() => { window.print = () => {
          window.seen = [...document.querySelectorAll(".np-plot")].filter((one) => one.clientWidth)
            .map((one) => [one.clientWidth, one.querySelector("svg").clientWidth]);
        } }"""
    )
    page.get_by_role("button", name="Print").click()
    page.wait_for_function("window.seen")
    plots = page.evaluate("window.seen")
    assert len(plots) > 4
    assert all(0.7 * plot < svg <= plot + 1 for plot, svg in plots)
    assert max(plot for plot, _ in plots) < 900


def test_a_table_that_is_cards_on_a_phone_is_a_table_on_paper(visit):
    page = visit(viewport={"width": 390, "height": 844}).open("00_start")
    cards = page.locator(".np-table-box[data-stacked]:visible")
    cards.first.wait_for()
    # In one go: a sheet is laid out before anything that watches sizes is called.
    left = """() => {
      window.dispatchEvent(new Event("beforeprint"));
      return document.querySelectorAll(".np-table-box[data-stacked]").length;
    }"""
    assert page.evaluate(left) == 0
    page.evaluate("() => { window.dispatchEvent(new Event('afterprint')) }")
    assert cards.count() > 3


@pytest.mark.parametrize("chapter", ["00_start", "08_scenarios"])
def test_a_phone_scrolls_no_page_sideways_and_cuts_no_table(visit, chapter):
    page = visit(viewport={"width": 390, "height": 844}).open(chapter)
    page.locator(".np-table-box[data-stacked]:visible").first.wait_for()
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    cells = ".np-table :is(td, tbody th, caption, input, .np-unit)"
    cut = """(cells) => [...document.querySelectorAll(cells)]
      .filter((one) => one.checkVisibility() && one.getBoundingClientRect().right > innerWidth)
      .map((one) => one.textContent)"""
    assert page.evaluate(cut, cells) == []
