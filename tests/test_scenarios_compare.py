"""Two scenarios side by side: the steps add up, and each is what the engine says."""

import csv
import io

import pytest

from negotiation.files.comparison import to_csv
from negotiation.files.deal_file import sample
from negotiation.scenarios.compare import compare
from negotiation.scenarios.rows import Case, Driver, Override, Scenarios
from negotiation.scenarios.study import Parts, study
from negotiation.values import FieldError
from tests import deals
from widgets import DealState
from widgets.scenarios import ScenarioCompare

ALL = ("harbor-luzon", "it-service-desk", "accounts-payable")


def both(name="harbor-luzon", seat=None):
    return study(Parts(*deals.parts(name, seat)), seat=seat)


@pytest.mark.parametrize("name", ALL)
@pytest.mark.parametrize("second", ["best", "worst"])
def test_the_steps_add_up_to_the_difference_of_the_results(name, second):
    found = compare(both(name), "base", second)
    for party, share in (("buyer", "saving_share"), ("supplier", "term_margin")):
        results = [each.of(party).amounts for each in (found.first, found.second)]
        for key, own in ((f"{party}_npv", "npv"), (share, share)):
            whole = results[1][own] - results[0][own]
            assert sum(step.changes[key] for step in found.steps) == pytest.approx(whole, abs=1e-6)


def test_the_difference_is_that_of_the_reference_deal():
    # reference-deal.md: buyer's NPV 5,927,362 base and 4,087,739 worst.
    assert compare(both(), "base", "worst").change("buyer") == pytest.approx(-1_839_623, abs=1)


def test_a_step_alone_is_what_a_what_if_says():
    found = compare(both(), "base", "worst")
    deal = Parts(*deals.parts())
    before = study(deal).case("base").supplier.amounts["npv"]
    for key, value in (("aht_min", [6.3, 6.4, 6.4]), ("attrition", 0.6), ("shrinkage", 0.33)):
        step = next(each for each in found.steps if each.key == key)
        after = study(deal, {f"scenarios.base.{key}": value}).case("base").supplier.amounts["npv"]
        assert step.alone["supplier_npv"] == pytest.approx(after - before)


def test_a_step_in_the_bridge_follows_those_above_it():
    found = compare(both(), "base", "worst")
    settings = {}
    before = study(Parts(*deals.parts())).case("base").supplier.amounts["npv"]
    for step in found.steps[:5]:
        settings[f"scenarios.base.{step.key}"] = step.after
        stepped = study(Parts(*deals.parts()), settings)
        after = stepped.case("base").supplier.amounts["npv"]
        assert step.changes["supplier_npv"] == pytest.approx(after - before)
        before = after


def test_the_sentence_names_the_driver_that_explains_most():
    found = compare(both(), "base", "worst")
    assert found.largest("buyer")[0].key == "volume"
    assert "The largest part comes with Demand: -1,786,957" in found.sentence("buyer")
    assert "The largest part comes with Handle time" in found.sentence("supplier")


def test_a_driver_that_overshoots_is_told_with_what_takes_it_back():
    terms, scenarios = deals.parts()
    own = Case(id="own1", title="Ours")
    rows = tuple(
        row.replace(by_scenario=(*row.by_scenario, Override(id="own1", value=value)))
        if (value := {"attrition": 0.9, "shrinkage": 0.29}.get(row.name)) else row
        for row in scenarios.drivers
    )  # fmt: skip
    changed = scenarios.replace(cases=(*scenarios.cases, own), drivers=rows)
    sentence = compare(study(Parts(terms, changed)), "base", "own1").sentence("supplier")
    assert "comes with Attrition" in sentence and "other steps give" in sentence


def test_a_site_and_the_cost_of_a_miss_are_steps_of_their_own():
    terms, scenarios = deals.parts("accounts-payable")
    metric = terms.metrics[0].id
    at_site = next(row for row in scenarios.drivers if row.site)
    value = at_site.value if not isinstance(at_site.value, tuple) else at_site.value[0]
    kept = tuple(row for row in scenarios.drivers if row.name != f"miss_cost_{metric}")
    rows = (*(row if row.id != at_site.id else row.replace(
        by_scenario=(Override(id="worst", value=value * 1.02),)) for row in kept),
        Driver(id=f"miss_cost_{metric}", space="buyer", value=100.0,
               by_scenario=(Override(id="worst", value=900.0),)))  # fmt: skip
    found = compare(study(Parts(terms, scenarios.replace(drivers=rows))), "base", "worst")
    by_key = {(step.key, step.site): step for step in found.steps}
    label = by_key[at_site.name, at_site.site].label
    assert label.count(at_site.site) == 1
    assert (f"miss_cost_{metric}", "") in by_key
    whole = found.change("supplier")
    assert sum(s.changes["supplier_npv"] for s in found.steps) == pytest.approx(whole, abs=1e-6)
    assert sum(s.changes["buyer_npv"] for s in found.steps) == pytest.approx(
        found.change("buyer"), abs=1e-6
    )


def test_an_unknown_scenario_is_a_sentence():
    with pytest.raises(FieldError, match="no scenario 'odd'"):
        compare(both(), "base", "odd")


def test_a_seat_compares_only_what_it_sees():
    terms, scenarios = deals.parts("harbor-luzon", "buyer")
    hidden = Scenarios(drivers=tuple(row for row in scenarios.drivers if row.space != "supplier"),
                       cases=scenarios.cases)  # fmt: skip
    found = compare(study(Parts(terms, hidden), seat="buyer"), "base", "worst")
    assert found.change("supplier") is None and found.sentence("supplier") == ""
    assert {"supplier_npv", "term_margin"}.isdisjoint(found.steps[0].changes)
    assert "aht_min" not in {step.key for step in found.steps}


def test_the_widget_waits_folded_and_then_shows_drivers_results_and_years():
    state = DealState(sample(), "buyer")
    widget = ScenarioCompare(state)
    assert not hasattr(widget, "_steps")
    widget._fold.unfold()
    labels = [row["what"] if isinstance(row["what"], str) else row["what"]["text"]
              for row in widget._steps.rows]  # fmt: skip
    assert labels[0] == "Demand" and labels[-1] == "All together, value today"
    assert widget._results.rows[0]["d0"] == "\u22121,839,623"
    assert "The largest part comes with Demand: \u22121,786,957, then" in widget._words.lines[0]
    widget._chosen[2].value = "best"
    assert widget._results.rows[0]["d1"] == "+913,191"
    widget._chosen[1].value = widget._chosen[2].value = "base"
    assert widget._steps.rows == () and "different" in widget._steps.empty


def test_the_widget_follows_an_edit_and_a_copied_scenario():
    state = DealState(sample(), "buyer")
    widget = ScenarioCompare(state)
    widget._fold.unfold()
    before = widget._results.rows[0]["v0"]
    state.edit("terms.unit_price", 1.5)
    assert widget._results.rows[0]["v0"] != before
    cases = state.deal.scenarios.cases
    state.edit("scenarios.cases", (*cases, Case(id="own1", title="Ours")))
    assert ("Ours", "own1") in widget._chosen[0].options


def test_results_say_what_they_rest_on_and_a_removed_scenario_leaves_the_comparison():
    deal = sample().set("identity.disclosure", "closed")
    state = DealState(deal, "buyer")
    widget = ScenarioCompare(state)
    widget._fold.unfold()
    assert widget._results.sentence.startswith("The buyer's figures rest on our own figures")
    cases = state.deal.scenarios.cases
    state.edit("scenarios.cases", (*cases, Case(id="own1", title="Ours")))
    widget._chosen[1].value = "own1"
    # A new scenario has the general values, as the base has, and no missed level.
    assert [row["v0"] for row in widget._steps.rows] == ["5 in the term", ""]
    state.edit("scenarios.cases", cases)
    assert widget._chosen[1].value in {case.id for case in cases}
    assert all(value != "own1" for choice in widget._chosen for _, value in choice.options)


def test_the_table_can_be_taken_to_a_spreadsheet():
    text = to_csv([compare(both(), "base", "worst")]).decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))
    steps = [row for row in rows if row["part"] == "step"]
    assert sum(float(row["buyer_npv"]) for row in steps) == pytest.approx(-1_839_623, abs=1)
    npv = next(r for r in rows if (r["part"], r["party"], r["item"]) == ("result", "buyer", "npv"))
    assert float(npv["difference"]) == pytest.approx(-1_839_623, abs=1)
    assert {row["year"] for row in rows if row["part"] == "year"} == {"1", "2", "3"}
