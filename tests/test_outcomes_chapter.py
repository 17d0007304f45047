"""The outcomes chapter's widgets without a browser."""

import pytest

from negotiation.deal import Deal, Identity
from negotiation.files.deal_file import sample
from negotiation.files.roadmap import to_csv
from negotiation.outcomes import sanity
from negotiation.pictures import outcomes as pictures
from negotiation.values import FieldError
from widgets import DealState
from widgets.outcomes import (
    OutcomeFiles,
    OutcomeFindings,
    OutcomeLibrary,
    OutcomeMeasures,
    OutcomeSanity,
    OutcomeTable,
    OutcomeTrace,
    OutcomeView,
    OutcomeVision,
)  # fmt: skip
from widgets.outcomes_measures import fields_of, kind_pairs, step_ids
from widgets.outcomes_table import numbered


@pytest.fixture
def view():
    return OutcomeView(DealState(sample(), "buyer"))


@pytest.fixture
def empty():
    return OutcomeView(DealState(Deal(identity=Identity(id="new", title="New")), "supplier"))


def edit(table, row, column, text):
    table._edit({"event": "edit", "row": row, "column": column, "text": text, "token": "t"}, [])


def test_an_empty_deal_says_how_to_begin(empty):
    assert OutcomeFindings(empty).pointers.lines[0]["text"].startswith("Begin with one sentence")
    assert OutcomeMeasures(empty)._all.layout.display == "none"
    assert OutcomeSanity(empty).sheet.rows == ()
    assert "Write the vision" in OutcomeTrace(empty).says.lines[0][1]
    assert OutcomeVision(empty).intents.rows == ()


def test_intents_are_typed_by_number_and_a_wrong_number_is_refused(view):
    table = OutcomeTable(view).outcomes
    edit(table, "o3", "intents", "4, 5")
    assert view.state.deal.get("outcomes.outcomes.o3.intents") == ("i4", "i5")
    assert table._find("o3")["intents"] == "4, 5"
    with pytest.raises(FieldError, match="“9” is no intent; there is 1 to 5"):
        numbered("1, 9", ["i1", "i2", "i3", "i4", "i5"])


def test_a_new_measure_shows_the_objective_that_lacks_one_and_is_shown_in_full(view):
    view.state.remove("outcomes.measures.m5")
    measures = OutcomeMeasures(view)
    measures.rows._add({"event": "add"}, [])
    added = view.state.deal.outcomes.measures[-1]
    assert (added.objective, view.chosen) == ("b5", added.id)
    assert measures.choice.value == added.id


def test_a_finding_vanishes_when_its_field_is_filled(view):
    findings, measures = OutcomeFindings(view), OutcomeMeasures(view)
    before = len(findings.pointers.lines)
    view.state.edit("outcomes.measures.m1.method", "")
    line = next(one for one in findings.pointers.lines if one["path"].endswith("m1.method"))
    findings.pointers._follow({"path": line["path"]}, [])
    assert view.chosen == "m1"
    form = next(f for f in measures._forms if line["path"] in f.values)
    edit(form, None, line["path"], "1")
    assert view.state.deal.get("outcomes.measures.m1.method") == "random_sampling"
    assert len(findings.pointers.lines) == before


def test_levels_are_typed_in_per_cent_for_a_share_and_in_the_unit_otherwise(view):
    measures = OutcomeMeasures(view)
    edit(measures.rows, "m1", "target", "75")
    edit(measures.rows, "m7", "target", "11")
    assert view.state.deal.get("outcomes.measures.m1.target") == 0.75
    assert view.state.deal.get("outcomes.measures.m7.target") == 11


def test_a_share_that_turns_into_an_average_loses_its_per_cent(view):
    share = view.state.deal.get("outcomes.measures.m1")
    assert dict(kind_pairs(share, "average"))["outcomes.measures.m1.unit"] == ""
    assert len(kind_pairs(share, "proportion")) == 1


def test_every_field_of_a_measure_can_be_edited(view):
    measure = view.measure
    shown = {f.key.rpartition(".")[2] for _, group in fields_of(view.state.deal, measure)
             for f in group}  # fmt: skip
    assert shown | {"id", "objective", "name"} == set(type(measure).model_fields)


def test_steps_are_named_as_the_map_names_them(view):
    assert step_ids(view.state.deal, "Solved?; wait for an agent") == ("solved", "queue")
    with pytest.raises(FieldError, match="The map has no step “Dance”"):
        step_ids(view.state.deal, "Dance")


def test_the_share_that_chance_hurts_most_is_pictured_first(view):
    shown = OutcomeSanity(view)
    assert shown.choice.value == "m2"
    assert "“Contacts without a serious error”" in shown.sheet.sentence
    assert shown.sheet.sentence_sign == "no"
    view.state.edit("outcomes.measures.m2.window_count", 2_000)
    assert shown.sheet.sentence_sign == "ok"


def test_the_trace_says_what_hangs_in_the_air(view):
    shown = OutcomeTrace(view)
    assert shown.map.columns[0]["title"] == "Vision"
    assert shown.says.lines[0][0] == "ok"
    view.state.remove("outcomes.measures.m7")
    assert any("Remove reasons for contact" in line for _, line in shown.says.lines)
    assert "94\u202f%" in shown.says.lines[0][1]  # 16 of 17 statements reach a measure


def test_ticked_outcomes_come_with_objectives_and_measures_and_undo_takes_them_back(view):
    library = OutcomeLibrary(view)
    library.children[0].unfold()
    before = view.state.deal
    with pytest.raises(FieldError, match="Tick an outcome first"):
        library._take()
    edit(library.table, "cc_right", "take", True)
    library._take()
    outcomes = view.state.deal.outcomes
    assert outcomes.outcomes[-1].id == "cc_right"
    assert len(outcomes.measures) == len(before.outcomes.measures) + 2
    assert library.table._find("cc_right")["_note"] == "already in the roadmap"
    view.state.undo()
    assert view.state.deal == before


def test_a_file_taken_in_is_one_gesture(view):
    files = OutcomeFiles(view)
    content = to_csv(view.state.deal)
    assert files._take("r.csv", content) == "Nothing in it differs from what is here."
    view.state.remove("outcomes.measures.m1")
    assert files._take("r.csv", content).startswith("The roadmap was taken in")
    assert view.state.deal.outcomes.measures[-1].id == "m1"


def test_the_picture_of_the_odds_is_drawn_as_vega_lite_wants_it(view):
    measure = view.state.deal.get("outcomes.measures.m2")
    data = pictures.odds_data(measure, sanity(measure))
    assert pictures.odds(data).to_dict()["layer"]
    assert {row["which"] for row in data["here"]} == {"false breach", "missed breach"}


def test_the_odds_are_drawn_where_the_level_is_a_whole_number_of_cases(view):
    """There they fall case by case; 90 % of 11 is no number of cases, and the odds leap."""
    measure = view.state.deal.get("outcomes.measures.m2")
    lines = pictures.odds_data(measure, sanity(measure))["lines"]
    assert all(row["count"] % 10 == 0 for row in lines)
    missed = [row["odds"] for row in lines if row["which"] == "missed breach"]
    assert missed == sorted(missed, reverse=True)


def test_the_window_says_what_the_scenarios_hold(view):
    groups = fields_of(view.state.deal, view.measure)
    window = next(f for _, group in groups for f in group if f.key.endswith("window_count"))
    assert "150,000 × contact a month" in window.help
