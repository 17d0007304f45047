"""The layout of the process map: nothing on top of anything, whatever the map."""

import os
import random
import subprocess
import sys
from itertools import combinations
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from negotiation.files.bpmn import read_bpmn
from negotiation.files.data import sample_ids
from negotiation.files.deal_file import sample
from negotiation.process.layout import lay_out
from negotiation.process.layout_text import text_width, wrap
from negotiation.process.maps import Map
from negotiation.process.rows import Flow, Lane, Process, Step

ROOT = Path(__file__).resolve().parent.parent
BPMN = ROOT.parent / "shared" / "data" / "bpmn"
KINDS = (*["task"] * 4, "decision", "decision", "parallel", "wait", "start", "end")
NAMES = ("Check invoice", "Approve", "Enter the order in the system of the customer",
         "Wait for the approval by the head of department", "Invoice complete?",
         "Donaudampfschifffahrtsgesellschaft", "订单审核")  # fmt: skip
LABELS = ("", "yes", "complaint accepted")
PARTIES = ("buyer", "supplier", "customer", "other")


def random_map(seed: int, steps: int = 100, lanes: int = 10, flows: int = 150) -> Map:
    """A map with loops, loops of one step, double arrows, loose parts and steps without a lane."""
    pick = random.Random(seed)
    made, arrows = [], []
    for i in range(steps):
        lane = f"l{pick.randrange(lanes)}" if lanes and pick.random() < 0.97 else ""
        made.append(Step(id=f"s{i}", name=pick.choice(NAMES), lane=lane, kind=pick.choice(KINDS)))
    for i in range(flows if steps else 0):
        source = pick.randrange(steps)
        near = min(steps - 1, source + pick.choice((0, 1, 1, 1, 2, 3, 5)))
        target = near if pick.random() < 0.8 else pick.randrange(steps)
        arrows.append(Flow(
            id=f"f{i}", source=f"s{source}", target=f"s{target}", rework=pick.random() < 0.1,
            probability=pick.choice((None, 0.2, 1)), label=pick.choice(LABELS),
        ))  # fmt: skip
    bands = [Lane(id=f"l{i}", name=f"Lane {i}", party=PARTIES[i % 4]) for i in range(lanes)]
    return Map(Process(lanes=bands, steps=made, flows=arrows))


def meet(a, b, slack=0.01):
    """Whether two rectangles (x, y, w, h) share more than an edge."""
    return (a[0] < b[0] + b[2] - slack and b[0] < a[0] + a[2] - slack
            and a[1] < b[1] + b[3] - slack and b[1] < a[1] + a[3] - slack)  # fmt: skip


def rect(thing):
    return thing.x, thing.y, thing.w, thing.h


def strokes(line):
    """Each straight piece of a line as a flat rectangle."""
    for (xa, ya), (xb, yb) in zip(line.points, line.points[1:], strict=False):
        yield min(xa, xb), min(ya, yb), abs(xb - xa), abs(yb - ya)


def runs_into(stroke, box):
    x, y, w, h = stroke
    left, top, right, bottom = box[0] + 0.01, box[1] + 0.01, box[0] + box[2], box[1] + box[3]
    return x < right - 0.01 and left < x + w and y < bottom - 0.01 and top < y + h


def runs_inside(stroke, box):
    """Whether a piece runs through the outline of its own box."""
    x, y, w, h = stroke
    return any(outline(box, (x + w * i / 20, y + h * i / 20)) < 0.98 for i in range(21))


def faults(map, layout):
    """Everything that a map must not have, in words."""
    found = []
    boxes = {box.id: box for box in layout.boxes}
    ends = {flow.id: (flow.source, flow.target) for flow in map.flows}
    solid = [(box.id, rect(box)) for box in layout.boxes]
    solid += [(box.id, rect(box.caption)) for box in layout.boxes if box.caption]
    for (a, ra), (b, rb) in combinations(solid, 2):
        if a != b and meet(ra, rb):
            found.append(f"{a} lies over {b}")
    for line in layout.lines:
        source, target = (boxes[v] for v in ends[line.id])
        for stroke in strokes(line):
            if stroke[2] > 0.01 and stroke[3] > 0.01:
                found.append(f"{line.id} runs aslant")
            for v, box in solid:
                own = v in (source.id, target.id) and box == rect(boxes[v])
                if (not own and runs_into(stroke, box)) or (own and runs_inside(stroke, boxes[v])):
                    found.append(f"{line.id} runs through {v}")
        for box, point in ((source, line.points[0]), (target, line.points[-1])):
            if abs(outline(box, point) - 1) > 0.01:
                found.append(f"{line.id} does not meet {box.id}: {point}")
    bands = {band.id: band for band in layout.bands}
    for box in layout.boxes:
        band = bands[box.lane]
        for x, y, w, h in [r for v, r in solid if v == box.id]:
            inside = x + w <= band.x + band.w + 0.01 and y + h <= band.y + band.h + 0.01
            if x < band.x or y < band.y or not inside:
                found.append(f"{box.id} leaves its band")
            if meet((x, y, w, h), rect(band.header)):
                found.append(f"{box.id} lies over the header")
    for line in layout.lines:
        if line.label and any(meet(rect(line.label), box) for _, box in solid):
            found.append(f"the words of {line.id} cover a box")
    return found


def covered(layout):
    """Pairs of lines that run on top of each other for a stretch."""
    found = []
    for a, b in combinations(layout.lines, 2):
        for x, y, w, h in strokes(a):
            for u, v, s, t in strokes(b):
                along = (min(x + w, u + s) - max(x, u), min(y + h, v + t) - max(y, v))
                if (h == t == 0 and abs(y - v) < 2 and along[0] > 1) or (
                    w == s == 0 and abs(x - u) < 2 and along[1] > 1
                ):
                    found.append((a.id, b.id))
    return found


def outline(box, point):
    """1 on a box's outline (rectangle, diamond or circle), less inside."""
    across = abs(point[0] - box.x - box.w / 2) / (box.w / 2)
    down = abs(point[1] - box.y - box.h / 2) / (box.h / 2)
    pointed = {"task": max(across, down), "decision": across + down, "parallel": across + down}
    return pointed.get(box.kind, (across**2 + down**2) ** 0.5)


@pytest.mark.parametrize("vertical", [False, True])
@pytest.mark.parametrize("seed", range(12))
def test_a_hundred_steps_in_ten_lanes_lie_and_run_clear_of_each_other(seed, vertical):
    map = random_map(seed)
    assert faults(map, lay_out(map, vertical)) == []


@pytest.mark.parametrize("vertical", [False, True])
def test_every_public_process_lies_and_runs_clear(vertical):
    files = sorted(BPMN.glob("*.bpmn"))
    if not files:
        pytest.skip(f"The public BPMN files are not at {BPMN}.")
    for path in files:
        map = Map(read_bpmn(path.read_bytes(), path.name).process)
        layout = lay_out(map, vertical)
        assert (path.name, faults(map, layout), covered(layout)) == (path.name, [], [])


@settings(max_examples=120, deadline=None)
@given(
    st.integers(0, 10**6), st.integers(0, 30), st.integers(0, 5), st.integers(0, 60), st.booleans()
)
def test_any_map_lies_and_runs_clear(seed, steps, lanes, flows, vertical):
    map = random_map(seed, steps, lanes, flows)
    assert faults(map, lay_out(map, vertical)) == []


def invoices(**more) -> Map:
    """Two lanes, a check that may send the invoice back, and an end."""
    lanes = (
        Lane(id="ap", name="Accounts payable", party="supplier"),
        Lane(id="buy", name="Buying", party="buyer"),
    )
    steps = (
        Step(id="in", name="Invoice comes in", lane="ap", kind="start"),
        Step(id="check", name="Check invoice", lane="ap"),
        Step(id="ok", name="Complete?", lane="ap", kind="decision"),
        Step(id="clarify", name="Clarify", lane="buy"),
        Step(id="pay", name="Pay", lane="ap"),
        Step(id="end", name="Paid", lane="ap", kind="end"),
    )
    flows = (
        Flow(id="f1", source="in", target="check"),
        Flow(id="f2", source="check", target="ok"),
        Flow(id="f3", source="ok", target="pay", probability=0.8, label="yes"),
        Flow(id="f4", source="ok", target="clarify", probability=0.2, label="no"),
        Flow(id="f5", source="clarify", target="check", rework=True),
        Flow(id="f6", source="pay", target="end"),
    )
    return Map(Process(**{"lanes": lanes, "steps": steps, "flows": flows, **more}))


def test_the_same_map_is_laid_out_the_same_in_every_process():
    script = (
        "from tests.test_process_layout import random_map\n"
        "from negotiation.process.layout import lay_out\n"
        "print(lay_out(random_map(5, 40, 4, 60)))"
    )
    told = [
        subprocess.run(
            [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True,
            env={**os.environ, "PYTHONHASHSEED": seed},
        ).stdout
        for seed in ("1", "2")
    ]  # fmt: skip
    assert told[0] == told[1] and "s39" in told[0]


def test_the_way_that_most_cases_take_is_straight():
    layout = lay_out(invoices())
    straight = {line.id for line in layout.lines if len(line.points) == 2}
    assert {"f1", "f2", "f3", "f6"} <= straight


def test_work_goes_right_and_down_a_vertical_map():
    across = {box.id: box.x + box.w / 2 for box in lay_out(invoices()).boxes}
    down = {box.id: box.y + box.h / 2 for box in lay_out(invoices(), vertical=True).boxes}
    for place in (across, down):
        assert place["in"] < place["check"] < place["ok"] < place["pay"] < place["end"]


def test_an_arrow_into_the_other_partys_lane_is_a_hand_off():
    marked = {line.id for line in lay_out(invoices()).lines if line.handoff}
    assert marked == {"f4", "f5"}


def test_rework_is_named_and_shares_are_per_cent():
    words = {line.id: " ".join(line.words) for line in lay_out(invoices()).lines}
    assert words["f3"] == "yes 80\u202f%" and words["f5"] == "↺ rework" and words["f1"] == ""


def test_always_and_never_go_without_saying_unless_a_decision_says_so():
    flows = [Flow(id="f1", source="in", target="check", probability=1),
             Flow(id="f2", source="check", target="ok", probability=0, label="message"),
             Flow(id="f3", source="ok", target="pay", probability=1)]  # fmt: skip
    words = {line.id: " ".join(line.words) for line in lay_out(invoices(flows=flows)).lines}
    assert words == {"f1": "", "f2": "message", "f3": "100\u202f%"}


def test_a_renamed_step_moves_nothing_to_another_row_or_column():
    before = lay_out(invoices())
    steps = tuple(s.replace(name="Look at it") if s.id == "check" else s for s in invoices().steps)
    after = lay_out(invoices(steps=steps))
    assert [(b.column, b.row) for b in before.boxes] == [(b.column, b.row) for b in after.boxes]


def test_a_step_behind_the_last_one_leaves_every_other_where_it_was():
    before = {box.id: box for box in lay_out(invoices()).boxes}
    new = Step(id="file", name="File", lane="ap")
    more = invoices(
        steps=(*invoices().steps, new),
        flows=(*invoices().flows, Flow(id="f7", source="end", target="file")),
    )
    after = {box.id: box for box in lay_out(more).boxes}
    assert all((before[v].x, before[v].y) == (after[v].x, after[v].y) for v in before)


def test_the_tables_order_decides_which_of_two_equal_steps_lies_higher():
    lane = (Lane(id="a", name="A"),)

    def heights(*order):
        steps = [Step(id=v, name=v, lane="a") for v in ("q", *order, "z")]
        flows = [Flow(id=f"{a}{b}", source=a, target=b)
                 for a, b in (("q", "x"), ("q", "y"), ("x", "z"), ("y", "z"))]  # fmt: skip
        layout = lay_out(Map(Process(lanes=lane, steps=steps, flows=flows)))
        return {box.id: box.y for box in layout.boxes}

    assert heights("x", "y")["x"] < heights("x", "y")["y"]
    assert heights("y", "x")["y"] < heights("y", "x")["x"]


def test_steps_that_nothing_joins_yet_stand_one_after_another():
    steps = [Step(id=v, name=v, lane="ap") for v in "abc"]
    layout = lay_out(invoices(steps=steps, flows=()))
    assert [box.column for box in layout.boxes] == [0, 1, 2]


def test_steps_without_a_lane_get_a_band_of_their_own():
    layout = lay_out(invoices(lanes=()))
    assert [(band.id, band.lines) for band in layout.bands] == [("", ("No lane yet",))]
    assert {box.lane for box in layout.boxes} == {""}


def test_an_arrow_to_nowhere_is_left_out():
    lost = (*invoices().flows, Flow(id="lost", source="pay", target="gone"))
    assert "lost" not in {line.id for line in lay_out(invoices(flows=lost)).lines}


@pytest.mark.parametrize(
    "name",
    [
        "Clarify the open points with the customer's accounting department",
        "Rindfleischetikettierungsüberwachungsaufgabe",
        "订单审核与付款" * 9,
    ],
)
def test_names_are_wrapped_into_three_lines_that_fit(name):
    lines = wrap(name, 128, 13, 3)
    assert len(lines) <= 3 and all(text_width(line, 13) <= 128 for line in lines)


def test_a_short_name_is_shown_whole_and_a_long_one_says_that_more_follows():
    assert wrap("Check invoice", 128, 13, 3) == ["Check invoice"]
    assert wrap("word " * 40, 128, 13, 3)[-1].endswith("…")


def apart(a, b):
    """Pixels between two rectangles, the larger of across and down; below 0 where they meet."""
    return max(a[0] - b[0] - b[2], b[0] - a[0] - a[2], a[1] - b[1] - b[3], b[1] - a[1] - a[3])


def misread(layout):
    """Lines whose words stand as near to another line as to their own, or on another."""
    found = []
    for line in layout.lines:
        if line.label is None:
            continue
        words = rect(line.label)
        own = min(apart(words, stroke) for stroke in strokes(line))
        others = [stroke for o in layout.lines if o is not line for stroke in strokes(o)]
        foreign = min((apart(words, stroke) for stroke in others), default=99.0)
        if foreign <= max(own, 0):
            found.append((line.id, line.words, own, foreign))
    return found


def fan(ways: int) -> Map:
    """A decision with so many ways out, each with words, to steps of two lanes that meet again."""
    lanes = (Lane(id="a", name="Desk"), Lane(id="b", name="Office", party="buyer"))
    words = ("an order", "a complaint", "something else", "a question", "a wrong number", "fraud")
    steps = [Step(id="s", name="Comes in", lane="a", kind="start"),
             Step(id="d", name="What is needed?", lane="a", kind="decision"),
             *(Step(id=f"t{i}", name=f"Do it, {i}", lane="ab"[i % 3 == 2]) for i in range(ways)),
             Step(id="e", name="Done", lane="a", kind="end")]  # fmt: skip
    flows = [Flow(id="f", source="s", target="d"),
             *(Flow(id=f"g{i}", source="d", target=f"t{i}", label=words[i], probability=1 / ways)
               for i in range(ways)),
             *(Flow(id=f"h{i}", source=f"t{i}", target="e") for i in range(ways))]  # fmt: skip
    return Map(Process(lanes=lanes, steps=steps, flows=flows))


@pytest.mark.parametrize("vertical", [False, True])
@pytest.mark.parametrize("ways", range(2, 7))
def test_the_words_of_every_way_out_of_a_decision_stand_nearest_to_their_own_line(ways, vertical):
    assert misread(lay_out(fan(ways), vertical)) == []


@pytest.mark.parametrize("name", sample_ids())
def test_the_words_on_the_maps_of_the_samples_stand_nearest_to_their_own_line(name):
    map = Map(sample(name).process)
    assert misread(lay_out(map)) == []
    assert misread(lay_out(map, vertical=True)) == []


def test_words_on_the_public_processes_stand_nearest_to_their_own_line():
    files = sorted(BPMN.glob("*.bpmn"))
    if not files:
        pytest.skip(f"The public BPMN files are not at {BPMN}.")
    for path in files:
        map = Map(read_bpmn(path.read_bytes(), path.name).process)
        assert misread(lay_out(map)) == [], path.name


@pytest.mark.parametrize("seed", range(6))
def test_words_among_a_hundred_and_fifty_lines_are_rarely_nearer_to_another(seed):
    layout = lay_out(random_map(seed))
    told = [line for line in layout.lines if line.label is not None]
    assert len(misread(layout)) <= 0.1 * len(told)
