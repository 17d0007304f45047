"""What is missing in the requirements roadmap, or works against it, as sentences with the field.

Rules: few outcomes with few measures each, both of which people can still read; every measure says
numerator and denominator, where it stands today, by which method it is read off and by whom
(DAU requirements roadmap; Vested rule 2, "what, not how"; Vitasek et al. 2010).
"""

import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from negotiation.outcomes.rows import Measure, Outcome, Outcomes
from negotiation.outcomes.sanity import MOST_ODDS, Sanity, sanity
from negotiation.vision import Vision

FEWEST_OUTCOMES, MOST_OUTCOMES = 3, 6
MOST_MEASURES_OF_ONE = 3
MOST_MEASURES = 12
"""Our own proposal: what two teams read line by line in one monthly review of an hour."""
LONGEST_WORDS = 25
"""Our own proposal: a sentence that is still understood when it is read aloud once."""

_LEVELS = ("minimum", "target", "baseline")
_METHODS = "random sampling, trend analysis, customer feedback, full or periodic inspection, audit"


class Finding(NamedTuple):
    """A field of the deal and what to do about it."""

    path: str
    sentence: str


class HowWord(NamedTuple):
    """A word that tells how the work is done, and why it does not belong into an outcome."""

    word: str
    why: str


def check(
    outcomes: Outcomes, vision: Vision, how_words: Iterable[HowWord] = ()
) -> tuple[Finding, ...]:
    """Everything that is missing or odd, from vision to measure; empty means ready."""
    words = tuple(how_words)
    found = [*_vision(outcomes, vision), *_counts(outcomes), *_same_cause(outcomes.measures)]
    for outcome in outcomes.outcomes:
        found += _outcome(outcomes, vision, outcome)
        found += _wording(f"outcomes.outcomes.{outcome.id}.text", outcome.text, words)
    for objective in outcomes.objectives:
        path = f"outcomes.objectives.{objective.id}"
        if objective.outcome not in {outcome.id for outcome in outcomes.outcomes}:
            found.append(Finding(f"{path}.outcome", f"“{objective.text}” serves no outcome."))
        if all(measure.objective != objective.id for measure in outcomes.measures):
            found.append(Finding(path, f"Nothing measures the objective “{objective.text}”."))
        found += _wording(f"{path}.text", objective.text, words)
    for measure in outcomes.measures:
        found += measure_findings(outcomes, measure)
        found += _wording(f"outcomes.measures.{measure.id}.name", measure.name, words)
    return tuple(found)


def _vision(outcomes: Outcomes, vision: Vision) -> Iterator[Finding]:
    if not vision.statement:
        yield Finding("vision.statement", "There is no vision yet: say in one sentence what both "
                                          "sides want to be able to say when the term ends.")
    used = {intent for outcome in outcomes.outcomes for intent in outcome.intents}
    for intent in vision.intents:
        if intent.id not in used:
            yield Finding(f"vision.intents.{intent.id}.text",
                          f"No outcome serves the intent “{_short(intent.text)}”.")


def _counts(outcomes: Outcomes) -> Iterator[Finding]:
    count, measures = len(outcomes.outcomes), len(outcomes.measures)
    if count < FEWEST_OUTCOMES:
        yield Finding("outcomes.outcomes", f"There {_are(count, 'outcome')}; {FEWEST_OUTCOMES} to "
                      f"{MOST_OUTCOMES} say what the deal is for.")
    if count > MOST_OUTCOMES:
        yield Finding("outcomes.outcomes", f"There are {count} outcomes; keep the {MOST_OUTCOMES} "
                                           "that matter, or people will remember none.")
    if measures > MOST_MEASURES:
        yield Finding("outcomes.measures", f"There are {measures} measures; people read about "
                      f"{MOST_MEASURES} of them. Let the others be reported on request.")


def _outcome(outcomes: Outcomes, vision: Vision, outcome: Outcome) -> Iterator[Finding]:
    path, called = f"outcomes.outcomes.{outcome.id}", f"“{_short(outcome.text)}”"
    known = {intent.id for intent in vision.intents}
    objectives = {row.id for row in outcomes.objectives if row.outcome == outcome.id}
    count = sum(measure.objective in objectives for measure in outcomes.measures)
    if not known.intersection(outcome.intents):
        yield Finding(f"{path}.intents", f"The outcome {called} rests on no intent of the vision.")
    if not count:
        yield Finding(path, f"Nothing measures the outcome {called}.")
    if count > MOST_MEASURES_OF_ONE:
        yield Finding(path, f"{count} measures watch the outcome {called}; "
                            f"{MOST_MEASURES_OF_ONE} are enough.")
    if not outcome.owner:
        yield Finding(f"{path}.owner", f"Nobody owns the outcome {called}.")
    if not outcome.value_kind:
        yield Finding(f"{path}.value_kind",
                      f"Say which kind of value the outcome {called} brings.")
    if not outcome.beneficiary:
        yield Finding(f"{path}.beneficiary", f"Say who is better off by the outcome {called}.")


def measure_findings(outcomes: Outcomes, measure: Measure) -> tuple[Finding, ...]:
    """What is missing in one measure, or contradicts itself, field by field."""
    path, called = f"outcomes.measures.{measure.id}", f"“{measure.name}”"
    found = [*_missing(measure), *_level_findings(measure)]
    if measure.objective not in {objective.id for objective in outcomes.objectives}:
        found.insert(0, ("objective", f"{called} measures no objective."))
    known = sanity(measure)
    if known is not None and not known.sound:
        found.append(("window_count", f"{called}: {sanity_words(measure, known)}"))
    return tuple(Finding(f"{path}.{field}", sentence) for field, sentence in found)


def _missing(measure: Measure) -> Iterator[tuple[str, str]]:
    called = f"“{measure.name}”"
    share = measure.kind == "proportion"
    if not measure.numerator:
        yield "numerator", f"Say what {called} counts" + (" (its numerator)." if share else ".")
    if not measure.denominator and measure.kind in ("proportion", "average"):
        yield "denominator", f"{called} is a {measure.kind} of what? Name the denominator."
    if not measure.unit:
        yield "unit", f"{called} has no unit."
    if measure.target is None:
        yield "target", f"{called} has no target level."
    if measure.baseline is None and not measure.baseline_plan:
        yield "baseline", (f"Nobody knows where {called} stands today; enter it, or plan to find "
                           "out.")  # fmt: skip
    if not measure.method:
        yield "method", f"Say by which method {called} is read off: {_METHODS}."
    if not measure.frequency:
        yield "frequency", f"Say how often {called} is read off."
    if not measure.data_source:
        yield "data_source", f"Say from which records {called} is read off."
    if not measure.measured_by:
        yield "measured_by", f"Nobody measures {called}."
    if not measure.reported_by:
        yield "reported_by", f"Nobody reports {called}."
    if measure.incentive not in ("", "none") and breach_field(measure) is None:
        yield "incentive", f"{called} carries an incentive, but no level at which it begins."
    if share and not measure.window_count:
        yield "window_count", (f"How many cases does one window of {called} hold? Without that "
                               "nobody knows what chance does to it.")  # fmt: skip


def breach_field(measure: Measure) -> str | None:
    """The level that an incentive hangs on: a credit on the minimum, others on the target."""
    names = ("minimum", "target") if measure.incentive == "credit" else ("target",)
    return next((name for name in names if getattr(measure, name) is not None), None)


def _level_findings(measure: Measure) -> Iterator[tuple[str, str]]:
    called, low_is_good = f"“{measure.name}”", measure.direction == "lower"
    if measure.kind == "proportion":
        if measure.unit and measure.unit != "%":
            yield "unit", f"{called} is a proportion, so its unit is %, not {measure.unit}."
        for name in (*_LEVELS, "tolerance"):
            value = getattr(measure, name)
            if value is not None and not 0 <= value <= 1:
                yield name, (f"The {name} of {called} reads {100 * value:,.10g} %; a proportion "
                             f"is 0 to 100 %. Did you mean {value:g} %?")  # fmt: skip
    least, target = measure.minimum, measure.target
    if least is not None and target is not None and (least < target if low_is_good
                                                     else least > target):
        better = "lower is better" if low_is_good else "higher is better"
        yield "minimum", (f"The minimum level of {called} is stricter than its target, though "
                          f"{better}; swap them, or turn the direction.")  # fmt: skip
    if target is None or measure.tolerance is None:
        return
    reaches = target + measure.tolerance if low_is_good else target - measure.tolerance
    if measure.tolerance and measure.kind == "proportion" and not 0 <= reaches <= 1:
        yield "tolerance", f"With its tolerance {called} would accept anything."
    elif least is not None and (reaches > least + 1e-9 if low_is_good else reaches < least - 1e-9):
        yield "tolerance", (f"The tolerance of {called} accepts results beyond its minimum level; "
                            "one of the two is on the wrong side.")  # fmt: skip


def _same_cause(measures: Sequence[Measure]) -> Iterator[Finding]:
    """Measures that one cause moves: a single bad week would count as many times."""
    causes = Counter(_cause(measure) for measure in measures if measure.root_cause)
    told: set[str] = set()
    for measure in measures:
        cause = _cause(measure)
        if causes[cause] > 1 and cause not in told:
            told.add(cause)
            names = [f"“{other.name}”" for other in measures if _cause(other) == cause]
            yield Finding(f"outcomes.measures.{measure.id}.root_cause",
                          f"{' and '.join(names)} move together ({measure.root_cause}): one cause "
                          "would count more than once. Let one of them carry the money.")


def _cause(measure: Measure) -> str:
    return measure.root_cause.strip().casefold()


def _wording(path: str, text: str, words: Sequence[HowWord]) -> Iterator[Finding]:
    told = next((found for found in words if re.search(_whole(found.word), text, re.I)), None)
    if told is not None:
        yield Finding(path, f"“{_short(text)}” sounds like how, not what (“{told.word}”): "
                            f"{told.why} Begin with what becomes true: raise, reduce, keep, "
                            "resolve, deliver.")
    if len(text.split()) > LONGEST_WORDS:
        yield Finding(path, f"“{_short(text)}” has {len(text.split())} words; "
                            f"{LONGEST_WORDS} can be read aloud once and understood.")


def _whole(word: str) -> str:
    """The word as a whole, in any space; `*` stands for any ending."""
    parts = (re.escape(part).replace(r"\*", r"\w*") for part in word.split())
    return r"\b" + r"\s+".join(parts) + r"\b"


def sanity_words(measure: Measure, found: Sanity) -> str:
    """What chance does to the measure, and what would help, in a sentence."""
    said = (f"a window of {found.count:,} reports a false breach with odds of "
            f"{_per_cent(found.false_breach)} and misses a true one with {_per_cent(found.missed)}")
    if found.sound:
        return f"{said}; both are within {_per_cent(MOST_ODDS, 0)}."
    return f"{said}.{_remedy(measure, found)}"


def _remedy(measure: Measure, found: Sanity) -> str:
    """The shortest way to few false alarms; when only missing is likely, only more events help."""
    if found.false_breach <= MOST_ODDS:
        return " Only a longer window, or a larger sample, misses less."
    ways = []
    if found.windows is not None:
        ways.append(f"reading {found.windows} windows together ({found.windows * found.count:,} "
                    "events)")
    if found.level_needed is not None:
        # A level that people type as they read it must not be stricter than the one worked out.
        lenient = math.ceil if measure.direction == "lower" else math.floor
        level = _per_cent(lenient(round(1000 * found.level_needed, 6)) / 1000)
        ways.append(f"a breach level of {level}, which misses more true ones")
    if not ways:
        return " This measure needs many times the events; choose another."
    return f" What brings false breaches below {_per_cent(MOST_ODDS, 0)}: {', or '.join(ways)}."


def _per_cent(share: float, decimals: int = 1) -> str:
    if 0 <= share < 0.0005:
        return "under 0.1\u202f%"
    return f"{100 * share:.{decimals}f}\u202f%"


def _are(count: int, noun: str) -> str:
    return f"is 1 {noun}" if count == 1 else f"are {count or 'no'} {noun}s"


def _short(text: str) -> str:
    return text if len(text) <= 70 else text[:67].rstrip() + "…"
