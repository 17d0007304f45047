"""The process chapter, served: a map is built by hand, by paste and by keys, and carried on."""

import re

import pytest

from tests.browser.conftest import unfold_all, violations
from tests.browser.test_start import create

SHEET = (
    "Call comes in\tDesk\tstart\t\t\tSolve it\r\n"
    "Solve it\tDesk\ttask\t6\t2\tSolved?\r\n"
    "Solved?\tDesk\tdecision\t\t\tDone: 90 %; Ask the office: 10 % (rework)\r\n"
    "Ask the office\tOffice\ttask\t4\t60\tSolve it\r\n"
    "Done\tDesk\tend\t\t\t\r\n"
)


def step(page, name):
    return page.locator(f'[data-step][aria-label^="{name},"]')


def middle(locator):
    box = locator.locator(".pm-shape").first.bounding_box()
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def drag(page, start, goal):
    page.mouse.move(*start)
    page.mouse.down()
    page.mouse.move((start[0] + goal[0]) / 2, (start[1] + goal[1]) / 2, steps=4)
    page.mouse.move(*goal, steps=4)
    page.mouse.up()


def name_it(page, name):
    """Types into the card that stands open over a new step."""
    page.wait_for_function("() => document.activeElement.matches('.np-map-card input')")
    page.keyboard.type(name)
    page.keyboard.press("Enter")
    step(page, name).wait_for()


def unfold(page, words):
    button = page.get_by_role("button", name=words, exact=True)
    if button.get_attribute("aria-expanded") == "false":
        button.click()


def choose(page, name):
    """Selects a step, and gives the field of its handling minutes beside the map."""
    step(page, name).click()
    page.wait_for_function(
        "name => document.querySelector('.np-panel [data-column=name]')?.value === name", arg=name
    )
    return page.locator(".np-panel").get_by_label("Handling, min", exact=True)


def two_lanes(page):
    """Two lanes, by the table that a new map shows unfolded."""
    for number, name in enumerate(("Desk", "Office")):
        page.get_by_role("button", name="Add a lane").first.click()
        field = page.get_by_role("textbox", name=f"Lane, New lane {number + 1}").or_(
            page.get_by_role("textbox", name=re.compile("Lane, New lane"))).last  # fmt: skip
        field.fill(name)
        field.press("Tab")
        page.locator("[data-lane]").nth(number).wait_for()


def paste(field, text):
    field.evaluate(
        """(node, text) => {
          const how = {clipboardData: new DataTransfer(), bubbles: true, cancelable: true};
          how.clipboardData.setData("text/plain", text);
          node.dispatchEvent(new ClipboardEvent("paste", how));
        }""",
        text,
    )


def new_deal(window, title):
    page = window.open("00_start")
    create(page, title)
    window.settle()
    deal = re.search(r"/deal/([\w-]+)/", page.url)[1]
    return window.open("06_process", deal), deal


@pytest.fixture(scope="module")
def chapter(chromium, playbook):
    from tests.browser.conftest import Visitor

    visitor = Visitor(chromium, playbook, viewport={"width": 1360, "height": 900})
    visitor.open("06_process")
    visitor.page.wait_for_selector(".np-plot svg")
    yield visitor
    visitor.close()


def test_the_chapter_opens_without_a_foreign_request_or_a_complaint(chapter):
    assert step(chapter.page, "Look up order and stock").count() == 1
    assert chapter.foreign == []
    assert chapter.complaints == []
    chapter.shot("process")


def test_axe_finds_nothing_folded_or_unfolded(chapter):
    page = chapter.page
    assert violations(page) == []
    step(page, "Refund or ship again").click()
    unfold_all(page)
    page.wait_for_selector("caption:text-is('Steps and roles')")
    chapter.settle()
    assert violations(page) == []
    chapter.shot("process-unfolded")


def test_enter_leads_into_the_panel_and_escape_back(chapter):
    page = chapter.page
    step(page, "Approve the refund").focus()
    page.keyboard.press("Space")
    page.keyboard.press("Enter")
    page.wait_for_function("() => document.activeElement.matches('.np-panel [data-column=name]')")
    assert page.locator(".np-panel-head h3").inner_text().endswith("Approve the refund")
    page.keyboard.press("Escape")
    page.wait_for_function(
        "() => document.activeElement.ariaLabel?.startsWith('Approve the refund,')"
    )
    page.get_by_role("button", name="Close what is selected").click()
    page.locator(".np-panel-head").wait_for(state="detached")


def test_on_a_phone_the_lanes_stand_upright(visit):
    window = visit(viewport={"width": 390, "height": 844})
    page = window.open("06_process")
    page.wait_for_function("() => document.querySelector('.np-map').viewBox.baseVal.height > 1000")
    assert page.get_by_label("Lanes upright").is_checked()
    window.shot("process-phone", full_page=False)


def test_a_map_is_built_with_the_mouse_and_found_after_a_reload(visit):
    window = visit(viewport={"width": 1360, "height": 900})
    page, deal = new_deal(window, "Drawn by mouse")
    two_lanes(page)
    for name in ("Check", "Approve", "Pay"):
        page.get_by_role("button", name="Add a step", exact=True).first.click()
        name_it(page, name)
    page.locator("[data-lane]").nth(1).scroll_into_view_if_needed()
    page.wait_for_timeout(300)  # the page comes to rest where the keyboard left it
    band = page.locator("[data-lane]").nth(1).locator(".pm-lane-band").bounding_box()
    x, y = middle(step(page, "Approve"))
    drag(page, (x, y), (x, band["y"] + band["height"] / 2))
    page.locator('[data-step][aria-label*="Approve, task in Office"]').wait_for()
    handling = choose(page, "Approve")
    handling.fill("abc")
    handling.press("Tab")
    page.get_by_text("is not a number", exact=False).wait_for()
    handling.fill("4,5")
    handling.press("Tab")
    page.locator('[data-step][aria-label*="4.5 minutes"]').wait_for()
    page.get_by_text("Saved", exact=False).first.wait_for()
    page = window.open("06_process", deal)
    page.locator('[data-step][aria-label*="Approve, task in Office"]').wait_for()
    assert page.locator("[data-step]").count() == 3


def test_a_map_is_pasted_from_a_spreadsheet(visit):
    window = visit(viewport={"width": 1360, "height": 900})
    page, _deal = new_deal(window, "Pasted")
    two_lanes(page)
    page.get_by_role("button", name="Add a step", exact=True).last.click()
    first = page.get_by_role("textbox", name="Step, New step")
    first.wait_for()
    paste(first, SHEET)
    step(page, "Ask the office").wait_for()
    assert page.locator("[data-step]").count() == 5
    assert page.locator("[data-flow]").count() == 5


def test_a_map_is_built_with_keys_alone(visit):
    window = visit(viewport={"width": 1360, "height": 900})
    page, _deal = new_deal(window, "Drawn by keys")
    page.get_by_role("button", name="Add a lane").first.focus()
    page.keyboard.press("Enter")
    page.locator("[data-lane]").first.wait_for()
    page.locator("[aria-busy=true]").wait_for(state="detached")
    page.keyboard.press("Enter")
    page.locator("[data-lane]").nth(1).wait_for()
    page.get_by_role("button", name="Add a step", exact=True).first.focus()
    page.keyboard.press("Enter")
    name_it(page, "Check")
    for name in ("Approve", "Pay"):
        page.keyboard.press("n")
        name_it(page, name)
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("Alt+ArrowDown")
    page.locator('[data-step][aria-label*="Approve, task in New lane"]').wait_for()
    page.keyboard.press("Delete")
    step(page, "Approve").wait_for(state="detached")
    page.keyboard.press("Control+z")
    step(page, "Approve").wait_for()


def test_a_future_state_is_drafted_and_its_saving_arrives_in_the_scenarios(visit):
    window = visit(viewport={"width": 1360, "height": 900})
    page = window.open("06_process")
    page.get_by_role("button", name="Add one for our eyes alone").click()
    page.get_by_role("button", name="Show “Our draft”").wait_for()
    handling = choose(page, "Approve the refund")
    handling.fill("1")
    handling.press("Tab")
    page.get_by_text("First change: Step “Approve the refund”: handling goes from 4").wait_for()
    row = page.locator("tr", has_text="Our draft: Retained organisation")
    row.get_by_role("checkbox").check()
    page.get_by_role("button", name="Take over what is ticked").click()
    row.get_by_text("✓ in use").wait_for()
    page.get_by_text("Saved", exact=False).first.wait_for()
    page = window.open("08_scenarios")
    verdict = page.locator("table.np-sheet", has_text="Does it hold for both?")
    shares = {
        name: verdict.locator(f"tr:has(strong:text-is('{name}')) .np-buyer").first.inner_text()
        for name in ("Base", "Our draft")
    }
    base, draft = (float(text.partition("\u202f")[0]) for text in shares.values())
    assert draft > base
    assert window.foreign == []
