"""What is still missing on a map, or does not fit together, level by level.

A map can be drawn while it grows, so nothing here refuses a value: each finding says what to do.
The levels are those a team works through in turn: the drawing, its times, its people, the money,
and who has which duty.
"""

from collections.abc import Iterator

from negotiation.process.findings import Finding, Level, name, names
from negotiation.process.graph import Chain, chain
from negotiation.process.maps import Map
from negotiation.process.measure import measure
from negotiation.process.network import reach
from negotiation.process.prices import prices
from negotiation.process.raci import duties
from negotiation.process.rows import Flow, Step

__all__ = ["LEVELS", "Finding", "check"]

LEVELS: tuple[Level, ...] = ("drawing", "time", "resources", "money", "duties")
_WORK = ("task", "wait", "decision")


def check(around: Map, seat: str = "") -> tuple[Finding, ...]:
    """Findings over a map, by level; empty means nothing is missing.

    `seat` is the party that looks: it is asked for its own estimate where it cannot see a rate.
    """
    if not around.steps:
        return (Finding("process.steps", "drawing", "Nothing is drawn yet."),)
    ways = chain(around)
    counted = [f for f in measure(around, lambda _: 1.0).findings if f.level != "money"]
    found = [
        *_arrows(around),
        *_steps(around, ways),
        *_paths(around, ways),
        *counted,
        *_times(around, ways),
        *_people(around),
        *_money(around, seat),
        *_scope(around),
        *duties(around.process),
    ]
    found.sort(key=lambda finding: LEVELS.index(finding.level))
    return tuple(dict.fromkeys(found))


# --- drawing ---


def _arrows(around: Map) -> Iterator[Finding]:
    seen: set[tuple] = set()
    for flow in around.flows:
        path = f"process.flows.{flow.id}"
        if flow in around.dangling:
            known = [name(around, end) for end in (flow.source, flow.target) if end in around.step]
            where = f" at {known[0]}" if known else ""
            yield Finding(
                path,
                "drawing",
                f"An arrow{where} has an end that is gone; it is left out.",
                flow.id,
            )
            continue
        key = (flow.source, flow.target, flow.label, flow.rework)
        if key in seen:
            yield Finding(path, "drawing", f"{_arrow(around, flow)} is drawn twice.", flow.id)
        seen.add(key)
        if around.step[flow.source].kind == "end":
            yield Finding(
                path, "drawing", f"{_arrow(around, flow)} leaves an end; no case takes it.", flow.id
            )
        if flow.max_repeats is not None and not flow.rework:
            sentence = f"{_arrow(around, flow)} has a most number of repeats, but is not marked as "
            yield Finding(path, "time", sentence + "rework: the limit is not used.", flow.id)
        open_split = around.step[flow.source].kind == "parallel"
        if open_split and flow.probability not in (None, 1.0):
            sentence = f"{_arrow(around, flow)} is always taken, as every way out of a split: its "
            sentence += "probability is not used. Make the split a decision if one way is taken."
            yield Finding(path, "drawing", sentence, flow.id)


def _arrow(around: Map, flow: Flow) -> str:
    return f"The arrow from {name(around, flow.source)} to {name(around, flow.target)}"


def _steps(around: Map, found: Chain) -> Iterator[Finding]:
    for step, out in zip(around.steps, found.network.out, strict=True):
        if around.lane_of(step) is None:
            yield _at(step, "lane", "drawing", f"“{step.name}” stands in no lane.")
        if step.kind != "end" and not out:
            yield _at(step, "", "drawing", f"Nothing follows “{step.name}”: cases end there.")
    if not any(step.kind == "end" for step in around.steps):
        yield Finding("process.steps", "drawing", "No step is an end.")


def _paths(around: Map, found: Chain) -> Iterator[Finding]:
    network = found.network
    lost = [i for i in range(len(network.ids)) if i not in network.reached]
    for place in lost:
        yield _at(around.steps[place], "", "drawing",
                  f"No case comes to {name(around, network.ids[place])}.")  # fmt: skip
    for place in sorted(network.reached - network.ending):
        step = around.steps[place]
        yield _at(step, "", "drawing", f"From “{step.name}” no way leads to an end.")
    for join, split in network.joins.items():
        words = f"“{around.steps[join].name}” waits for several ways"
        if split is None and join in network.reached:
            sentence = f"{words}, but no split before it sends a case on more than one: it lets "
            yield _at(around.steps[join], "kind", "drawing", sentence + "each case pass.")
        elif split is not None and found.visits[join] < found.visits[split] - 1e-9:
            sentence = f"{words}, and on some a case never comes, for it can end before."
            yield _at(around.steps[join], "", "drawing", sentence)
    yield from _loops(around, found)


def _loops(around: Map, found: Chain) -> Iterator[Finding]:
    """Ways back that are not marked: every step of a loop without an arrow of rework in it."""
    forward: list[list[int]] = [[] for _ in found.ids]
    for way in found.network.ways:
        if not way.rework:
            forward[way.source].append(way.target)
    onward = [reach(forward, forward[place]) for place in range(len(found.ids))]
    done: set[int] = set()
    for place in range(len(found.ids)):
        if place in onward[place] and place not in done:
            loop = [k for k in sorted(onward[place]) if place in onward[k]]
            done.update(loop)
            which = names(name(around, found.ids[k]) for k in loop)
            sentence = f"A case can come back to {which}: mark the arrow back as rework, so that "
            sentence += "what it costs is counted as such."
            yield _at(around.steps[place], "", "drawing", sentence)


# --- time, people, money, duties ---


def _times(around: Map, found: Chain) -> Iterator[Finding]:
    for step in found.assumed:
        sentence = f"Not every way out of {name(around, step)} has a probability: those without "
        yield _at(around.step[step], "", "time", sentence + "share equally what is left.")
    for step in around.steps:
        if step.kind == "task" and step.handling_min is None:
            yield _at(step, "handling_min", "time", f"“{step.name}” has no handling time.")
        if step.kind == "wait" and step.wait_min is None:
            yield _at(step, "wait_min", "time", f"How long is the wait “{step.name}”?")
    bare = [s for s in around.steps if s.kind == "task" and s.wait_min is None]
    if bare:
        which = names(f"“{s.name}”" for s in bare)
        yield Finding("process.steps", "time", f"No wait before {which}: it counts as none.")


def _people(around: Map) -> Iterator[Finding]:
    if around.process.cases_per_month is None:
        yield Finding(
            "process.cases_per_month", "resources", "How many cases a month is not known yet."
        )
    for step in around.steps:
        team = around.team_of(step)
        if team is None and step.handling_min:
            gone = "a team that is gone" if step.team else "no team"
            yield _at(step, "team", "resources", f"“{step.name}” is done by {gone}.")
        elif team and team.lane and step.lane and team.lane != step.lane:
            where = around.lane_of(step)
            sentence = f"“{step.name}” is done by “{team.name}”, which belongs to another lane"
            sentence += f" than “{where.name}”." if where else "."
            yield _at(step, "team", "resources", sentence)
    used = {step.team for step in around.steps}
    for team in around.teams:
        if team.id in used and not team.people:
            yield Finding(
                f"process.teams.{team.id}.people",
                "resources",
                f"How many people are in “{team.name}”?",
                team.id,
            )


def _money(around: Map, seat: str) -> Iterator[Finding]:
    """Lanes whose work has no rate that this seat sees, the currency aside; rates of nothing."""
    for rate in around.rates:
        gone = (
            (rate.lane and rate.lane not in around.lane)
            or (rate.team and rate.team not in around.team)
            or (rate.step and rate.step not in around.step)
        )
        if gone or not (rate.lane or rate.team or rate.step):
            sentence = "An hourly rate is of no lane, team or step that is there; it is not used."
            yield Finding(f"process.rates.{rate.id}", "money", sentence, rate.id)
    known = prices(around, lambda _: 1.0).hour
    bare: dict[str, list[Step]] = {}
    for step in around.steps:
        if step.handling_min and step.id not in known:
            bare.setdefault(step.lane, []).append(step)
    for lane_id, steps in bare.items():
        lane = around.lane.get(lane_id)
        where = f"in “{lane.name}” " if lane else ""
        which = names(f"“{step.name}”" for step in steps)
        sentence = f"What an hour {where}costs is not known ({which}); that work counts as free."
        if seat and lane and lane.party not in (seat, "other"):
            sentence += " Your own estimate would do."
        yield Finding("process.rates", "money", sentence, lane_id if lane else "")


def _scope(around: Map) -> Iterator[Finding]:
    for step in around.steps:
        if step.kind in _WORK and not step.scope:
            sentence = f"Is “{step.name}” in scope, retained or out?"
            yield _at(step, "scope", "duties", sentence)
        if "personal" in step.data_class.casefold() and not (step.owner or step.note):
            sentence = f"“{step.name}” handles personal data: name an owner or note how it is "
            yield _at(step, "note", "duties", sentence + "protected.")


def _at(step: Step, field: str, level: Level, sentence: str) -> Finding:
    path = f"process.steps.{step.id}" + (f".{field}" if field else "")
    return Finding(path, level, sentence, step.id)
