"""The session bar in real Chromium: in place, and in the page's own bar and rail."""

import pytest
from axe_playwright_python.sync_playwright import Axe

from negotiation.desk import LocalDesk, Store
from negotiation.files.deal_file import sample
from widgets.assets import joined
from widgets.session import SessionBar
from widgets.session_rail import PARTS
from widgets.state import DealState

from .stage import Stage

PRICE = "terms.unit_price"
PAGE = """
<nav id="np-rail" aria-label="Chapters"><div id="np-deal"></div><div id="np-seat"></div><ol>
<li data-chapter="00_start" data-state="open"><a href="#a"><span class="st">○</span>
<span class="np-name">Start</span> <span class="np-state">open</span></a></li>
<li data-chapter="08_scenarios" data-state="open"><a href="#b"><span class="st">○</span>
<span class="np-name">Scenarios</span> <span class="np-state">open</span></a></li>
</ol><h2 id="np-act-later">Later</h2><ol aria-labelledby="np-act-later">
<li data-chapter="01_request" data-state="later"><span class="np-state">not yet</span></li>
</ol></nav><div id="np-bar"></div>"""


@pytest.fixture
def stage(page):
    stage = Stage(page)
    yield stage
    assert stage.refused == []


@pytest.fixture
def desk():
    return LocalDesk(Store(":memory:")).create(sample())


@pytest.fixture
def bar(stage, desk):
    """The bar of a buyer, inside a page that has a bar and a rail of its own."""
    stage.page.evaluate("html => document.body.insertAdjacentHTML('afterbegin', html)", PAGE)
    stage.state = DealState(desk=desk)
    stage.show(SessionBar(stage.state))
    return stage


def repaint(stage):
    """Lets the event loop paint and save, as a kernel's does after a gesture, and delivers it."""
    stage.page.wait_for_timeout(20)
    stage.flush()


def text(stage, selector):
    return stage.page.locator(selector).inner_text()


def test_the_pages_own_bar_and_rail_are_filled(bar):
    assert "Harbor & Pine" in text(bar, "#np-deal")
    assert bar.page.get_by_label("You sit as").input_value() == "buyer"
    assert "Saved" in text(bar, "#np-bar")
    assert text(bar, "[data-chapter='08_scenarios'] .np-state") == "in work"
    assert text(bar, "[data-chapter='01_request'] .np-state") == "not yet"


def test_an_edit_is_counted_tabled_with_a_reason_and_read_by_the_other_seat(bar, desk):
    bar.state.edit(PRICE, 1.7)
    repaint(bar)
    assert "1 not tabled" in text(bar, "#np-bar")
    bar.page.get_by_role("button", name="Table it").click()
    bar.page.get_by_label("Reason for the other side").fill("for a longer term")
    bar.page.keyboard.press("Enter")
    bar.until("document.querySelector('.np-view').innerText.includes('not tabled') === false")
    event = desk.at(seat="supplier").story(PRICE)[-1]
    assert (event.changes[0].new, event.reason) == (1.7, "for a longer term")


def test_the_keyboard_undoes_and_does_again_but_not_while_somebody_types(bar):
    bar.state.edit(PRICE, 1.7)
    repaint(bar)
    bar.page.keyboard.press("Control+z")
    assert bar.state.deal.terms.unit_price == 1.65
    bar.page.keyboard.press("Control+Shift+z")
    assert bar.state.deal.terms.unit_price == 1.7
    bar.page.get_by_label("You sit as").focus()
    bar.page.keyboard.press("Control+z")
    assert bar.state.deal.terms.unit_price == 1.7


def test_the_seat_is_switched_and_what_is_tabled_is_shown(bar):
    bar.state.edit(PRICE, 1.7)
    repaint(bar)
    bar.page.get_by_role("button", name="Tabled", exact=True).click()
    assert (bar.state.view, bar.state.deal.terms.unit_price) == ("tabled", 1.65)
    bar.page.get_by_label("You sit as").select_option("supplier")
    assert bar.state.seat == "supplier"


def test_a_conflict_is_shown_with_both_values_and_a_choice_settles_it(bar, desk):
    DealState(desk=desk).edit(PRICE, 1.6)
    bar.state.edit(PRICE, 1.7)
    repaint(bar)
    dialog = bar.page.get_by_role("dialog")
    words = dialog.inner_text()
    assert "Unit price" in words and "Changed by Harbor & Pine" in words
    assert "Keep mine: 1.7 USD per" in words
    assert Axe().run(bar.page, context="dialog").response["violations"] == []
    bar.page.get_by_role("button", name="Take theirs: 1.6 USD per").click()
    bar.until("document.querySelector('dialog').open === false")
    assert (bar.state.deal.terms.unit_price, bar.state.saved) == (1.6, "saved")


def test_a_chapter_is_agreed_by_both_and_falls_back_when_something_newer_is_drafted(bar, desk):
    told = "[data-chapter='08_scenarios'] .np-state"
    bar.page.get_by_role("button", name="Agree…").click()
    bar.page.get_by_label("Chapter", exact=True).select_option("Scenarios")
    bar.page.keyboard.press("Tab")
    bar.page.keyboard.press("Enter")
    bar.until(f'document.querySelector("{told}").innerText.includes("Luzon Care\'s agreement")')
    desk.at(seat="supplier").agree(PARTS["08_scenarios"])
    bar.state.look()
    repaint(bar)
    assert text(bar, told) == "agreed by both"
    assert text(bar, "[data-chapter='08_scenarios'] .st") == "✓"
    bar.state.edit(PRICE, 1.7)
    repaint(bar)
    assert text(bar, told) == "in work, 1 change not tabled"


def test_chapters_off_the_route_wait_under_one_line_that_the_keyboard_opens(bar):
    assert bar.page.get_by_text("Not on this route").is_visible() is False
    bar.state.edit("start.route", "renewal")
    repaint(bar)
    line = bar.page.get_by_text("Not on this route (1)")
    folded = bar.page.locator("[data-chapter='01_request']")
    assert not folded.is_visible() and not bar.page.locator("#np-act-later").is_visible()
    line.focus()
    bar.page.keyboard.press("Enter")
    assert folded.is_visible()
    bar.state.edit("start.route", "new_market")
    repaint(bar)
    assert folded.is_visible() and bar.page.locator("#np-act-later").is_visible()
    assert not line.is_visible()


def test_a_lost_connection_is_said_and_forgotten_when_it_is_back(bar):
    tell = "online => window.dispatchEvent(new CustomEvent('np:connection', {detail: {online}}))"
    bar.page.evaluate(tell, False)
    assert "Offline: what you type is kept here" in text(bar, ".np-saved")
    bar.page.evaluate(tell, True)
    assert "Saved" in text(bar, ".np-saved")


def test_where_the_page_has_no_bar_it_shows_itself_in_place_and_everybody_can_use_it(stage):
    stage.show(SessionBar(DealState(sample())))
    assert "Harbor & Pine" in text(stage, ".np-session")
    assert "not kept after this page" in text(stage, ".np-session")
    assert stage.page.get_by_label("You sit as").is_visible()
    rules = {"rules": {"region": {"enabled": False}}}
    assert Axe().run(stage.page, context=".np-session", options=rules).response["violations"] == []


def test_an_unsent_queue_keeps_the_last_value_of_a_field_until_it_is_acknowledged(stage):
    found = stage.page.evaluate(
        """async (source) => {
          const url = URL.createObjectURL(new Blob([source], { type: "text/javascript" }));
          const { enqueue, acknowledge, pending } = await import(url);
          const first = enqueue("toy/buyer", { control: "terms", path: "a", value: 1 });
          const second = enqueue("toy/buyer", { control: "terms", path: "a", value: 2 });
          enqueue("toy/buyer", { control: "drivers", path: "b", value: 3 });
          acknowledge("toy/buyer", first);
          const kept = pending("toy/buyer").map((entry) => entry.value);
          acknowledge("toy/buyer", second);
          return [kept, pending("toy/buyer").map((e) => e.value), pending("toy/supplier"),
            pending("toy/buyer", "terms")];
        }""",
        joined("queue.js"),
    )
    assert found == [[2, 3], [3], [], []]
