"""The requirements roadmap: what is missing, what chance does, and what rests on what."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from negotiation.files import roadmap
from negotiation.files.deal_file import sample
from negotiation.files.outcome_lists import how_words, library
from negotiation.outcomes import (
    HowWord,
    Measure,
    Objective,
    Outcome,
    Outcomes,
    check,
    measure_findings,
    sanity,
    wilson,
)  # fmt: skip
from negotiation.outcomes.check import sanity_words
from negotiation.outcomes.sanity import EXACT_UP_TO, binomial_below, breach_level, breach_odds
from negotiation.outcomes.trace import trace
from negotiation.terms import Metric, Terms
from negotiation.values import FieldError
from negotiation.vision import Intent, Vision

WHOLE = {
    "id": "m", "objective": "b", "name": "Answered in time", "unit": "%", "numerator": "in time",
    "denominator": "answered", "minimum": 0.8, "target": 0.85, "baseline": 0.78, "tolerance": 0.05,
    "data_source": "records", "method": "full_inspection", "frequency": "month",
    "measured_by": "supplier", "reported_by": "supplier", "incentive": "credit",
    "window_count": 10_000,
}  # fmt: skip
VISION = Vision(statement="Both earn more.", intents=(Intent(id="i", text="We share."),))


def roadmap_of(**changes):
    """One outcome, objective and measure in which nothing is missing but further outcomes."""
    return Outcomes(
        outcomes=(Outcome(id="o", text="People get help", beneficiary="them", value_kind="time",
                          intents=("i",), owner="Ann"),),
        objectives=(Objective(id="b", outcome="o", text="Answer in time"),),
        measures=(Measure(**WHOLE | changes),),
    )  # fmt: skip


def told(field, **changes):
    """The sentences about `field` of the one measure after `changes`."""
    outcomes = roadmap_of(**changes)
    found = measure_findings(outcomes, outcomes.measures[0])
    return [f.sentence for f in found if f.path == f"outcomes.measures.m.{field}"]


# --- chance


def test_the_wilson_interval_of_358_in_400_is_that_of_the_reference_deal():
    assert [round(end, 5) for end in wilson(358, 400)] == [0.86111, 0.92138]


@pytest.mark.parametrize(
    ("count", "false", "missed"),
    [(50, 29.3, 52.4), (100, 28.8, 45.3), (400, 21.3, 29.3), (1000, 12.4, 16.9)],
)
def test_odds_of_false_and_missed_breaches_are_those_of_the_reference_deal(count, false, missed):
    """True 91 % and true 89 % against a level of 90 %."""
    found = sanity(Measure(id="m", name="m", target=0.9, window_count=count))
    assert (found.good, found.poor) == pytest.approx((0.91, 0.89))
    assert round(100 * found.false_breach, 1) == false
    assert round(100 * found.missed, 1) == missed


@given(st.integers(1, 60), st.integers(-1, 62), st.floats(0.001, 0.999))
def test_binomial_odds_are_those_of_adding_up_every_outcome(count, bound, share):
    by_hand = sum(math.comb(count, k) * share**k * (1 - share) ** (count - k)
                  for k in range(max(0, min(bound, count + 1))))  # fmt: skip
    assert binomial_below(bound, count, share) == pytest.approx(by_hand, abs=1e-9)


def test_the_normal_curve_goes_on_where_exact_odds_end():
    here, there = EXACT_UP_TO, EXACT_UP_TO + 1
    bound = round(here * 0.8) + 100
    assert binomial_below(bound, here, 0.8) == pytest.approx(
        binomial_below(bound, there, 0.8), abs=2e-3
    )


@given(st.integers(1, 400), st.floats(0.05, 0.95), st.floats(0.05, 0.95))
def test_lower_is_better_is_the_mirror_of_higher_is_better(count, level, true):
    higher = breach_odds(level, count, true, "higher")
    assert breach_odds(1 - level, count, 1 - true, "lower") == pytest.approx(higher, abs=1e-9)


def test_a_result_on_the_level_is_no_breach():
    assert breach_odds(0.9, 10, 0.9) == pytest.approx(1 - sum(
        math.comb(10, k) * 0.9**k * 0.1 ** (10 - k) for k in (9, 10)))  # fmt: skip
    assert breach_odds(0.1, 10, 0.1, "lower") == pytest.approx(breach_odds(0.9, 10, 0.9))


def test_a_breach_begins_at_the_minimum_or_else_at_the_target_less_the_tolerance():
    measure = Measure(**WHOLE)
    assert breach_level(measure) == 0.8
    assert breach_level(measure.replace(minimum=None)) == pytest.approx(0.8)
    assert breach_level(measure.replace(minimum=None, direction="lower")) == pytest.approx(0.9)


@pytest.mark.parametrize("direction", ["higher", "lower"])
def test_what_is_proposed_against_false_breaches_brings_them_below_ten_per_cent(direction):
    target = 0.9 if direction == "higher" else 0.1
    found = sanity(Measure(id="m", name="m", target=target, window_count=400, direction=direction))
    assert found.false_breach > 0.1
    longer = breach_odds(found.level, found.windows * found.count, found.good, direction)
    shorter = breach_odds(found.level, (found.windows - 1) * found.count, found.good, direction)
    assert longer <= 0.1 < shorter
    assert breach_odds(found.level_needed, found.count, found.good, direction) <= 0.1


def test_a_count_has_no_odds_and_neither_has_a_share_without_a_window():
    assert sanity(Measure(**WHOLE | {"kind": "count"})) is None
    assert sanity(Measure(**WHOLE | {"window_count": None})) is None
    assert sanity(Measure(**WHOLE | {"window_count": None}), 10_000).sound


def test_what_chance_does_is_said_with_what_helps():
    measure = Measure(id="m", name="m", target=0.9, window_count=400)
    words = sanity_words(measure, sanity(measure))
    assert "false breach with odds of 21.3\u202f%" in words
    assert "windows together" in words and "a breach level of 89.2\u202f%" in words


# --- what is missing


def test_a_whole_measure_has_no_finding():
    outcomes = roadmap_of()
    assert measure_findings(outcomes, outcomes.measures[0]) == ()
    assert [f.path for f in check(outcomes, VISION, how_words())] == ["outcomes.outcomes"]


@pytest.mark.parametrize(
    ("changes", "field", "says"),
    [
        ({"denominator": ""}, "denominator", "Name the denominator"),
        ({"numerator": ""}, "numerator", "numerator"),
        ({"unit": ""}, "unit", "has no unit"),
        ({"unit": "hours"}, "unit", "its unit is %, not hours"),
        ({"target": 90, "tolerance": None}, "target", "reads 9,000 %"),
        ({"target": 90, "tolerance": None}, "target", "Did you mean 90 %?"),
        ({"baseline": None}, "baseline", "plan to find out"),
        ({"method": ""}, "method", "random sampling"),
        ({"frequency": ""}, "frequency", "how often"),
        ({"data_source": ""}, "data_source", "which records"),
        ({"measured_by": ""}, "measured_by", "Nobody measures"),
        ({"reported_by": ""}, "reported_by", "Nobody reports"),
        ({"minimum": 0.9}, "minimum", "stricter than its target"),
        ({"direction": "lower"}, "minimum", "lower is better"),
        ({"tolerance": 0.1}, "tolerance", "beyond its minimum"),
        ({"minimum": None, "tolerance": 0.9}, "tolerance", "accept anything"),
        ({"minimum": None, "target": None}, "incentive", "no level at which it begins"),
        ({"objective": "gone"}, "objective", "measures no objective"),
        ({"window_count": None}, "window_count", "How many cases"),
        ({"window_count": 50}, "window_count", "false breach"),
    ],
)  # fmt: skip
def test_what_a_measure_lacks_is_said_at_its_field(changes, field, says):
    assert any(says in sentence for sentence in told(field, **changes)), told(field, **changes)


def test_a_plan_stands_in_for_a_baseline_and_an_average_needs_no_window():
    assert told("baseline", baseline=None, baseline_plan="Count in March.") == []
    assert told("window_count", kind="average", unit="minutes", window_count=None) == []


def paths(outcomes, vision=VISION, words=()):
    return {finding.path for finding in check(outcomes, vision, words)}


def test_nothing_may_hang_in_the_air():
    whole = roadmap_of()
    assert "outcomes.outcomes.o.intents" in paths(whole, Vision(statement="x"))
    assert "vision.statement" in paths(whole, Vision())
    assert "outcomes.outcomes.o" in paths(whole.replace(measures=()))
    assert "outcomes.objectives.b" in paths(whole.replace(measures=()))
    assert "outcomes.objectives.b.outcome" in paths(whole.replace(outcomes=()))
    assert "vision.intents.i.text" in paths(whole.replace(outcomes=()))


def test_a_fourth_measure_a_seventh_outcome_and_a_thirteenth_measure_are_too_many():
    whole = roadmap_of()

    def measures(count):
        rows = tuple(Measure(**WHOLE | {"id": f"m{i}"}) for i in range(count))
        return whole.replace(measures=rows)

    assert "outcomes.outcomes.o" not in paths(measures(3))
    assert "outcomes.outcomes.o" in paths(measures(4))
    assert "outcomes.measures" not in paths(measures(12))
    assert "outcomes.measures" in paths(measures(13))
    outcome = whole.outcomes[0]
    many = whole.replace(outcomes=tuple(outcome.replace(id=f"o{i}") for i in range(7)))
    assert "outcomes.outcomes" in paths(many)
    assert "outcomes.outcomes" not in paths(many.replace(outcomes=many.outcomes[:6]))


def test_measures_of_one_root_cause_are_told_once_and_by_name():
    twins = tuple(Measure(**WHOLE | {"id": i, "name": i, "root_cause": cause})
                  for i, cause in (("m", "Peak"), ("n", "peak "), ("p", "other")))  # fmt: skip
    found = [f for f in check(roadmap_of().replace(measures=twins), VISION)
             if f.path.endswith("root_cause")]
    assert [f.path for f in found] == ["outcomes.measures.m.root_cause"]
    assert "“m” and “n”" in found[0].sentence


@pytest.mark.parametrize(
    "text", ["Hire 20 agents", "Automated answers for all", "Deploy a tool", "by  means of bots"]
)
def test_words_that_tell_how_are_named_with_their_reason(text):
    outcomes = roadmap_of()
    outcome = outcomes.outcomes[0].replace(text=text)
    found = [f.sentence for f in check(outcomes.replace(outcomes=(outcome,)), VISION, how_words())]
    assert any("sounds like how, not what" in sentence for sentence in found)


def test_only_whole_words_tell_how():
    outcomes = roadmap_of(name="Users because of houses")
    assert not [f for f in check(outcomes, VISION, [HowWord("use", "…")]) if "how" in f.sentence]


def test_a_sentence_too_long_to_be_read_aloud_is_told():
    outcomes = roadmap_of(name="very " * 26)
    assert "outcomes.measures.m.name" in paths(outcomes)


# --- the trace


def test_a_whole_chain_reaches_from_the_vision_to_the_money():
    terms = Terms(metrics=(Metric(id="SL", title="In time", weight=0.5),), at_risk=0.1,
                  unit_price=2.0)  # fmt: skip
    found = trace(VISION, roadmap_of(metric="SL"), terms, 1000, "EUR")
    assert found.links == (
        ("vision", "intent-i"), ("intent-i", "outcome-o"), ("outcome-o", "objective-b"),
        ("objective-b", "measure-m"), ("measure-m", "level-SL"),
    )  # fmt: skip
    assert found.orphans == () and found.coverage == 1
    (line,) = found.lines
    assert (line.intent, line.outcome, line.level) == ("We share.", "People get help", "In time")
    assert line.money == "5.0 % of a month's charges, about 100 EUR"


def test_what_is_not_measured_and_what_nobody_needs_are_both_orphans():
    outcomes = roadmap_of(objective="gone")
    found = trace(VISION, outcomes, Terms(metrics=(Metric(id="SL"),)))
    said = {node.id: node.orphan for node in found.orphans}
    assert said == {"objective-b": "no measure", "measure-m": "no objective",
                    "level-SL": "no measure reads it"}  # fmt: skip
    assert found.coverage == 0
    assert len(found.lines) == 3


def test_an_empty_roadmap_has_an_empty_trace():
    found = trace(Vision(), Outcomes(), Terms())
    assert (found.nodes, found.links, found.lines, found.coverage) == ((), (), (), None)


# --- files, library, sample


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_a_roadmap_that_leaves_and_comes_back_is_the_same(kind):
    deal = sample()
    content = getattr(roadmap, f"to_{kind}")(deal)
    empty = deal.set("outcomes", Outcomes()).set("vision.intents", ())
    back = roadmap.take(empty, f"roadmap.{kind}", content)
    assert (back.outcomes, back.vision) == (deal.outcomes, deal.vision)
    assert roadmap.take(deal, f"roadmap.{kind}", content) == deal


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("wish,w1,A wish,", "“wish” is not one of: intent, outcome"),
        ("measure,m1,Name,many", "line 2: target: “many” is not a number"),
        ("measure,m 1,Name,0.5", "Nothing was taken in."),
        ("measure,m9,,0.5", "cannot be empty"),
    ],
)  # fmt: skip
def test_a_line_that_cannot_be_read_is_named_and_nothing_is_taken_in(line, says):
    with pytest.raises(FieldError) as error:
        roadmap.take(sample(), "x.csv", f"row,id,text,target\n{line}\n".encode())
    assert says in error.value.sentence


def test_the_library_holds_five_areas_of_five_outcomes_and_ten_measures():
    areas = {found.area for found in library()}
    assert len(areas) == 5
    for area in areas:
        own = [found for found in library() if found.area == area]
        assert (len(own), sum(len(found.measures) for found in own)) == (5, 10)


def test_no_outcome_of_the_library_tells_how_and_each_measure_says_what_it_counts():
    for found in library():
        objectives = tuple(Objective(id=m.id, outcome=found.outcome.id, text=words)
                           for words, m in found.measures)  # fmt: skip
        measures = tuple(m.replace(objective=m.id) for _, m in found.measures)
        outcomes = Outcomes(outcomes=(found.outcome,), objectives=objectives, measures=measures)
        asked = check(outcomes, VISION, how_words())
        assert not [f for f in asked if "how, not what" in f.sentence]
        fields = {f.path.rpartition(".")[2] for f in asked}
        assert not fields & {"numerator", "denominator", "unit", "method", "frequency",
                             "data_source"}  # fmt: skip


def test_the_sample_has_one_measure_too_small_and_two_that_move_together():
    deal = sample()
    found = check(deal.outcomes, deal.vision, how_words())
    assert [f.path for f in found] == [
        "outcomes.measures.m3.root_cause", "outcomes.measures.m2.window_count",
    ]  # fmt: skip
    known = trace(deal.vision, deal.outcomes, deal.terms)
    assert known.orphans == () and known.coverage == 1
    assert {m.metric for m in deal.outcomes.measures} - {""} == {m.id for m in deal.terms.metrics}
    steps = {step.id for step in deal.process.steps}
    assert all(steps.issuperset(m.steps) for m in deal.outcomes.measures)
