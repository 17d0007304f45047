"""The drawing of the process map: what it shows, what it says, and what it never lets in."""

import re
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from negotiation.pictures.process import DARK, LIGHT, draw, png, style, together
from negotiation.process import gestures
from negotiation.process.layout import lay_out
from negotiation.process.rows import Step
from tests.test_process_layout import invoices

ROOT = Path(__file__).resolve().parent.parent
SVG = "{http://www.w3.org/2000/svg}"


def drawn(map=None, **more) -> str:
    map = map or invoices()
    return draw(lay_out(map), map, **more)


def steps_of(svg: str) -> dict[str, ET.Element]:
    found = ET.fromstring(svg).iter(f"{SVG}g")
    return {g.get("data-step"): g for g in found if g.get("data-step")}


def texts(element) -> list[str]:
    return [node.text for node in element.iter(f"{SVG}text")]


def named(map, step, name):
    return gestures.put(map, "steps", step, "name", name)


def test_every_step_says_what_it_is_how_long_it_takes_and_where_it_leads():
    map = gestures.put(invoices(), "steps", "ok", "handling_min", 6)
    said = steps_of(drawn(map))["ok"].get("aria-label")
    assert said == (
        "Complete?, decision in Accounts payable, 6 minutes, then Pay 80\u202f%, Clarify 20\u202f%"
    )


def test_an_arrow_says_where_it_leads_and_that_it_is_rework():
    flows = ET.fromstring(drawn()).iter(f"{SVG}g")
    said = {g.get("data-flow"): g.get("aria-label") for g in flows if g.get("data-flow")}
    assert said["f4"] == "From Complete? to Clarify, no, 20\u202f% of cases"
    assert said["f5"] == "From Clarify to Check invoice, rework"


@pytest.mark.parametrize("name", [
    "<script>alert(1)</script>", '" onload="alert(1)', "]]></title><image href=x onerror=alert(1)>",
    "&lt;b&gt; &amp; 'quotes'",
])
def test_hostile_names_stay_text(name):
    map = named(invoices(), "check", name)
    map = gestures.put(map, "flows", "f3", "label", name)
    map = gestures.put(map, "lanes", "ap", "name", name)
    svg = drawn(map, standalone=True, marks={"check": name, "f3": name}, other=invoices(),
                colour_by="cost", values={"check": 3.0}, unit=name)
    tree = ET.fromstring(svg)
    allowed = {"svg", "g", "rect", "path", "circle", "text", "title", "style"}
    assert {node.tag.removeprefix(SVG) for node in tree.iter()} <= allowed
    assert not [key for node in tree.iter() for key in node.attrib if key.startswith("on")]
    assert name in steps_of(svg)["check"].get("aria-label")


def test_colours_are_classes_and_nothing_is_loaded():
    svg = drawn(marks={"ok": "Missing."}, colour_by="wait", values={"check": 90.0})
    assert not re.search(r"style=|fill=|stroke=|href|url\(|#[0-9a-f]{3}", svg)


def test_a_drawing_that_leaves_the_page_brings_its_colours_along():
    svg = drawn(standalone=True)
    assert "var(" not in svg and LIGHT["supplier"] in svg and DARK["supplier"] in svg
    assert svg.index(LIGHT["supplier"]) < svg.index("prefers-color-scheme: dark")


def test_the_colours_of_the_file_are_those_of_the_theme():
    theme = (ROOT / "widgets" / "theme.css").read_text().split("@media")[0]
    told = dict(re.findall(r"--([a-z-]+): light-dark\((#\w{6}), #\w{6}\)", theme))
    dark = dict(re.findall(r"--([a-z-]+): light-dark\(#\w{6}, (#\w{6})\)", theme))
    assert {name: told[name] for name in LIGHT} == LIGHT
    assert {name: dark[name] for name in DARK} == DARK
    assert not re.search(r"var\(|light-dark|color-mix", style())


def test_what_boxes_are_coloured_by_is_written_in_them_and_in_the_legend():
    svg = drawn(colour_by="cost", values={"check": 4.5, "pay": 18.0}, unit="EUR")
    assert "4.50\u202fEUR" in texts(steps_of(svg)["check"])
    assert "pm-level-4" in svg and "Cost per case:" in svg
    assert "13.50\u202fEUR to 18.00\u202fEUR" in svg


@pytest.mark.parametrize(("colour_by", "value", "shown"), [
    ("wait", 150.0, "2.5\u202fh"), ("wait", 12.0, "12\u202fmin"), ("load", 0.774, "77\u202f%"),
    ("rework", 0.25, "0.25×"),
])
def test_each_colouring_has_its_unit(colour_by, value, shown):
    svg = drawn(colour_by=colour_by, values={"check": value})
    assert shown in texts(steps_of(svg)["check"])


def test_a_team_with_too_much_to_do_has_a_sign_that_the_legend_explains():
    svg = drawn(colour_by="load", values={"check": 0.9, "pay": 4.28})
    assert "◐ 90\u202f%" in texts(steps_of(svg)["check"])
    assert "✕ 428\u202f%" in texts(steps_of(svg)["pay"])
    assert "✕ above 100\u202f%: more work than hours" in svg


def test_what_is_missing_has_a_mark_with_its_sentence():
    step = steps_of(drawn(marks={"check": "“Check invoice” has no handling time."}))["check"]
    assert "?" in texts(step)
    assert "has no handling time" in step.get("aria-label")


def test_a_comparison_marks_new_gone_and_changed_with_sign_and_word():
    before = invoices()
    after, new = gestures.add_step(before, "check", name="Scan")
    after = gestures.remove(after, ("pay",))
    after = gestures.put(after, "steps", "clarify", "handling_min", 5)
    both = together(before, after)
    svg = draw(lay_out(both), after, other=before)
    shown = steps_of(svg)
    assert "+ new" in texts(shown[new]) and "\u2212 gone" in texts(shown["pay"])
    assert "~ changed" in texts(shown["clarify"])
    told = ET.tostring(shown["clarify"], "unicode")
    assert "handling goes from not set to 5 min" in told
    assert not {"+ new", "\u2212 gone", "~ changed"} & set(texts(shown["in"]))


def test_a_map_without_steps_is_an_empty_band():
    empty = invoices(steps=(), flows=(), lanes=())
    assert "No lane yet" in drawn(empty) and "0 steps in 0 lanes" in drawn(empty)


def test_a_name_of_any_script_stays_inside_its_box():
    map = invoices(steps=(Step(id="a", name="订单审核与付款流程" * 8, lane="ap"),), flows=())
    (box,) = lay_out(map).boxes
    assert len(box.lines) == 4 and box.lines[-1].endswith("…")


def test_the_drawing_becomes_a_png():
    assert png(drawn(standalone=True), scale=1).startswith(b"\x89PNG")


def test_drawing_does_not_bring_in_the_maker_of_pngs():
    script = (
        "import sys, negotiation.pictures.process\n"
        "print([name for name in ('vl_convert', 'altair') if name in sys.modules])"
    )
    told = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True)
    assert told.stdout.strip() == "[]"
