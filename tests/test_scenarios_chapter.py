"""The chapter's widgets without a browser: a change in the deal moves what people read."""

import asyncio

import pytest

from negotiation import spaces
from negotiation.deal import Deal
from negotiation.files.deal_file import sample
from negotiation.files.drivers import to_xlsx
from negotiation.scenarios import Floor
from negotiation.values import FieldError
from widgets import DealState
from widgets.scenarios import (
    ScenarioCases,
    ScenarioChecks,
    ScenarioDrivers,
    ScenarioFiles,
    ScenarioFloors,
    ScenarioInvoice,
    ScenarioPrices,
    ScenarioSpread,
    ScenarioTerms,
    ScenarioTornado,
    ScenarioVerdict,
    ScenarioYears,
)
from widgets.scenarios_cases import misses_text, read_misses
from widgets.scenarios_drivers import label_text
from widgets.scenarios_figures import Later, study_of
from widgets.scenarios_floors import FloorRows, floor_text
from widgets.scenarios_metrics import MetricRows, MissRows, ScenarioMetrics


@pytest.fixture
def state():
    return DealState(sample(), "buyer")


def row(sheet, key, text):
    for each in sheet.rows:
        cell = each[key]
        if (cell["text"] if isinstance(cell, dict) else cell) == text:
            return each
    raise AssertionError(f"no row {text!r}")


def test_the_verdict_of_the_sample_is_that_of_the_reference_deal(state):
    sheet = ScenarioVerdict(state)._sheet
    worst = row(sheet, "scenario", "Worst")
    assert worst["buyer"]["text"] == "33.8\u202f%"
    assert worst["supplier"]["text"] == "\u22126.7\u202f%"
    assert (worst["supplier_word"]["text"], worst["supplier_word"]["sign"]) == (
        "below the floor",
        "no",
    )
    assert row(sheet, "scenario", "Best")["joint"]["text"] == "8,083,798"
    assert sheet.sentence_sign == "no"
    assert "In the worst case the supplier's margin" in sheet.sentence
    assert "From month 25 volume leaves the agreed band" in sheet.sentence


def test_a_dearer_price_moves_both_cases(state):
    verdict = ScenarioVerdict(state)
    before = [row(verdict._sheet, "scenario", "Base")[p]["text"] for p in ("buyer", "supplier")]
    pictured = verdict._charts["supplier"].data["years"]
    state.edit("terms.unit_price", 1.72)
    after = [row(verdict._sheet, "scenario", "Base")[p]["text"] for p in ("buyer", "supplier")]
    assert before == ["40.7\u202f%", "8.9\u202f%"]
    assert after[0] < before[0] and float(after[1][:4]) > 8.9
    assert verdict._charts["supplier"].data["years"] != pictured


def test_an_edit_sends_data_and_never_a_new_drawing(state):
    verdict = ScenarioVerdict(state)
    drawn = verdict._charts["buyer"].spec
    state.edit("terms.unit_price", 1.60)
    assert verdict._charts["buyer"].spec == drawn


def test_one_edit_is_worked_out_once_for_every_widget(state):
    state.edit("terms.unit_price", 1.61)
    assert study_of(state) is study_of(state)


def test_without_the_other_sides_costs_the_verdict_says_which_drivers_to_estimate():
    deal = sample()
    scenarios = deal.scenarios.replace(
        drivers=tuple(r for r in deal.scenarios.drivers if r.space != "supplier"), estimates=()
    )
    state = DealState(deal.model_copy(update={"scenarios": scenarios}), "buyer")
    verdict = ScenarioVerdict(state)
    base = row(verdict._sheet, "scenario", "Base")
    assert (base["supplier_word"]["text"], base["supplier_word"]["sign"]) == ("not known", "wait")
    assert "agent cost" in verdict._absent["supplier"].value
    assert base["buyer"]["text"] == "40.7\u202f%"
    for widget in (ScenarioYears, ScenarioPrices, ScenarioTornado, ScenarioChecks, ScenarioInvoice):
        widget(state)


def test_figures_that_rest_on_estimates_say_so():
    deal = sample()
    shown = tuple(r for r in deal.scenarios.drivers if r.space != "supplier")
    estimates = tuple(r for r in deal.scenarios.estimates if r.space == "buyer")
    scenarios = deal.scenarios.replace(drivers=shown, estimates=estimates)
    state = DealState(deal.model_copy(update={"scenarios": scenarios}), "buyer")
    rests = ScenarioVerdict(state)._rests.rows[1]["rests"]
    assert (rests["text"], rests["sign"]) == ("our estimate", "work")


def test_terms_show_what_is_tabled_beside_the_draft(state):
    table = ScenarioTerms(state)._tables["first"]
    state.edit("terms.fx_collar", 0.02)
    collar = next(r for r in table.rows if r["id"] == "fx_collar")
    assert (collar["tabled"], collar["draft"], collar["_note"]) == (
        "5 %",
        0.02,
        "Move of the exchange rate that changes no charge. Changed in your draft.",
    )


def test_a_term_out_of_range_is_refused_at_its_field_and_keeps_its_value(state):
    table = ScenarioTerms(state)._tables["first"]
    told = []
    table.send = lambda content, buffers=None: told.append(content)
    table._receive(
        table, {"event": "edit", "row": "min_commit", "column": "draft", "text": "750"}, []
    )
    assert "outside 0 to 100 %; 75 % is kept" in told[-1]["sentence"]
    assert state.deal.terms.min_commit == 0.75


def test_a_mode_is_chosen_and_a_nested_term_reached(state):
    terms = ScenarioTerms(state)
    terms._make_rest()
    ids = {r["id"]: r for table in terms._tables.values() for r in table.rows}
    assert {"deadband_mode", "gain_share.cap", "metrics.SL.weight"} <= set(ids)
    terms._record("deadband_mode", "draft", "marginal")
    assert state.deal.terms.deadband_mode == "marginal"


def test_a_driver_takes_values_by_year_in_per_cent_and_in_one_scenario(state):
    group = ScenarioDrivers(state)._groups["shared"]
    group._record("avoidance", "value", (0.0, 5.0, 10.0))
    group._record("wage", "case worst", (9.0,))
    drivers = {r.id: r for r in state.deal.scenarios.drivers}
    assert drivers["avoidance"].value == (0.0, 0.05, 0.1)
    assert drivers["wage"].at("worst") == 0.09
    group._record("wage", "case worst", None)
    assert state.deal.get("scenarios.drivers.wage").at("worst") == drivers["wage"].value


def test_a_season_that_does_not_add_up_is_refused(state):
    group = ScenarioDrivers(state)._groups["shared"]
    with pytest.raises(FieldError, match="add up to 24"):
        group._record("season", "value", (2.0,) * 12)


def test_the_other_sides_disclosed_drivers_can_only_be_read(state):
    theirs = ScenarioDrivers(state)._groups["theirs"]._values
    assert theirs.rows
    assert all(f.kind == "readonly" for r in theirs.rows for f in r["_fields"].values())


def test_a_copied_scenario_starts_with_the_same_figures(state):
    cases = ScenarioCases(state)
    cases._from.value = "worst"
    cases._copy_case()
    study = study_of(state)
    copy = study.case("own1")
    # The supplier's own rows are not ours to copy, so only the shared ones follow.
    assert copy.case.misses == study.case("worst").case.misses
    assert copy.years[0]["demand_units"] == study.case("worst").years[0]["demand_units"]
    cases._remove("own1")
    assert "own1" not in study_of(state).ids
    assert state.deal.scenarios == sample().scenarios


def test_the_base_case_stays_and_weights_that_do_not_add_up_are_told(state):
    cases = ScenarioCases(state)
    with pytest.raises(FieldError, match="base case stays"):
        cases._remove("base")
    cases._record("worst", "probability", 0.2)
    assert cases._sum.sentence_sign == "no"


def test_misses_are_typed_and_read_back(state):
    metrics = state.deal.terms.metrics
    text = "2 SL (earned back); 11 CSAT"
    assert misses_text(read_misses(text, metrics)) == text
    with pytest.raises(FieldError, match="The metrics are: SL"):
        read_misses("11 XYZ", metrics)


def test_a_file_taken_in_is_one_gesture_that_undo_takes_back(state):
    files = ScenarioFiles(state)
    said = files._take(
        "x.csv", b"path,value\nterms.unit_price,1.7\nscenarios.drivers.retained_cost,250000\n"
    )
    assert "1 term and drivers" in said
    assert state.deal.terms.unit_price == 1.7
    state.undo()
    assert state.deal.terms == sample().terms


def test_both_cases_by_year_are_the_reference_deals(state):
    years = ScenarioYears(state)
    saving = row(years._main["buyer"], "line", "Saving")
    assert [saving[f"y{y}"] for y in range(3)] == ["2,430,885", "2,524,612", "2,651,183"]
    profit = row(years._main["supplier"], "line", "Operating profit")
    assert [profit[f"y{y}"] for y in range(3)] == ["317,049", "370,920", "378,462"]
    years._case.value = "worst"
    assert row(years._main["supplier"], "line", "Operating profit")["y1"] == "\u2212187,372"


def test_prices_levers_and_models_are_the_reference_deals(state):
    prices = ScenarioPrices(state)
    base = row(prices._ranges, "view", "Base")
    assert (base["supplier"]["text"], base["buyer"]["text"]) == ("1.5003", "2.1000")
    collar = row(prices._levers, "lever", "FX collar 2 %")
    assert collar["efficiency"]["text"] == "9.33"
    assert collar["buyer"] == "\u22129,626"
    model = row(prices._models, "model", "By unit, with bands")
    assert round(model["supplier"], 4) == 0.0809


def test_unsound_rates_name_scenario_and_year(state):
    checks = ScenarioChecks(state)
    rrc = row(checks._rates, "rule", "RRC over variable cost")
    assert "Worst year 3" in rrc["where"] and rrc["word"]["sign"] == "no"


def test_the_tornado_says_who_can_do_something(state):
    tornado = ScenarioTornado(state)
    assert row(tornado._sheet, "driver", "Exchange rate")["by"] == "nobody"
    assert "moves most" in tornado._sheet.sentence


def test_a_run_is_out_of_date_after_an_edit_and_current_again_after_undo(state):
    state.edit("scenarios.draws", 400)
    spread = ScenarioSpread(state)
    spread.run()
    assert not spread.stale and spread._chances.rows
    state.edit("terms.fx_collar", 0.02)
    assert spread.stale and spread._run.stale.startswith("◷ Out of date")
    state.undo()
    assert not spread.stale


def test_a_run_lets_the_kernel_hear_and_can_be_cancelled(state):
    state.edit("scenarios.draws", 60_000)
    spread = ScenarioSpread(state)

    async def press_run_then_cancel():
        spread.run()
        await asyncio.sleep(0)
        spread._progress._receive(spread._progress, {"event": "cancel"}, [])
        await spread._task

    asyncio.run(press_run_then_cancel())
    assert spread._progress.message.startswith("Cancelled")
    assert not spread._chances.rows


def test_an_edit_paints_secondary_views_after_the_first(state):
    seen = []

    async def edit():
        later = Later(lambda: seen.append("worked out"), pending=seen.append)
        later()
        later()
        seen.append("edited")
        await asyncio.sleep(0.5)

    asyncio.run(edit())
    assert seen == [True, True, "edited", "worked out", False]


def test_the_invoice_of_month_23_is_traceable_to_the_cent(state):
    widget = ScenarioInvoice(state, month=23)
    paid = row(widget._sheet, "line", "To pay")
    assert paid["amount"]["text"] == "305,687.15"
    charge = row(widget._sheet, "line", "Baseline charge")
    assert charge["worked"] == "195,000.00 × 1.69389 = 330,308.55"
    with pytest.raises(FieldError, match="months 1 to 36"):
        widget._choose("month", 40)


@pytest.mark.parametrize("name", ["it-service-desk", "accounts-payable"])
@pytest.mark.parametrize("seat", ["buyer", "supplier", "facilitator"])
def test_every_widget_takes_every_shipped_deal_from_every_seat(name, seat):
    state = DealState(sample(name), seat)
    for widget in (
        ScenarioVerdict, ScenarioTerms, ScenarioChecks, ScenarioDrivers, ScenarioCases,
        ScenarioFiles, ScenarioFloors, ScenarioYears, ScenarioPrices, ScenarioTornado,
        ScenarioSpread, ScenarioInvoice,
    ):  # fmt: skip
        widget(state)
    assert isinstance(state.deal, Deal)


def edit(table, row, column, text):
    """What the page sends for one finished edit; gives the sentence it is answered with."""
    told = []
    table.send = lambda content, buffers=None: told.append(content)
    table._receive(table, {"event": "edit", "row": row, "column": column, "text": text}, [])
    return told[-1]["sentence"]


def test_a_floor_that_is_raised_turns_the_verdict(state):
    verdict = ScenarioVerdict(state)
    floors = FloorRows(state)
    assert row(verdict._sheet, "scenario", "Base")["buyer_word"]["text"] == "holds"
    assert edit(floors, "saving", "value", "45") == ""
    assert state.deal.get("scenarios.floors.saving").value == 0.45
    assert row(verdict._sheet, "scenario", "Base")["buyer_word"]["text"] == "below the floor"


def test_a_new_floor_is_ones_own_and_may_count_in_one_scenario_only(state):
    floors = FloorRows(state)
    floors._append()
    new = state.deal.scenarios.floors[1]
    assert (new.space, new.party, new.measure) == ("buyer", "buyer", "saving")
    field = next(r for r in floors.rows if r["id"] == new.id)["_fields"]["scenario"]
    worst = [value for value, _ in field.options()].index("worst")
    edit(floors, new.id, "scenario", str(worst))
    edit(floors, new.id, "value", "35")
    verdict = ScenarioVerdict(state)
    assert row(verdict._sheet, "scenario", "Worst")["buyer_word"]["text"] == "below the floor"
    assert row(verdict._sheet, "scenario", "Base")["buyer_word"]["text"] == "holds"
    state.remove(f"scenarios.floors.{new.id}")
    assert row(verdict._sheet, "scenario", "Worst")["buyer_word"]["text"] == "holds"


def test_a_floor_of_cash_is_typed_in_money_and_one_of_saving_in_per_cent(state):
    floors = FloorRows(state)
    assert edit(floors, "saving", "measure", "1") == ""
    assert state.deal.get("scenarios.floors.saving").value == 0
    edit(floors, "saving", "value", "-750,000")
    assert state.deal.get("scenarios.floors.saving").value == -750_000
    state.undo()
    state.undo()
    assert state.deal.scenarios == sample().scenarios


def test_a_floor_of_the_other_party_is_measured_as_that_party_is(state):
    floors = FloorRows(state)
    floors._record("saving", "party", "supplier")
    floor = state.deal.get("scenarios.floors.saving")
    assert (floor.party, floor.measure, floor.value) == ("supplier", "margin", 0.15)


def test_a_floor_is_said_in_words_beside_its_reason(state):
    words = floor_text(state.deal, state.deal.get("scenarios.floors.cash-supplier"))
    assert words == (
        "supplier's lowest cash of at least \u2212750,000\u202fUSD; every scenario, any month"
    )


def test_a_floor_that_another_row_replaces_says_so(state):
    floors = FloorRows(state)
    floors._append()
    first = next(r for r in floors.rows if r["id"] == "saving")
    assert first["_errors"]["value"].startswith("Another row sets 0.0")


def test_the_other_sides_floor_is_read_and_not_changed(state):
    floors = FloorRows(state)
    assert "cannot be changed here" in edit(floors, "margin", "value", "1")
    assert state.deal.scenarios == sample().scenarios


def test_weights_above_the_pool_are_told_at_the_weight_that_goes_beyond(state):
    metrics = ScenarioMetrics(state)
    assert metrics._sum.sentence_sign == "ok"
    assert edit(metrics.rows, "CSAT", "weight", "60") == ""
    errors = {r["id"]: r["_errors"] for r in metrics.rows.rows if r["_errors"]}
    assert errors == {"FCR": {"weight": "With this weight the sum is 210.0\u202f%, more than the "
                                        "pool of 200.0\u202f%."}}  # fmt: skip
    assert "add up to 210.0\u202f%" in metrics._sum.sentence
    assert metrics._sum.sentence_sign == "no"


def test_a_weight_moves_the_credits_of_the_months_that_miss_it(state):
    before = study_of(state).case("base").years[0]["service_credits"]
    edit(MetricRows(state), "CSAT", "weight", "20")
    assert 0 < study_of(state).case("base").years[0]["service_credits"] < before


def test_a_new_metric_takes_a_short_name_and_its_misses_follow_a_later_one(state):
    rows = MetricRows(state)
    rows._append()
    new = state.deal.terms.metrics[-1].id
    # On a deal without a desk the draft alone has the new one; what is tabled has not.
    assert edit(rows, new, "id", "AHT") == ""
    misses = MissRows(state, "base")
    misses._append()
    aht = [value for value, _ in misses.rows[-1]["_fields"]["metric"].options()].index("AHT")
    assert edit(misses, misses.rows[-1]["id"], "metric", str(aht)) == ""
    assert edit(rows, "AHT", "id", "Speed") == ""
    assert state.deal.scenarios.cases[0].misses[-1].metric == "Speed"
    state.undo()
    assert state.deal.scenarios.cases[0].misses[-1].metric == "AHT"


def test_a_short_name_that_is_taken_or_no_name_is_refused(state):
    rows = MetricRows(state)
    rows._append()
    new = state.deal.terms.metrics[-1].id
    assert "same id" in edit(rows, new, "id", "SL")
    assert "cannot be changed here" in edit(rows, "SL", "id", "Level")
    assert "letters" in edit(rows, new, "id", "two words")
    assert state.deal.terms.metrics[-1].id == new


def test_a_missed_level_that_is_removed_no_longer_costs_a_credit(state):
    misses = MissRows(state, "base")
    before = study_of(state).case("base").years[0]["service_credits"]
    misses._receive(misses, {"event": "remove", "row": "m11-CSAT"}, [])
    assert study_of(state).case("base").years[0]["service_credits"] < before


def test_misses_that_do_not_count_say_why_at_their_field(state):
    misses, cases = MissRows(state, "base"), ScenarioCases(state)
    state.remove("terms.metrics.CSAT")
    edit(misses, "m23-SL", "month", "2")
    edit(misses, "m36-FCR", "month", "40")
    errors = {r["id"]: r["_errors"] for r in misses.rows}
    assert errors["m11-CSAT"]["metric"].startswith("There is no service level CSAT any more")
    assert errors["m23-SL"]["month"].startswith("Stands above already")
    assert errors["m36-FCR"]["month"].startswith("The term ends with month 36")
    base = next(r for r in cases._table.rows if r["id"] == "base")
    assert "CSAT" in base["_errors"]["misses"]


def test_a_scenario_that_goes_takes_its_misses_along_and_undo_brings_both_back(state):
    cases = ScenarioCases(state)
    folds = cases.children[-1]
    folds.folds["worst"].unfold()
    rows = folds.folds["worst"]._body.children[0]
    cases._remove("worst")
    assert len(folds.children) == 2 and rows.rows == ()
    state.undo()
    assert len(folds.children) == 3 and len(rows.rows) == 19
    assert folds.folds["worst"].label == "Missed service levels of Worst: 19"


@pytest.fixture
def alone():
    """The buyer at a deal of which it knows its own and the shared figures only."""
    deal = sample()
    scenarios = deal.scenarios.replace(
        drivers=tuple(r for r in deal.scenarios.drivers if r.space != "supplier"), estimates=()
    )
    identity = deal.identity.replace(disclosure="closed")
    parts = {"scenarios": scenarios, "identity": identity}
    return DealState(deal.model_copy(update=parts), "buyer")


def test_one_side_alone_estimates_what_is_missing_and_then_reads_both_cases(alone):
    drivers, verdict = ScenarioDrivers(alone), ScenarioVerdict(alone)
    sign, said = drivers._lacking.lines[0]
    assert sign == "wait" and "agent cost" in said and "adds an empty row for each" in said
    drivers._add_missing()
    rows = alone.deal.scenarios.estimates
    assert {r.name for r in rows} == {
        "paid_hours_month", "shrinkage", "occupancy", "aht_min", "agent_cost_month",
        "supplier_discount",
    }  # fmt: skip
    assert all(r.space == "buyer" and r.value is None for r in rows)
    assert drivers._folds["estimates"].is_open
    assert drivers._fill.layout.display == "none" and drivers._lacking.lines[0][0] == "work"
    known = {r.name: r for r in sample().scenarios.drivers}
    table = drivers._groups["estimates"]._values
    for shown in list(table.rows):
        value = known[shown["id"]].value
        amounts = value if isinstance(value, tuple) else (value,)
        # A share is typed as per cent, here as in every table of drivers.
        times = 100 if shown["id"] in ("shrinkage", "supplier_discount") else 1
        typed = "; ".join(str(amount * times) for amount in amounts)
        assert edit(table, shown["id"], "value", typed) == ""
    assert drivers._wait.layout.display == "none"
    assert row(verdict._sheet, "scenario", "Base")["supplier_word"]["text"] != "not known"
    assert verdict._rests.rows[1]["rests"]["text"] == "our estimate"


def test_the_missing_rows_are_one_gesture_that_undo_takes_back(alone):
    drivers = ScenarioDrivers(alone)
    before = alone.deal.scenarios
    drivers._add_missing()
    alone.undo()
    assert alone.deal.scenarios == before
    assert drivers._fill.layout.display is None


def test_nothing_is_said_to_be_missing_where_both_cases_are_there(state):
    assert ScenarioDrivers(state)._wait.layout.display == "none"


def test_levers_that_protect_the_weaker_side_stand_first_and_those_that_hurt_it_last(state):
    rows = ScenarioPrices(state)._levers.rows
    signs = [r["worst"]["sign"] for r in rows]
    assert signs == sorted(signs, key=("ok", "wait", "no").index) and {"ok", "no"} <= set(signs)
    assert rows[0]["worst"]["note"].startswith("protects, +")
    assert rows[-1]["worst"]["note"].startswith("hurts, \u2212")


def test_a_copy_says_which_values_it_could_not_take_along(state):
    cases = ScenarioCases(state)
    cases._from.value = "worst"
    cases._copy._click({}, [])
    said = cases._copy.message
    theirs = [r for r in sample().scenarios.drivers
              if r.space == "supplier" and any(o.id == "worst" for o in r.by_scenario)]
    assert theirs and all(label_text(r) in said for r in theirs)
    assert "only the other side sets" in said


def test_a_copy_where_the_book_is_closed_says_that_unseen_values_are_not_in_it(alone):
    cases = ScenarioCases(alone)
    cases._from.value = "worst"
    cases._copy._click({}, [])
    assert "What only the supplier sees" in cases._copy.message


def test_cells_that_are_refused_stay_in_the_box_with_the_reason(state):
    files = ScenarioFiles(state)
    assert "names no term or driver" in edit(files.cells, None, "cells", "path\tvalue\nx\t1")
    assert edit(files.cells, None, "cells", "path\tvalue\nterms.unit_price\t1.7") == ""
    assert state.deal.terms.unit_price == 1.7
    assert files._pasted.lines_shown[0]["text"].startswith("Taken in: 1 term.")
    assert files.cells.queue == "harbor-luzon/buyer"


def test_a_copy_starts_from_the_first_scenario_until_another_is_chosen_and_keeps_the_choice(state):
    cases = ScenarioCases(state)
    assert cases._from.value == "base"
    cases._from.value = "worst"
    cases._copy_case()
    assert cases._from.value == "worst"
    assert ScenarioDrivers(state)._choice.value is not None


def test_an_absurd_value_is_told_at_its_field_and_kept(state):
    terms, drivers = ScenarioTerms(state), ScenarioDrivers(state)
    state.edit("terms.unit_price", 165.0)
    price = next(r for r in terms._tables["first"].rows if r["id"] == "unit_price")
    assert "what a unit costs today" in price["_doubts"]["draft"]
    assert price["draft"] == 165.0
    state.edit("scenarios.drivers.wage.by_scenario", ({"id": "worst", "value": 4.0},))
    wage = next(r for r in drivers._groups["shared"]._values.rows if r["id"] == "wage")
    assert list(wage["_doubts"]) == ["case worst"]
    state.undo()
    wage = next(r for r in drivers._groups["shared"]._values.rows if r["id"] == "wage")
    assert wage["_doubts"] == {}


@pytest.mark.parametrize("month", [0, 37, 121])
def test_a_month_outside_the_term_names_the_terms_own_months(state, month):
    with pytest.raises(FieldError, match="outside the term of months 1 to 36"):
        ScenarioInvoice(state)._choose("month", month)
    with pytest.raises(FieldError, match="outside the term of months 1 to 36"):
        ScenarioCases(state)._record("base", "misses", f"{month} CSAT")


def test_an_unchanged_file_says_that_nothing_differs(state):
    files = ScenarioFiles(state)
    assert files._take("a.xlsx", to_xlsx(state.deal)).startswith("Nothing differs")


def test_the_floors_header_promises_no_per_cent_where_a_row_is_money(state):
    state.edit(f"scenarios.floors.{state.deal.scenarios.floors[0].id}.measure", "cash")
    rows = FloorRows(state)
    header = next(c for c in rows.columns_shown if c["key"] == "value")
    assert header["unit"] == ""
    assert {row["units"]["value"] for row in rows.rows_shown} >= {"USD", "%"}


def test_a_row_of_the_other_side_can_be_neither_removed_nor_moved():
    deal = sample()
    theirs = Floor(id="their-floor", space="supplier", value=0.08)
    state = DealState(deal.set("scenarios.floors", (*deal.scenarios.floors, theirs)), "buyer")
    rows = FloorRows(state)
    shown = {row["id"]: row["fixed"] for row in rows.rows_shown}
    assert shown["their-floor"] and not all(shown.values())
    rows._remove({"row": "their-floor"}, [])
    assert state.deal.scenarios.floors[-1].id == "their-floor"


def test_a_facilitator_of_a_closed_book_is_told_what_the_two_sides_still_enter():
    shared = spaces.split(sample("it-service-desk").model_dump(mode="json"))
    state = DealState(Deal.model_validate(spaces.merge(shared, "facilitator")), "facilitator")
    drivers = ScenarioDrivers(state)
    assert "The two sides enter them." in drivers._lacking.lines[0][1]
    assert drivers._fill.layout.display == "none"
