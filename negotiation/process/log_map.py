"""From what a log says to the map: its numbers filled in, or a first map drawn from it."""

import re
from collections import Counter, deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import pairwise

from negotiation.process.log import EDGE, ActivityFigures, LogFigures, Variant
from negotiation.process.maps import Map
from negotiation.process.rows import Flow, Lane, Process, Step
from negotiation.process.waits import with_wait_source
from negotiation.values import FieldError

_MOST_STEPS, _MOST_FLOWS = (
    Process.model_fields[table].metadata[0].max_length for table in ("steps", "flows")
)


@dataclass(frozen=True)
class Filled:
    """A process with numbers from a log, and in sentences what was taken and what did not fit."""

    process: Process
    notes: tuple[str, ...]


def fill(process: Process, figures: LogFigures, names: Mapping[str, str] | None = None) -> Filled:
    """`process` with branch shares, waits and the cases a month that the log says.

    An activity is found by its name; `names` (activity -> step id) says what names do not. Between
    two activities a case is taken to go the shortest way through steps that the log does not know,
    such as decisions. What the log says becomes "measured" with the log as its source: handling and
    wait each for itself. Where the
    log cannot tell touch from wait, a step's own minutes are taken off the time before it, and the
    rest is its wait; it goes to the waiting step right before it, where the map has one.
    """
    found = _matches(process, figures, names or {})
    source = f"{figures.name}, {figures.cases:,} cases"[:200]
    steps = _with_times(process, figures, found, source)
    flows, lost = _shared_out(process, figures, found)
    notes = _notes(process, figures, found, lost)
    changes = {"steps": steps, "flows": flows}
    if process.cases_per_month is None and figures.cases_per_month is not None:
        changes["cases_per_month"] = figures.cases_per_month
        notes.append(f"Cases a month are the log's: {figures.cases_per_month:,.0f}.")
    return Filled(process.replace(**changes), tuple(notes))


def discover(figures: LogFigures, keep: float = 0.8) -> Process:
    """A first map: the most frequent variants until at least `keep` of the cases are on it.

    An arrow for every activity that directly follows another, with its share; a way back to what
    comes earlier on average is rework. Raises `FieldError` when that is more than a map holds.
    """
    if not 0 < keep <= 1:
        raise FieldError("keep", f"{keep:g} does not fit: keep a share above 0 and up to 1.")
    kept = _kept(figures.variants, keep)
    order = _order(kept)
    ids = _step_ids(order)
    pairs: Counter[tuple[str, str]] = Counter()
    for variant in kept:
        for pair in pairwise((EDGE, *variant.path, EDGE)):
            pairs[pair] += variant.count
    if len(order) + 2 > _MOST_STEPS or len(pairs) > _MOST_FLOWS:
        raise FieldError(
            "keep",
            f"That is {len(order)} activities and {len(pairs)} arrows; a map holds {_MOST_STEPS} "
            f"steps and {_MOST_FLOWS} arrows. Keep a smaller share of the cases.",
        )
    steps = (
        Step(id="start", name="Start", lane="process", kind="start"),
        *(Step(id=ids[name], name=name[:120] or "?", lane="process") for name in order),
        Step(id="end", name="End", lane="process", kind="end"),
    )
    process = Process(
        lanes=(Lane(id="process", name="Process"),), steps=steps, flows=_arrows(pairs, order, ids)
    )
    rows = {row.name: row for row in figures.activities}
    source = f"{figures.name}, {figures.cases:,} cases"[:200]
    timed = {ids[name]: rows[name] for name in order}
    return process.replace(
        cases_per_month=figures.cases_per_month,
        steps=tuple(
            _known(
                step,
                _touch(timed[step.id], figures.touch_known),
                _wait(timed[step.id], step, figures.touch_known),
                source,
            )
            if step.id in timed
            else step
            for step in steps
        ),
    )


# --- times


def _with_times(
    process: Process, figures: LogFigures, found: Mapping[str, str], source: str
) -> tuple[Step, ...]:
    around = Map(process)
    steps = dict(around.step)
    matched = set(found.values())
    for row in figures.activities:
        if row.name not in found:
            continue
        old = steps[found[row.name]]
        queue = _queue_before(around, old.id, matched)
        waits = _wait(row, old, figures.touch_known)
        if queue:
            steps[queue] = _known(steps[queue], {}, waits, source)
        steps[old.id] = _known(
            old, _touch(row, figures.touch_known), {} if queue else waits, source
        )
    return tuple(steps[step.id] for step in process.steps)


def _queue_before(around: Map, step: str, matched: set[str]) -> str | None:
    """The waiting step that the log does not know and that leads to this step alone."""
    into = {flow.source for flow in around.incoming(step)}
    here = next(iter(into)) if len(into) == 1 else ""
    waits = here and around.step[here].kind == "wait" and here not in matched
    return here if waits and len(around.outgoing(here)) == 1 else None


def _known(step: Step, touch: Mapping[str, float], waits: Mapping[str, float], source: str) -> Step:
    """The step with the log's minutes; what the log does not know stays, with its evidence."""
    if not touch and not waits:
        return step
    before = step.wait_evidence or step.evidence
    after = "measured" if touch else step.evidence
    of_wait = "measured" if waits else before
    return step.replace(
        **touch, **waits, evidence=after,
        wait_evidence="" if of_wait == after or (touch and step.wait_min is None) else of_wait,
        source=source if touch else with_wait_source(step.source, f"Wait from {source}."),
    )  # fmt: skip


def _touch(row: ActivityFigures, touch_known: bool) -> dict[str, float]:
    if not touch_known or not row.touch:
        return {}
    return {"handling_min": row.touch.mean, "handling_cv": min(10.0, row.touch.cv)}


def _wait(row: ActivityFigures, step: Step, touch_known: bool) -> dict[str, float]:
    """The wait of a visit: the time before it, without the step's own minutes; {} for none.

    Nothing passes before the first activity of a case, so the mean over all visits is smaller than
    the mean of what was seen; with it the map's lead time is the log's mean duration.
    """
    if not row.before:
        return {}
    handling_min = 0.0 if touch_known else step.handling_min or 0.0
    part = row.before.count / row.events
    mean = row.before.mean * part
    variance = max(0.0, (1 + row.before.cv**2) * row.before.mean**2 * part - mean**2)
    wait = max(0.0, mean - handling_min)
    cv = variance**0.5 / wait if wait > 0 else 0.0
    return {"wait_min": min(5_256_000.0, wait), "wait_cv": min(10.0, cv)}


# --- names


def _matches(process: Process, figures: LogFigures, names: Mapping[str, str]) -> dict[str, str]:
    """Step id by activity."""
    there = {step.id for step in process.steps}
    wrong = [step for step in names.values() if step not in there]
    if wrong:
        raise FieldError("names", f"There is no step '{wrong[0]}' on the map.")
    by_words: dict[str, list[str]] = {}
    for step in process.steps:
        by_words.setdefault(_words(step.name), []).append(step.id)
    found: dict[str, str] = {}
    for row in figures.activities:
        same = by_words.get(_words(row.name), [])
        step = names.get(row.name) or (same[0] if len(same) == 1 else None)
        if step and step not in found.values():
            found[row.name] = step
    return found


def _words(name: str) -> str:
    return " ".join(re.findall(r"\w+", name.casefold()))


def _notes(
    process: Process, figures: LogFigures, found: Mapping[str, str], lost: Counter[tuple[str, str]]
) -> list[str]:
    others = [row for row in figures.activities if row.name not in found]
    tasks = [s for s in process.steps if s.kind == "task" and s.id not in found.values()]
    notes = [f"{len(found)} of {len(figures.activities)} activities are steps of the map by name."]
    if others:
        told = ", ".join(f"“{row.name}” ({row.events:,})" for row in others[:6])
        notes.append(f"The map has no step of these names: {told}{_more(others, 6)}.")
    if tasks:
        told = ", ".join(f"“{step.name}”" for step in tasks[:6])
        notes.append(f"The log knows nothing of these steps: {told}{_more(tasks, 6)}.")
    if lost:
        pairs = lost.most_common(4)
        told = ", ".join(f"“{a or 'start'}” → “{b or 'end'}” ({n:,})" for (a, b), n in pairs)
        notes.append(f"The log goes where the map has no way: {told}{_more(lost, 4)}.")
    if not figures.touch_known:
        notes.append(
            "The log cannot tell touch from wait: a step's minutes were kept, and what else passed "
            "before it is its wait."
        )
    return notes


def _more(rows: Iterable[object], shown: int) -> str:
    count = len(list(rows)) - shown
    return f" and {count} more" if count > 0 else ""


# --- shares


def _shared_out(
    process: Process, figures: LogFigures, found: Mapping[str, str]
) -> tuple[tuple[Flow, ...], Counter[tuple[str, str]]]:
    """The flows with the log's shares, and the pairs of activities that the map has no way for."""
    around = Map(process)
    taken: Counter[str] = Counter()
    lost: Counter[tuple[str, str]] = Counter()
    matched = set(found.values())
    for row in figures.transitions:
        if not ({row.source, row.target} - {EDGE} <= found.keys()):
            continue
        way = _way(around, found.get(row.source, EDGE), found.get(row.target, EDGE), matched)
        if way is None:
            lost[row.source, row.target] += row.count
        for flow in way or ():
            taken[flow] += row.count
    flows = []
    for flow in process.flows:
        ways = around.outgoing(flow.source)
        total = sum(taken[other.id] for other in ways)
        kind = around.step[flow.source].kind if flow.source in around.step else ""
        if total and len(ways) > 1 and kind != "parallel":
            flow = flow.replace(probability=taken[flow.id] / total, evidence="measured")
        flows.append(flow)
    return tuple(flows), lost


def _way(around: Map, source: str, target: str, matched: set[str]) -> list[str] | None:
    """The flows of the shortest way from one step to another that meets no third activity.

    `source` EDGE is every start, `target` EDGE every end.
    """
    starts = [source] if source else [s.id for s in around.steps if s.kind == "start"]
    if (not source and target in starts) or (source and not target and _is_last(around, source)):
        return []
    waiting: deque[tuple[str, list[str]]] = deque((start, []) for start in starts)
    seen: set[str] = set()
    while waiting:
        here, path = waiting.popleft()
        for flow in around.outgoing(here):
            there, way = flow.target, [*path, flow.id]
            if there == target or (not target and around.step[there].kind == "end"):
                return way
            if there not in seen and there not in matched:
                seen.add(there)
                waiting.append((there, way))
    return None


def _is_last(around: Map, step: str) -> bool:
    return around.step[step].kind == "end" or not around.outgoing(step)


# --- a first map


def _kept(variants: tuple[Variant, ...], keep: float) -> list[Variant]:
    """The most frequent variants that hold at least the share `keep` of the cases."""
    wanted = keep * sum(variant.count for variant in variants) - 1e-9
    kept: list[Variant] = []
    held = 0
    for variant in variants:
        if held >= wanted:
            break
        kept.append(variant)
        held += variant.count
    return kept


def _order(kept: list[Variant]) -> list[str]:
    """Activities by how far into a case they first happen, on average."""
    places: dict[str, list[float]] = {}
    for variant in kept:
        for name in dict.fromkeys(variant.path):
            total = places.setdefault(name, [0.0, 0.0])
            total[0] += variant.count * variant.path.index(name)
            total[1] += variant.count
    return sorted(places, key=lambda name: (places[name][0] / places[name][1], name))


def _step_ids(names: list[str]) -> dict[str, str]:
    ids: dict[str, str] = {}
    taken = {"start", "end"}
    for name in names:
        stem = re.sub(r"[^a-z0-9]+", "-", name.casefold()).strip("-")[:50] or "activity"
        found, count = stem, 1
        while found in taken:
            count += 1
            found = f"{stem}-{count}"
        taken.add(found)
        ids[name] = found
    return ids


def _arrows(
    pairs: Counter[tuple[str, str]], order: list[str], ids: Mapping[str, str]
) -> tuple[Flow, ...]:
    place = {name: number for number, name in enumerate(order)}
    totals: Counter[str] = Counter()
    for (source, _), count in pairs.items():
        totals[source] += count
    flows = []
    ordered = sorted(pairs.items(), key=lambda row: (place.get(row[0][0], -1), -row[1], row[0]))
    for number, ((source, target), count) in enumerate(ordered, start=1):
        back = bool(source and target) and place[target] <= place[source]
        flows.append(
            Flow(
                id=f"f{number}",
                source=ids.get(source, "start"),
                target=ids.get(target, "end"),
                probability=count / totals[source],
                rework=back,
                evidence="measured",
            )
        )
    return tuple(flows)
