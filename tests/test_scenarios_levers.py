"""Steps that people type: one term, a new value, and what it does to each party."""

import pytest

from negotiation import spaces
from negotiation.files.deal_file import sample
from negotiation.scenarios.levers import lever_table, own_lever
from negotiation.scenarios.rows import OwnLever
from negotiation.scenarios.study import Parts, study
from negotiation.values import FieldError
from tests import deals
from widgets import DealState
from widgets.scenarios_levers import OwnLevers


def step(term, value):
    return OwnLever(id="step-b1", space="buyer", term=term, value=value)


def test_a_typed_step_does_what_the_same_what_if_does():
    deal = Parts(*deals.parts())
    (effect,) = lever_table(study(deal), [own_lever(deal.terms, step("fx_collar", 0.02))])
    before, after = study(deal), study(deal, {"terms.fx_collar": 0.02})
    for case in ("base", "best", "worst"):
        for party in ("buyer", "supplier"):
            change = after.case(case).of(party).amounts["npv"] - (
                before.case(case).of(party).amounts["npv"]
            )
            assert effect.by_case[case][party] == pytest.approx(change)
    assert effect.lever.label == "FX collar 2 %"


def test_all_prices_move_arc_and_rrc_in_proportion():
    terms, _ = deals.parts()
    settings = own_lever(terms, step("all_prices", 1.815)).settings  # 1.65 and a tenth more
    assert settings["terms.arc_rate"] == pytest.approx(terms.arc_rate * 1.1)
    assert settings["terms.rrc_rate"] == pytest.approx(terms.rrc_rate * 1.1)


@pytest.mark.parametrize(
    ("term", "value", "label"),
    [
        ("cola_carry", "banked", "Excess over the cap banked"),
        ("gain_share.share", 0.4, "Supplier's share 40 %"),
        ("metrics.SL.weight", 0.5, ": Weight 50 %"),
        ("term_months", 24.0, "Term 24"),
    ],
)
def test_every_kind_of_term_can_be_tried(term, value, label):
    deal = Parts(*deals.parts())
    lever = own_lever(deal.terms, step(term, value))
    assert lever.label.endswith(label)
    assert lever_table(study(deal), [lever])[0].buyer is not None


@pytest.mark.parametrize(
    ("term", "value", "part"),
    [
        ("fx_collar", 2.0, "less than 1"),
        ("cola_floor", 0.2, "above the index cap"),
        ("odd", 1.0, "nothing called 'odd'"),
        ("all_prices", "dear", "number of 0 or more"),
        ("fx_collar", None, "no value yet"),
    ],
)
def test_a_step_that_does_not_fit_is_refused_with_a_sentence_at_its_value(term, value, part):
    with pytest.raises(FieldError) as caught:
        own_lever(deals.parts()[0], step(term, value))
    assert part in caught.value.sentence
    assert caught.value.path == "scenarios.levers.step-b1.value"


@pytest.fixture
def panel():
    found = OwnLevers(DealState(sample(), "buyer"))
    found.unfold()
    return found


def typed(panel, term, value):
    panel.rows._append()
    row_id = panel._state.deal.scenarios.levers[-1].id
    panel.rows._record(row_id, "term", term)
    panel.rows._record(row_id, "value", value)
    return row_id


def test_a_typed_step_shows_its_effect_and_leaves_the_terms_alone(panel):
    before = panel._state.deal.terms
    typed(panel, "fx_collar", 0.02)
    assert panel.effects.rows[0]["lever"]["text"] == "FX collar 2 %"
    assert panel.effects.rows[0]["supplier worst"]["text"].startswith("+")
    assert panel.effects.rows[0]["buyer worst"]["text"].startswith("\u2212")
    assert panel._state.deal.terms == before
    assert panel.label == "Try a step of our own (1 kept)"


def test_a_refused_step_keeps_the_last_value(panel):
    row_id = typed(panel, "fx_collar", 0.02)
    with pytest.raises(FieldError):
        panel.rows._record(row_id, "value", 3.0)
    assert panel._state.deal.scenarios.levers[0].value == 0.02


def test_another_term_asks_for_another_value(panel):
    row_id = typed(panel, "fx_collar", 0.02)
    panel.rows._record(row_id, "term", "unit_price")
    assert panel._state.deal.scenarios.levers[0].value is None
    assert panel.effects.rows == ()


def test_a_step_is_kept_in_our_own_space_where_the_other_side_does_not_see_it(panel):
    typed(panel, "fx_collar", 0.02)
    documents = spaces.split(panel._state.deal.model_dump(mode="json"))
    assert [row["term"] for row in documents["buyer"]["scenarios.levers"]] == ["fx_collar"]
    assert documents["shared"]["scenarios"]["levers"] == []


def test_a_step_whose_term_is_gone_says_so_and_does_not_count(panel):
    metric = panel._state.deal.terms.metrics[0].id
    typed(panel, f"metrics.{metric}.weight", 0.5)
    panel._state.remove(f"terms.metrics.{metric}")
    assert "nothing called" in panel.rows.rows[0]["_errors"]["value"]
    assert panel.effects.rows == ()
