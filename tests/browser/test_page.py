"""The page's frame in a real browser: reading, keys, projector, print, and a lost connection."""

import os
import re
import signal

import pytest

from tests.browser.conftest import violations
from tests.serving import served, wait_for, write_chapter

WIDGETS = """
import ipywidgets as ipw
import os
slider = ipw.IntSlider(description='Price', value=3)
shown = ipw.Label('Price is 3')
slider.observe(lambda change: setattr(shown, 'value', f'Price is {change.new}'), 'value')
ipw.VBox([slider, shown, ipw.HTML(f'<span id="process">{os.getpid()}</span>')])
"""
CHART = """
from negotiation.pictures.runtime import ensure_runtime
import anywidget, os, traitlets
class Bars(anywidget.AnyWidget):
    _esm = '''export default { async render({ model, el }) {
      const { vegaEmbed } = await import(new URL(model.get("runtime"), location));
      await vegaEmbed(el, { data: { values: [{ a: 1, b: 3 }, { a: 2, b: 7 }] }, mark: "bar",
        transform: [{ calculate: "datum.b * 2", as: "c" }],
        encoding: { x: { field: "a" }, y: { field: "c", type: "quantitative" } } },
        { ast: true, actions: false, renderer: "svg" });
    } }'''
    runtime = traitlets.Unicode().tag(sync=True)
Bars(runtime=os.environ['PLAYBOOK_RUNTIME_URL'])
"""


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    """A small chapter and a failing one, served."""
    folder = tmp_path_factory.mktemp("chapters")
    write_chapter(
        folder,
        "08_scenarios",
        "# Scenarios\nQuestion.",
        "## Why it matters\nWords that need no kernel.",
        "## Do: the terms\n[Write](mailto:a@example.org) or "
        '<a id="file" download="f.txt" href="data:text/plain,x">take the file</a>.',
        (WIDGETS, ""),
        "## Read: the picture\nWhat it shows.",
        (CHART, ""),
        "## Talk\n- What would you bet on?",
    )
    write_chapter(
        folder,
        "00_start",
        "# Deal room",
        "## Do",
        ("raise ValueError('the price is 314159')", ""),
        "## Read",
        ("'later'", ""),
    )
    with served(folder, tmp_path_factory.mktemp("home")) as running:
        yield running


@pytest.fixture
def window(visit, small):
    return visit(small)


def banner(page):
    return page.locator("#np-connection")


def test_a_chapter_opens_lives_and_asks_no_other_host(window):
    page = window.open("08_scenarios")
    page.get_by_text("Price is 3").wait_for()
    page.locator(".noUi-handle").press("ArrowRight")
    page.get_by_text("Price is 4").wait_for()
    page.locator("svg .mark-rect").first.wait_for(state="attached")
    assert page.locator("svg .mark-rect path").count() == 2
    assert window.foreign == []
    assert window.complaints == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_in_the_frame(visit, small, scheme):
    page = visit(small, color_scheme=scheme).open("08_scenarios")
    # The slider is ipywidgets' own, which chapters do not use for anything saved.
    page.evaluate(
        "document.querySelector('.np-slot .widget-slider, .np-slot .jupyter-widgets')?.remove()"
    )
    assert violations(page) == []


def test_axe_finds_nothing_on_a_phone_or_in_the_projector(visit, small):
    window = visit(small, viewport={"width": 390, "height": 844})
    page = window.open("00_start")
    page.locator(".np-chapters > summary").click()
    assert violations(page) == []
    page.set_viewport_size({"width": 1280, "height": 800})
    page.keyboard.press("p")
    assert violations(page) == []


def test_no_word_or_picture_is_wider_than_a_phone(visit, small):
    page = visit(small, viewport={"width": 360, "height": 780}).open("08_scenarios")
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


def test_a_failed_cell_is_a_sentence_and_later_parts_say_why_they_are_empty(window):
    page = window.open("00_start")
    failure = page.get_by_role("alert")
    assert "could not be computed" in failure.inner_text()
    assert "314159" not in page.content()
    assert page.get_by_text("An earlier part could not be computed.").count() == 1


def test_links_that_leave_the_page_alone_leave_it_alive(window):
    page = window.open("08_scenarios")
    page.get_by_text("Price is 3").wait_for()
    page.get_by_role("link", name="Write").click()
    with page.expect_download():
        page.locator("#file").click()
    page.wait_for_timeout(1500)  # time enough for a kernel to be let go, if it were
    page.locator(".noUi-handle").press("ArrowRight")
    page.get_by_text("Price is 4").wait_for()


def test_a_closed_page_and_a_reloaded_page_leave_no_kernel(window, small):
    def gone(kernel):
        address = f"{small.address}playbook/api/alive/{kernel}"
        return window.context.request.get(address).status == 410

    page = window.open("08_scenarios")
    first = page.locator("body").get_attribute("data-kernel")
    page.reload()
    page.wait_for_selector("body[data-whole]", state="attached")
    second = page.locator("body").get_attribute("data-kernel")
    assert not gone(second)
    wait_for(lambda: gone(first))
    page.goto("about:blank")
    wait_for(lambda: gone(second))


def test_a_killed_kernel_is_told_with_a_way_back(window):
    page = window.open("08_scenarios")
    heard = "window.heard = []; addEventListener('np:connection', e => heard.push(e.detail.online))"
    page.evaluate(heard)
    os.kill(int(page.locator("#process").inner_text()), signal.SIGKILL)
    page.get_by_text("its computation was ended").wait_for(timeout=20_000)
    assert "What you typed is kept" in banner(page).inner_text()
    assert page.evaluate("heard") == [False]
    page.get_by_role("button", name="Open again").click()
    page.wait_for_selector("body[data-whole]", state="attached")
    page.get_by_text("Price is 3").wait_for()
    assert banner(page).inner_text() == ""


def test_a_lost_network_is_told_and_so_is_its_return(window):
    page = window.open("08_scenarios")
    window.context.set_offline(True)
    page.get_by_text("The connection to the playbook is interrupted").wait_for(timeout=20_000)
    window.context.set_offline(False)
    page.get_by_text("The connection has returned").wait_for(timeout=20_000)


def test_the_projector_shows_one_section_and_gives_the_page_back(window):
    page = window.open("08_scenarios")
    page.keyboard.press("p")
    assert page.get_by_role("heading", level=1).is_visible()
    assert not page.get_by_role("heading", name="Why it matters").is_visible()
    page.keyboard.press("ArrowRight")
    assert page.get_by_role("heading", name="Why it matters").is_visible()
    # The title is out of sight and stays for those who listen.
    assert page.locator(".np-head").bounding_box()["height"] <= 1
    assert violations(page) == []
    assert not page.get_by_role("navigation", name="Chapters").is_visible()
    page.keyboard.press("Escape")
    assert page.get_by_role("heading", name="Talk").is_visible()
    assert page.get_by_role("navigation", name="Chapters").is_visible()


def test_keys_turn_chapters_but_not_while_typing(window):
    page = window.open("08_scenarios")
    page.evaluate("document.querySelector('.np-section').append(document.createElement('input'))")
    page.locator("input").last.press("[")
    assert page.url.endswith("08_scenarios.ipynb")
    page.locator("h1").click()
    page.keyboard.press("[")
    page.wait_for_url("**/00_start.ipynb")
    assert "/deal/harbor-luzon/" in page.url


def test_the_choice_of_dark_is_remembered(window):
    page = window.open("08_scenarios")
    button = page.get_by_role("button", name="Auto")
    before = page.evaluate("getComputedStyle(document.body).backgroundColor")
    button.click()
    page.get_by_role("button", name="Light").click()
    page.reload()
    page.get_by_role("button", name="Dark").wait_for()
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") != before


def test_the_first_key_leads_past_the_chapters(window):
    page = window.open("08_scenarios")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "np-main"


@pytest.mark.parametrize(("paper", "points"), [("A4", (595, 842)), ("Letter", (612, 792))])
def test_a_chapter_prints_without_rail_and_bar(window, paper, points):
    page = window.open("08_scenarios")
    pdf = page.pdf(format=paper)
    box = re.search(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]", pdf)
    assert [float(side) for side in box.groups()] == pytest.approx(points, abs=1)
    page.emulate_media(media="print")
    assert not page.get_by_role("navigation", name="Chapters").is_visible()
    assert not page.get_by_role("button", name="Projector").is_visible()
    assert page.get_by_role("heading", level=1).is_visible()
