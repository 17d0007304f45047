"""The process map in real Chromium: drawn with a mouse, with keys alone, and by touch."""

from types import SimpleNamespace

import pytest
import traitlets as tl
from axe_playwright_python.sync_playwright import Axe

from negotiation.process import gestures
from negotiation.process.maps import Map
from negotiation.process.rows import Flow, Lane, Process, Step
from tests.test_process_layout import invoices, random_map

from .conftest import SHOTS
from .drawn import Drawn
from .stage import Stage


@pytest.fixture
def stage(page):
    stage = Stage(page)
    yield stage
    assert stage.refused == []


class Saved(tl.HasTraits):
    """As much of a DealState as the unsent queue looks at."""

    saved, seat = tl.Unicode("saved"), tl.Unicode("buyer")
    deal = tl.Any(SimpleNamespace(identity=SimpleNamespace(id="deal")))


def show(stage, map=None, **more) -> Drawn:
    drawn = Drawn(map, **more)
    stage.show(drawn.control)
    stage.until("document.querySelector('.np-map') !== null")
    return drawn


def step(stage, name):
    """The step with this name."""
    return stage.page.locator(f'[data-step][aria-label^="{name},"]')


def middle(locator, dx=0, dy=0):
    box = locator.locator(".pm-shape").first.bounding_box()
    return box["x"] + box["width"] / 2 + dx, box["y"] + box["height"] / 2 + dy


def drag(stage, start, goal):
    mouse = stage.page.mouse
    mouse.move(*start)
    mouse.down()
    mouse.move((start[0] + goal[0]) / 2, (start[1] + goal[1]) / 2, steps=4)
    mouse.move(*goal, steps=4)
    mouse.up()
    stage.page.wait_for_timeout(60)


def press(stage, *keys):
    for key in keys:
        stage.page.keyboard.press(key)
        stage.page.wait_for_timeout(40)


def type_name(stage, name):
    """Types into the card that stands open over a new step."""
    stage.until("document.activeElement.matches('.np-map-card input')")
    stage.page.keyboard.type(name)
    press(stage, "Enter")
    stage.until("document.querySelector('.np-map-card') === null")


def focused(stage):
    return stage.page.evaluate("document.activeElement.ariaLabel?.split(',')[0]")


def status(stage):
    return stage.page.locator(".np-map-box > .np-status").inner_text()


def test_a_map_of_two_lanes_is_built_with_the_mouse(stage):
    drawn = show(stage)
    add = stage.page.get_by_role("button", name="Add a step")
    for name in ("Check", "Approve", "Pay"):
        add.click()
        type_name(stage, name)
    assert drawn.names("ap") == ["Check", "Approve", "Pay"]
    assert drawn.arrows() == {("Check", "Approve"), ("Approve", "Pay")}
    x, _ = middle(step(stage, "Approve"))
    band = stage.page.locator('[data-lane="buy"] .pm-lane-band').bounding_box()
    drag(stage, middle(step(stage, "Approve")), (x, band["y"] + band["height"] / 2))
    assert drawn.names("buy") == ["Approve"]
    assert "now in Buying" in status(stage)
    step(stage, "Pay").click()
    handle = stage.page.locator(".np-map-handle-ring").bounding_box()
    drag(stage, (handle["x"] + 9, handle["y"] + 9), middle(step(stage, "Check")))
    assert ("Pay", "Check") in drawn.arrows()


def test_a_map_of_two_lanes_is_built_with_keys_alone(stage):
    drawn = show(stage)
    stage.page.get_by_role("button", name="Add a step").focus()
    press(stage, "Enter")
    type_name(stage, "Check")
    for name in ("Approve", "Pay"):
        press(stage, "n")
        type_name(stage, name)
    press(stage, "ArrowLeft")
    assert focused(stage) == "Approve"
    press(stage, "Alt+ArrowDown")
    assert drawn.names("buy") == ["Approve"]
    press(stage, "ArrowRight", "c", "ArrowLeft", "ArrowLeft", "Enter")
    assert ("Pay", "Check") in drawn.arrows()
    press(stage, "ArrowLeft", "ArrowLeft", "Delete")
    assert drawn.map.steps[0].name != "Check" or "Approve" not in drawn.names("buy")


def test_arrows_walk_along_the_flows_and_enter_opens_the_step(stage):
    drawn = show(stage, invoices())
    step(stage, "Invoice comes in").focus()
    press(stage, "ArrowRight", "ArrowRight")
    assert focused(stage) == "Complete?"
    press(stage, "ArrowDown")
    assert focused(stage) == "Clarify"
    press(stage, "ArrowUp")
    assert focused(stage) == "Pay"
    press(stage, "ArrowLeft", "ArrowLeft", "Enter")
    assert drawn.told[-1] == ("open", "check")
    assert drawn.control.selected == "check"


def test_removed_undone_and_done_again(stage):
    drawn = show(stage, invoices())
    step(stage, "Pay").click()
    press(stage, "Delete")
    assert "pay" not in drawn.map.step
    assert status(stage) == "Removed “Pay”. Ctrl+Z brings it back."
    press(stage, "Control+z")
    assert "pay" in drawn.map.step
    press(stage, "Control+Shift+z")
    assert "pay" not in drawn.map.step
    press(stage, "Control+z")
    press(stage, "Control+y")
    assert "pay" not in drawn.map.step


def test_a_step_is_renamed_in_place_and_a_refusal_keeps_what_was_typed(stage):
    drawn = show(stage, invoices())
    step(stage, "Pay").dblclick()
    stage.until("document.activeElement.matches('.np-map-card input')")
    stage.page.keyboard.type("Forbidden")
    press(stage, "Enter")
    stage.page.get_by_text("A step cannot be called Forbidden; Pay is kept.").wait_for()
    assert stage.page.evaluate("document.activeElement.value") == "Forbidden"
    stage.page.keyboard.press("Control+a")
    stage.page.keyboard.type("Pay at once")
    press(stage, "Enter")
    assert drawn.map.step["pay"].name == "Pay at once"
    assert focused(stage) == "Pay at once"
    step(stage, "Pay at once").dblclick()
    stage.page.keyboard.type("Nothing")
    press(stage, "Escape")
    assert drawn.map.step["pay"].name == "Pay at once"


def test_an_arrow_gets_words_and_a_share(stage):
    drawn = show(stage, invoices())
    step(stage, "Complete?").focus()
    press(stage, "a", "a", "Enter")
    assert drawn.control.selected == "f4"
    stage.page.get_by_label("Words at the arrow").fill("incomplete")
    stage.page.get_by_label("Share of cases").fill("25")
    stage.page.get_by_role("button", name="Done").click()
    stage.until("document.querySelector('.np-map-card') === null")
    flow = drawn.map.flow["f4"]
    assert (flow.label, flow.probability) == ("incomplete", 0.25)


def test_a_lost_kernel_does_not_lose_a_name(stage):
    drawn = show(stage, invoices(), state=Saved())
    stage.connected = False
    step(stage, "Pay").dblclick()
    stage.page.keyboard.type("Pay at once")
    press(stage, "Enter")
    assert drawn.map.step["pay"].name == "Pay"
    stage.connected = True
    stage.open()
    stage.until("document.querySelector('[aria-label^=\"Pay at once,\"]') !== null")
    assert drawn.map.step["pay"].name == "Pay at once"


def test_a_step_dragged_above_its_neighbour_comes_before_it(stage):
    lane = (Lane(id="a", name="A"),)
    steps = [Step(id=v, name=v.upper(), lane="a") for v in "qxyz"]
    flows = [Flow(id=a + b, source=a, target=b) for a, b in ("qx", "qy", "xz", "yz")]
    drawn = show(stage, Map(Process(lanes=lane, steps=steps, flows=flows)))
    drag(stage, middle(step(stage, "Y")), middle(step(stage, "X"), dy=-30))
    assert drawn.names("a") == ["Q", "Y", "X", "Z"]
    assert middle(step(stage, "Y"))[1] < middle(step(stage, "X"))[1]
    step(stage, "Y").focus()
    press(stage, "Alt+ArrowRight")
    assert drawn.names("a") == ["Q", "X", "Y", "Z"]


def test_who_walks_with_keys_is_never_thrown_off_the_map(stage):
    drawn = show(stage, invoices())
    step(stage, "Pay").focus()
    press(stage, "n", "Escape", "Control+z")
    assert len(drawn.map.steps) == 6
    assert stage.page.evaluate("document.activeElement.closest('.np-map') !== null")


def test_a_finger_taps_selects_and_opens(chromium):
    context = chromium.new_context(viewport={"width": 390, "height": 800}, has_touch=True)
    stage = Stage(context.new_page())
    drawn = show(stage, invoices(), vertical=True)
    step(stage, "Check invoice").tap()
    assert drawn.control.selected == "check"
    stage.page.get_by_role("button", name="Rename, or edit the arrow").tap()
    stage.until("document.activeElement.matches('.np-map-card input')")
    tools = stage.page.locator(".np-map-tools button")
    assert min(tool.bounding_box()["height"] for tool in tools.all()) >= 44
    context.close()


def test_zoom_fits_and_returns(stage):
    show(stage, random_map(3, 30, 4, 40))
    wide = "Number(document.querySelector('.np-map').getAttribute('width'))"
    before = stage.page.evaluate(wide)
    stage.page.get_by_role("button", name="Zoom in").click()
    assert stage.page.evaluate(wide) == pytest.approx(before * 1.25)
    stage.page.locator("[data-step]").first.focus()
    press(stage, "-")
    assert stage.page.evaluate(wide) == pytest.approx(before)
    press(stage, "0")
    assert stage.page.evaluate(wide) <= stage.page.locator(".np-map-port").bounding_box()["width"]


def test_what_is_gone_is_seen_beside_the_future_and_cannot_be_touched(stage):
    after = gestures.remove(invoices(), ("pay",))
    drawn = show(stage, after, other=invoices())
    step(stage, "Pay").click()
    press(stage, "Delete", "F2")
    assert drawn.map is after and stage.page.locator(".np-map-card").count() == 0
    assert "gone" in step(stage, "Pay").get_attribute("aria-label")
    step(stage, "Check invoice").focus()
    press(stage, "ArrowRight", "ArrowRight")
    assert focused(stage) == "Paid"


def test_a_map_turned_upright_is_shown_legibly(stage):
    drawn = show(stage, random_map(3, 40, 4, 50))
    stage.page.locator("[data-step]").first.focus()
    press(stage, "0")
    drawn.shown["vertical"] = True
    drawn.show()
    stage.flush()
    zoom = stage.page.locator(".np-map-percent").inner_text()
    assert float(zoom.removesuffix("%")) >= 70


def test_a_map_that_goes_on_fades_at_its_edge_and_fits_at_a_press(stage):
    show(stage, random_map(3, 40, 4, 50))
    frame = stage.page.locator(".np-map-frame")
    assert "right" in frame.get_attribute("data-more")
    stage.page.get_by_role("button", name="Show the whole map").click()
    assert "right" not in frame.get_attribute("data-more")


def test_more_room_shows_more_of_the_map_until_somebody_chose_a_zoom(stage):
    def zoom():
        return float(stage.page.locator(".np-map-percent").inner_text().removesuffix("%"))

    show(stage, random_map(4, 15, 2, 18))
    stage.page.set_viewport_size({"width": 3000, "height": 900})
    stage.until("Number.parseFloat(document.querySelector('.np-map-percent').textContent) > 95")
    stage.page.get_by_role("button", name="Zoom out").click()
    chosen = zoom()
    stage.page.set_viewport_size({"width": 3400, "height": 900})
    stage.page.wait_for_timeout(100)
    assert zoom() == chosen


def test_the_legend_wraps_below_a_narrow_map(stage):
    stage.page.set_viewport_size({"width": 600, "height": 900})
    costs = {f"s{i}": float(i) for i in range(40)}
    show(stage, random_map(3, 40, 4, 50), colour_by="cost", values=costs, unit="USD")
    assert stage.page.locator(".np-map .pm-legend").count() == 0
    boxes = [one.bounding_box() for one in stage.page.locator(".np-map-sign").all()]
    assert len({box["y"] for box in boxes}) > 1
    assert max(box["x"] + box["width"] for box in boxes) <= 600


@pytest.mark.parametrize(("width", "told"), [(1000, []), (390, ["narrow"])])
def test_a_phone_says_once_that_it_is_narrow(stage, width, told):
    stage.page.set_viewport_size({"width": width, "height": 800})
    heard, drawn = [], Drawn(invoices())
    drawn.control.on_narrow(lambda: heard.append("narrow"))
    stage.show(drawn.control)
    stage.until("document.querySelector('.np-map-frame').dataset.more !== undefined")
    stage.page.wait_for_timeout(150)
    assert heard == told


def test_the_ground_pans_and_lane_names_stay_in_view(stage):
    show(stage, random_map(3, 40, 4, 50))
    stage.page.get_by_role("button", name="Zoom in").click()
    port = stage.page.locator(".np-map-port")
    box = port.bounding_box()
    drag(stage, (box["x"] + 900, box["y"] + 6), (box["x"] + 300, box["y"] + 6))
    assert port.evaluate("node => node.scrollLeft") > 300
    head = stage.page.locator(".np-map-heads .pm-lane-head").first.bounding_box()
    assert abs(head["x"] - box["x"]) < 4


def test_a_hostile_drawing_comes_in_as_shapes_only(stage):
    drawn = show(stage, invoices())
    drawn.control.svg = drawn.control.svg.replace(
        '<g class="pm-lanes">',
        '<script>window.broken = 1</script><image href="x" onerror="window.broken = 1"/>'
        '<foreignObject><body xmlns="http://www.w3.org/1999/xhtml"/></foreignObject>'
        '<g class="pm-lanes" onclick="window.broken = 1" style="fill:red">',
    )
    stage.flush()
    assert stage.page.evaluate("window.broken") is None
    assert stage.page.locator(".np-map script, .np-map image, .np-map foreignObject").count() == 0
    assert stage.page.locator(".np-map [onclick], .np-map [style]").count() == 0


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1200, 390])
def test_nobody_is_kept_out(stage, scheme, width):
    page = stage.page
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size({"width": width, "height": 800})
    drawn = show(stage, invoices(), colour_by="cost", unit="EUR", vertical=width < 500,
                 values={"check": 4.5, "pay": 18.0}, marks={"clarify": "It has no handling time."})
    step(stage, "Check invoice").click()
    page.get_by_role("button", name="Keys for the map").click()
    off = {"enabled": False}
    rules = {"rules": {"region": off, "page-has-heading-one": off}}
    found = Axe().run(page, options=rules).response["violations"]
    assert [(one["id"], node["target"]) for one in found for node in one["nodes"]] == []
    SHOTS.mkdir(exist_ok=True)
    page.screenshot(path=SHOTS / f"map-{scheme}-{width}.png", full_page=True)
    assert drawn.control.selected == "check"
    wide = page.evaluate("document.documentElement.scrollWidth")
    assert wide <= width
