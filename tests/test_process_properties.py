"""Maps at random: well-built ones against a recursion over them; no other may fail."""

import json
from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from negotiation import paths
from negotiation.process.check import check
from negotiation.process.graph import chain
from negotiation.process.maps import Map
from negotiation.process.measure import measure
from negotiation.process.rows import Flow, Process, Rate, Step, Team
from negotiation.process.simulate import simulate
from tests.process_toys import toy

# --- well-built maps: a tree of tasks, rows, choices, splits and loops ---


@dataclass
class Built:
    """Arrows of a block from `first` to `last`; expected touch and lead minutes of one passage."""

    first: str
    last: str
    arrows: list
    minutes: dict
    touch: float
    lead: float


class Maker:
    """Draws blocks within blocks, with fresh names."""

    def __init__(self, draw):
        self.draw, self.count = draw, 0

    def name(self, letter):
        self.count += 1
        return f"{letter}{self.count}"

    def block(self, depth):
        kinds = ["task"] if depth == 0 else ["task", "row", "choice", "split", "loop"]
        return getattr(self, self.draw(st.sampled_from(kinds)))(depth)

    def task(self, depth):
        name, minutes = self.name("a"), self.draw(st.integers(0, 30))
        return Built(name, name, [], {name: minutes}, minutes, minutes)

    def row(self, depth):
        a, b = self.block(depth - 1), self.block(depth - 1)
        return Built(a.first, b.last, [*a.arrows, *b.arrows, f"{a.last}>{b.first}"],
                     a.minutes | b.minutes, a.touch + b.touch, a.lead + b.lead)  # fmt: skip

    def choice(self, depth):
        parts = [self.block(depth - 1) for _ in range(self.draw(st.integers(1, 3)))]
        weights = [self.draw(st.integers(1, 5)) for _ in parts] + [self.draw(st.integers(0, 5))]
        shares = [w / sum(weights) for w in weights]
        begin, finish = self.name("d"), self.name("a")
        arrows = [arrow for part in parts for arrow in part.arrows]
        for part, share in zip(parts, shares, strict=False):
            arrows += [f"{begin}>{part.first} {share!r}", f"{part.last}>{finish}"]
        if shares[-1]:
            arrows.append(f"{begin}>{finish} {shares[-1]!r}")
        touch = sum(p.touch * s for p, s in zip(parts, shares, strict=False))
        lead = sum(p.lead * s for p, s in zip(parts, shares, strict=False))
        return Built(begin, finish, arrows, merged(parts), touch, lead)

    def split(self, depth):
        parts = [self.block(depth - 1) for _ in range(self.draw(st.integers(2, 3)))]
        begin, finish = self.name("p"), self.name("j")
        arrows = [arrow for part in parts for arrow in part.arrows]
        for part in parts:
            arrows += [f"{begin}>{part.first}", f"{part.last}>{finish}"]
        touch, lead = sum(p.touch for p in parts), max(p.lead for p in parts)
        return Built(begin, finish, arrows, merged(parts), touch, lead)

    def loop(self, depth):
        part, again = self.block(depth - 1), self.draw(st.sampled_from([0.1, 0.25, 0.5]))
        begin, test, finish = self.name("a"), self.name("d"), self.name("a")
        arrows = [*part.arrows, f"{begin}>{part.first}", f"{part.last}>{test}",
                  f"{test}>{begin} {again} rework", f"{test}>{finish} {1 - again}"]  # fmt: skip
        times = 1 / (1 - again)
        return Built(begin, finish, arrows, part.minutes, part.touch * times, part.lead * times)


def merged(parts):
    return {name: minutes for part in parts for name, minutes in part.minutes.items()}


@st.composite
def built_maps(draw):
    """A map of a block within a block, and what a recursion over it says."""
    whole = Maker(draw).block(draw(st.integers(1, 3)))
    steps = {name: {"handling_min": minutes} for name, minutes in whole.minutes.items()}
    arrows = [f"s>{whole.first}", *whole.arrows, f"{whole.last}>e"]
    return toy(*arrows, steps=steps), whole


@settings(max_examples=150, deadline=None)
@given(built_maps())
def test_touch_and_lead_time_are_as_the_structure_of_a_map_says(built):
    around, whole = built
    found = measure(around)
    assert found.touch_minutes == pytest.approx(whole.touch, abs=1e-9)
    assert found.lead_minutes == pytest.approx(whole.lead, abs=1e-9)
    assert found.visits["e"] == pytest.approx(1)


@settings(max_examples=15, deadline=None)
@given(built_maps())
def test_cases_sent_through_a_well_built_map_come_as_often_as_the_matrix_says(built):
    around, whole = built
    assume(len(around.steps) < 40)
    found, exact = simulate(around, 4_000, 6), chain(around)
    assert found.visits == pytest.approx(exact.visits, abs=0.05 + 0.1 * exact.visits.max())
    assert found.mean >= whole.lead - 5 * found.standard_error - 1e-9


# --- anything at all ---

ids = st.sampled_from([f"x{i}" for i in range(7)])
shares = st.none() | st.floats(0, 1)


@st.composite
def any_maps(draw):
    """Steps of any kind with arrows anywhere: drawn twice, to nowhere, out of ends, in circles."""
    kinds = st.sampled_from(["start", "task", "wait", "decision", "parallel", "end"])
    names = draw(st.lists(ids, unique=True, max_size=7))
    steps = tuple(
        Step(id=n, name=n, kind=draw(kinds), handling_min=draw(st.none() | st.floats(0, 500)),
             wait_min=draw(st.none() | st.floats(0, 500)), handling_cv=draw(st.floats(0, 3)),
             team=draw(st.sampled_from(["", "t", "gone"])), error_rate=draw(shares))
        for n in names
    )  # fmt: skip
    flows = tuple(
        Flow(id=f"f{n}", source=draw(ids), target=draw(ids), probability=draw(shares),
             rework=draw(st.booleans()), max_repeats=draw(st.none() | st.integers(0, 3)))
        for n in range(draw(st.integers(0, 14)))
    )  # fmt: skip
    return Map(
        Process(
            steps=steps,
            flows=flows,
            teams=(Team(id="t", name="T", people=draw(st.none() | st.floats(0, 9))),),
            rates=(Rate(id="r", team="t", cost_per_hour=draw(st.none() | st.floats(0, 99))),),
            cases_per_month=draw(st.none() | st.floats(0, 1e4)),
            lead_target_hours=draw(st.none() | st.floats(0.1, 99)),
        )
    )


@settings(max_examples=150, deadline=None)
@given(any_maps())
def test_whatever_is_drawn_has_figures_and_findings(around):
    found = measure(around)
    json.dumps(found.as_dict(), allow_nan=False)
    for finding in check(around):
        assert finding.sentence.endswith((".", "?"))
        part, _, path = finding.path.partition(".")
        assert part == "process"
        paths.get(around.process, path)
    counted = chain(around)
    if counted.endless:
        assert np.isnan(found.cost_per_case)
    else:
        assert (counted.visits >= -1e-9).all()
        assert found.lead_minutes <= found.touch_minutes + found.wait_minutes + 1e-6
        assert found.cost_per_case >= -1e-9


@settings(max_examples=60, deadline=None)
@given(any_maps())
def test_whatever_is_drawn_can_be_simulated_or_says_why_not(around):
    try:
        found = simulate(around, 50, 1)
    except ValueError as problem:
        assert str(problem).endswith(".")
    else:
        assert found.minutes.size == 50
        assert (found.minutes >= 0).all()
