"""From the map to the scenarios: what is offered, what is written, and when it is out of date."""

import pytest

from negotiation import spaces
from negotiation.carry.offer import uses, without
from negotiation.carry.offers import (
    all_offers,
    case_id,
    let_go,
    offers,
    out_of_date,
    share,
    take,
    unshared,
    used,
)
from negotiation.deal import Deal
from negotiation.desk import LocalDesk
from negotiation.files.deal_file import sample
from negotiation.process import measure as measuring
from negotiation.scenarios.rows import Override
from negotiation.scenarios.study import study
from negotiation.store import Store
from negotiation.values import FieldError
from widgets.session import _told_conflict
from widgets.state import DealState


def seen_by(seat, open_book=False):
    return Deal.read(spaces.merge(spaces.split(sample().document()), seat, open_book))


def named(found):
    return {offer.id: offer for offer in found}


def test_today_s_map_offers_volume_handling_time_and_the_work_the_buyer_keeps():
    """By hand: 0.7 + (1 + .66·1.8 + .26·(1.9 + 1.6) + .08·(4 + 7) + .9) / .92 = 6.0022 minutes;
    order desk 150,000 · 12 · .26 · .2 / .92 · 4 / 60 · 35.4 = 240,104."""
    found = named(offers(seen_by("supplier"), "supplier"))
    assert found["today-baseline_units"].value == 150_000
    touch = 0.7 + 4.878 / 0.92
    assert found["today-aht_min"].figure == pytest.approx(touch)
    assert found["today-aht_min"].value == pytest.approx([touch * y / 6 for y in (6.0, 5.9, 5.8)])
    assert found["today-aht_min"].target == "scenarios.drivers.aht_min.value"
    buyer = named(offers(seen_by("buyer"), "buyer"))
    assert buyer["today-retained_cost"].value == pytest.approx(240_104.3, abs=0.1)
    assert buyer["today-aht_min"].target == "scenarios.estimates.aht_min.value"


def test_a_figure_that_was_taken_over_is_in_use_until_its_source_moves():
    deal = seen_by("supplier")
    (handling,) = [o for o in offers(deal, "supplier") if o.id == "today-aht_min"]
    deal = take(deal, [handling], "supplier")
    assert deal.scenarios.drivers[0].id  # the rows are all there
    assert deal.get("scenarios.drivers.aht_min.value") == handling.value
    assert deal.get("scenarios.drivers.aht_min.source") == (
        "Six weeks of side-by-side listening; process map, as it is today"
    )
    assert named(offers(deal, "supplier"))["today-aht_min"].state == "in use"
    moved = deal.set("process.steps.reason.handling_min", 1.2)
    assert named(offers(moved, "supplier"))["today-aht_min"].state == "out of date"
    assert [o.id for o in out_of_date(moved, "supplier")] == ["today-aht_min"]
    again = take(moved, out_of_date(moved, "supplier"), "supplier")
    assert not out_of_date(again, "supplier")
    by_hand = deal.set("scenarios.drivers.aht_min.value", 6.5)
    assert named(offers(by_hand, "supplier"))["today-aht_min"].state == "overwritten"


def test_a_future_state_becomes_a_scenario_whose_saving_the_engine_shows():
    deal = seen_by("supplier")
    before = study(deal, seat="supplier")
    deal = take(deal, [o for o in offers(deal, "supplier", "joint") if not o.problem], "supplier")
    after = study(deal, seat="supplier")
    assert after.case("base").supplier.amounts == before.case("base").supplier.amounts
    future, base = after.case("f_joint"), after.case("base")
    assert future.supplier.amounts["term_margin"] > base.supplier.amounts["term_margin"]
    assert deal.get("scenarios.cases.f_joint").title == "What we would build together"
    assert sum(case.probability for case in deal.scenarios.cases) == pytest.approx(1)


def with_change(deal, change, **fields):
    changes = deal.get("process.futures.joint.changes")
    return deal.set("process.futures.joint.changes", tuple(
        row.replace(**fields) if row.id == change else row for row in changes
    ))  # fmt: skip


def changes_of(deal):
    return [row.id for row in deal.get("process.futures.joint.changes")]


def test_a_person_may_take_only_what_the_owners_of_the_changes_would_sign_for():
    """Each change's effect times its confidence, the way the savings are weighed: .443 min of "one
    screen" at 50 %; what it costs once is paid in full."""
    deal = seen_by("supplier")
    limit, screen, back = changes_of(deal)
    for change, confidence in ((limit, 1.0), (screen, 0.5), (back, 0.0)):
        deal = with_change(deal, change, confidence=confidence)
    whole = named(offers(deal, "supplier", "joint"))
    sure = named(offers(deal, "supplier", "joint", sure=True))
    touch = 0.7 + 4.878 / 0.92
    assert sure["joint-aht_min"].figure[-1] == pytest.approx(1 - 0.5 * 0.408 / 0.92 / touch)
    assert whole["joint-aht_min"].figure[-1] < sure["joint-aht_min"].figure[-1]
    assert "All of the effect; its owners would sign for less" in whole["joint-aht_min"].words
    assert "owners of the changes would sign for: “" in sure["joint-aht_min"].words
    assert sure["joint-transition_cost"].value == whole["joint-transition_cost"].value
    deal = take(deal, [sure["joint-aht_min"]], "supplier")
    (pin,) = deal.carried.pins
    assert (pin.future, pin.sure, pin.figure) == ("joint", True, "process.touch_minutes.supplier")
    assert [offer.state for offer in used(deal, "supplier")] == ["in use"]
    assert used(with_change(deal, screen, confidence=0.9), "supplier")[0].state == "out of date"
    again = named(offers(deal, "supplier", "joint"))["joint-aht_min"]
    assert again.state == "new" and "the part its owners would sign for; tak" in again.words
    assert len(take(deal, [again], "supplier").carried.pins) == 1


def test_a_change_that_begins_after_the_term_costs_and_saves_nothing_and_says_so():
    deal = seen_by("supplier")
    last = changes_of(deal)[-1]
    within = named(offers(deal, "supplier", "joint"))["joint-transition_cost"]
    assert "counts at signing, and “" in within.words and "begins in 2027-" in within.words
    late = with_change(deal, last, date="2031-01")
    found = named(offers(late, "supplier", "joint"))
    assert found["joint-transition_cost"].value == within.value - 20_000
    for offer in found.values():
        assert "Left out, since it is after the term: “" in offer.words
        assert "begins in 2031-01" in offer.words


def test_today_s_handling_time_keeps_the_shape_of_an_agreed_path():
    deal = seen_by("supplier")
    found = named(offers(deal, "supplier"))["today-aht_min"]
    assert found.value[1] / found.value[0] == pytest.approx(5.9 / 6.0)
    assert "keeps its shape" in found.words
    deal = take(deal, [found], "supplier").set("process.steps.reason.handling_min", 1.2)
    (moved,) = used(deal, "supplier")
    assert moved.state == "out of date"
    assert moved.value[2] / moved.value[0] == pytest.approx(5.8 / 6.0)


def test_work_that_has_no_rate_is_named_where_its_cost_is_offered():
    deal = seen_by("buyer")
    told = named(offers(deal, "buyer"))["today-retained_cost"].words
    assert "counts as free" not in told
    step = {"id": "sign", "name": "Sign off", "lane": "desk2", "handling_min": 3.0}
    deal = deal.set("process.lanes", (*deal.process.lanes,
                    {"id": "desk2", "name": "Claims desk", "party": "buyer"}))  # fmt: skip
    deal = deal.set("process.steps", (*deal.process.steps, step))
    start = next(row.id for row in deal.process.steps if row.kind == "start")
    flow = {"id": "new", "source": start, "target": "sign", "probability": 0.5}
    deal = deal.set("process.flows", (*deal.process.flows, flow))
    words = "No rate is seen for “Claims desk”: that work counts as free."
    assert words in named(offers(deal, "buyer"))["today-retained_cost"].words
    assert words in named(offers(deal, "buyer", "joint"))["joint-retained_cost"].words


def test_what_base_has_too_little_of_is_cut_off_and_said():
    deal = seen_by("buyer").set("scenarios.drivers.retained_cost.value", 100_000.0)
    deal = deal.set("scenarios.drivers.retained_cost.by_scenario", ())
    found = named(offers(deal, "buyer", "joint"))["joint-retained_cost"]
    less = -min(found.figure)
    assert less > 100_000 and min(found.value) == 0
    assert f"{less - 100_000:,.0f} of it would lie below 0 and is cut off." in found.words


def test_a_loop_that_never_ends_is_named_instead_of_a_number():
    deal = seen_by("supplier")
    for flow in deal.process.flows:
        if flow.source == "reason" and not flow.rework:
            deal = deal.set(f"process.flows.{flow.id}.probability", 0.0)
    back = {"id": "round", "source": "reason", "target": "identify", "probability": 1.0}
    deal = deal.set("process.flows", (*deal.process.flows, back))
    found = named(offers(deal, "supplier"))
    assert not found["today-baseline_units"].problem
    assert found["today-aht_min"].problem.startswith("This loop never ends: ")


def test_a_future_state_shared_after_it_was_taken_over_brings_its_scenario_along():
    deal = seen_by("supplier").set("process.futures.joint.space", "supplier")
    deal = take(deal, [o for o in offers(deal, "supplier", "joint") if not o.problem], "supplier")
    assert unshared(deal, "supplier") == ()
    deal = deal.set("process.futures.joint.space", "shared")
    assert [case.id for case in unshared(deal, "supplier")] == ["f_joint"]
    shown = share(deal, "supplier")
    assert shown.get("scenarios.cases.f_joint").space == "shared"
    assert not unshared(shown, "supplier")
    assert {offer.state for offer in used(shown, "supplier")} == {"in use"}


@pytest.mark.parametrize("side", ["buyer", "supplier"])
def test_a_future_state_s_scenario_has_base_s_own_values_wherever_it_changes_nothing(side):
    """Attrition is the supplier's: the buyer cannot copy its value for base, and need not."""
    deal = sample()
    places = [f"scenarios.drivers.attrition.by_scenario.{case}" for case in ("best", "worst")]
    own = tuple(deal.get(place) for place in places)
    rows = (*own, Override(id="base", value=0.2))
    deal = deal.set("scenarios.drivers.attrition.by_scenario", rows)
    mine = Deal.read(spaces.merge(spaces.split(deal.document()), side, True))
    name = {"buyer": "parallel_run", "supplier": "transition_cost"}[side]
    once = named(offers(mine, side, "joint"))[f"joint-{name}"]
    taken = take(mine, [once], side)
    assert taken.get("scenarios.cases.f_joint").like == "base"
    found = study(taken, seat=side)
    assert found.book.amount("attrition", "f_joint") == 0.2
    other = taken.set("scenarios.drivers.attrition.by_scenario", own)
    assert study(other, seat=side).book.amount("attrition", "f_joint") != 0.2
    base, future = (
        getattr(found.case(case), side).amounts["npv"] for case in ("base", "f_joint")
    )  # fmt: skip
    assert 0 < base - future <= once.figure


def test_handling_time_falls_in_the_month_in_which_a_change_begins():
    """"One screen" begins in 2027-07, contract month 7, and takes .26·(.5 + .3) + .2 minutes out
    of the part that 1 / .92 of the visits repeat; "call back" follows in month 10."""
    deal = seen_by("supplier")
    found = named(offers(deal, "supplier", "joint"))["joint-aht_min"]
    touch, less = 0.7 + 4.878 / 0.92, (0.26 * 0.8 + 0.2) / 0.92
    assert found.value[5] == pytest.approx(6.0)  # base has 6.0, 5.9, 5.8 by year
    assert found.value[6] == pytest.approx(6.0 * (touch - less) / touch)
    assert len(found.value) == 36
    later = 0.7 + (4.878 - 0.408 + 0.08 * 2.0) / 0.95
    assert found.value[35] == pytest.approx(5.8 * later / touch)


def test_what_the_changes_cost_once_is_added_to_each_side_s_own_driver():
    supplier = named(offers(seen_by("supplier"), "supplier", "joint"))
    assert supplier["joint-transition_cost"].value == 600_000 + 60_000 / 2 + 20_000
    buyer = named(offers(seen_by("buyer"), "buyer", "joint"))
    assert buyer["joint-parallel_run"].value == 232_500 + 5_000 + 60_000 / 2


def test_a_seat_takes_over_only_what_it_may_write():
    opened = seen_by("buyer", open_book=True)
    found = named(offers(opened, "buyer", "joint"))
    assert "its seat takes this over" in found["joint-aht_min"].problem
    with pytest.raises(FieldError, match="its seat takes this over"):
        take(opened, [found["joint-aht_min"]], "buyer")
    assert not found["joint-retained_cost"].problem


def test_a_future_of_the_other_side_s_own_is_nowhere_in_ones_offers():
    ids = [offer.id for offer in all_offers(seen_by("buyer"), "buyer")]
    assert any(name.startswith("joint-") for name in ids)
    assert not any(name.startswith("shifts-") for name in ids)


def test_pins_of_own_drivers_live_in_ones_own_space():
    deal = seen_by("supplier")
    deal = take(deal, offers(deal, "supplier")[:2], "supplier")
    assert {pin.id: pin.space for pin in deal.carried.pins} == {
        "today-baseline_units": "shared", "today-aht_min": "supplier",
    }  # fmt: skip
    assert "carried.pins" in spaces.split(deal.document())["supplier"]
    assert [pin.target for pin in uses(deal, "process.touch_minutes")] == [
        "scenarios.drivers.aht_min.value"
    ]


def test_an_empty_map_offers_nothing():
    deal = Deal.read({**sample().document(), "process": {}})
    assert offers(deal, "buyer") == ()


def test_a_term_shorter_than_eleven_months_still_counts_by_month():
    deal = seen_by("supplier").set("terms.term_months", 9)
    found = named(offers(deal, "supplier", "joint"))["joint-aht_min"]
    assert len(found.value) == 11
    assert found.value[5] != found.value[6]


def test_a_map_is_measured_once_for_each_set_of_changes_that_have_begun(monkeypatch):
    """Two futures of three changes and one in 36 months: today, three sets, and one."""
    counted = []
    real = measuring.measure

    def counting(*args):
        counted.append(args)
        return real(*args)

    monkeypatch.setattr("negotiation.process.measured.measure", counting)
    all_offers(sample(), "buyer")
    assert len(counted) == 5
    counted.clear()
    assert used(sample(), "buyer") == () and not counted


def test_taking_everything_at_once_leaves_nothing_out_of_date():
    """A future state builds on base, and base takes today's figures in the same gesture."""
    deal = seen_by("supplier")
    deal = take(deal, [o for o in all_offers(deal, "supplier") if not o.problem], "supplier")
    assert {offer.state for offer in used(deal, "supplier")} == {"in use"}
    touch = named(offers(deal, "supplier"))["today-aht_min"].figure
    first, *_, last = deal.get("scenarios.drivers.aht_min.by_scenario.f_joint.value")
    assert first == pytest.approx(touch) and last < touch


def test_a_change_that_is_taken_back_leaves_the_use_out_of_date_not_forgotten():
    deal = seen_by("supplier")
    (handling,) = [o for o in offers(deal, "supplier", "joint") if o.id == "joint-aht_min"]
    deal = take(deal, [handling], "supplier").set("process.futures.joint.changes", ())
    (offer,) = out_of_date(deal, "supplier")
    assert (offer.state, offer.value[-1]) == ("out of date", pytest.approx(5.8))
    assert not out_of_date(take(deal, [offer], "supplier"), "supplier")


def test_a_future_state_that_goes_leaves_its_values_and_a_sentence():
    deal = seen_by("supplier")
    deal = take(deal, [o for o in offers(deal, "supplier", "joint") if not o.problem], "supplier")
    deal = deal.remove("process.futures.joint")
    found = used(deal, "supplier")
    assert {offer.state for offer in found} == {"gone"}
    assert all("future state it was taken from is gone" in offer.problem for offer in found)
    assert deal.get("scenarios.drivers.aht_min.by_scenario.f_joint.value")
    with pytest.raises(FieldError, match="is gone"):
        take(deal, found, "supplier")
    assert deal.set("carried.pins", let_go(deal, found, "supplier")).carried.pins == ()


def test_a_row_or_scenario_takes_its_pins_along_and_leaves_the_other_side_s():
    deal = seen_by("supplier", open_book=True)
    deal = take(deal, [o for o in all_offers(deal, "supplier") if not o.problem], "supplier")
    gone = ("scenarios.drivers.aht_min",)
    left = {pin.target for pin in without(deal, gone, "supplier")}
    assert {pin.target for pin in deal.carried.pins} - left == {
        "scenarios.drivers.aht_min.value", "scenarios.drivers.aht_min.by_scenario.f_joint.value"
    }  # fmt: skip
    assert without(deal, gone, "buyer") == deal.carried.pins
    lost = deal.remove("scenarios.cases.f_joint")
    assert {o.problem for o in used(lost, "supplier") if o.future == "joint"} == {
        "The scenario or driver that used it is gone."
    }


def test_the_scenario_of_a_private_future_state_is_private_until_the_state_is_shared():
    deal = seen_by("supplier")
    deal = take(deal, offers(deal, "supplier", "shifts"), "supplier")
    documents = spaces.split(deal.document())
    assert "f_shifts" not in str(documents["shared"]["scenarios"])
    assert "f_shifts" in str(documents["supplier"]["scenarios.cases"])
    assert study(deal, seat="supplier").case("f_shifts").supplier
    shown = deal.set("process.futures.shifts.space", "shared")
    shown = take(shown, offers(shown, "supplier", "shifts"), "supplier")
    assert shown.get("scenarios.cases.f_shifts").space == "shared"


@pytest.mark.parametrize("owner", ["buyer", "supplier"])
@pytest.mark.parametrize("shared", [(), ("aht_min",), ("retained_cost", "transition_cost"),
                                    ("aht_min", "retained_cost", "transition_cost")])
def test_nothing_of_a_private_future_state_is_written_where_the_other_side_reads(owner, shared):
    deal = sample()
    private = deal.get("process.futures.joint").replace(id="hidden", space=owner)
    deal = deal.set("process.futures", (*deal.process.futures, private))
    deal = Deal.read(spaces.merge(spaces.split(deal.document()), owner))
    for row in deal.scenarios.drivers:
        if row.name in shared:
            deal = deal.set(f"scenarios.drivers.{row.id}.space", "shared")
    before = spaces.split(deal.document())
    found = offers(deal, owner, "hidden")
    for offer in found:
        table, _, row = offer.target.partition(".by_scenario")[0].rpartition(".")
        place = next((r for r in deal.get(table) if r.id == row), None)
        assert bool(offer.problem) == (place is not None and place.space == "shared")
    deal = take(deal, [offer for offer in found if not offer.problem], owner)
    after = spaces.split(deal.document())
    assert after["shared"] == before["shared"]
    assert {space for space in after if after[space] != before.get(space)} <= {owner}


def test_a_shared_driver_refuses_a_future_state_that_only_one_side_sees():
    deal = seen_by("supplier").set("scenarios.drivers.aht_min.space", "shared")
    deal = deal.set("process.futures.joint.space", "supplier")
    found = named(offers(deal, "supplier", "joint"))["joint-aht_min"]
    with pytest.raises(FieldError, match="only you see"):
        take(deal, [found], "supplier")


def test_two_future_states_with_long_ids_have_a_scenario_each():
    long = "what_we_would_build_together_if_we_could_"
    assert case_id("joint") == "f_joint"
    assert case_id(long + "a") != case_id(long + "b") and len(case_id(long + "a")) <= 40


def test_in_open_book_nobody_takes_over_the_other_side_s_private_future_state():
    deal = seen_by("buyer", open_book=True)
    assert all("is the supplier's own" in o.problem for o in offers(deal, "buyer", "shifts"))


def test_both_sides_pins_of_one_figure_stand_beside_each_other_in_open_book():
    documents = spaces.split(sample().document())
    for seat in ("buyer", "supplier"):
        deal = Deal.read(spaces.merge(documents, seat))
        mine = [o for o in all_offers(deal, seat) if not o.problem]
        documents |= {seat: spaces.split(take(deal, mine, seat).document())[seat]}
    documents["shared"] = spaces.split(take(deal, mine, seat).document())["shared"]
    for seat in ("buyer", "supplier"):
        deal = Deal.read(spaces.merge(documents, seat, open_book=True))
        deal = deal.set("process.steps.reason.handling_min", 1.2)
        again = [o for o in all_offers(deal, seat) if not o.problem and o.state != "new"]
        assert len(take(deal, again, seat).carried.pins) == len(deal.carried.pins)


def test_a_site_with_a_value_of_its_own_follows_a_future_state_like_the_others():
    deal = seen_by("supplier")
    site = {"id": "aht_min_cebu", "key": "aht_min", "site": "cebu", "space": "supplier",
            "value": 7.0}  # fmt: skip
    deal = deal.set("scenarios.sites", [{"id": "cebu", "title": "Cebu", "share": 1.0}])
    deal = deal.add("scenarios.drivers", site)
    found = named(offers(deal, "supplier", "joint"))
    general, cebu = found["joint-aht_min"], found["joint-aht_min_cebu"]
    assert cebu.value[-1] / 7.0 == pytest.approx(general.value[-1] / 5.8)
    assert cebu.name == "Handle time, cebu"
    assert [o.id for o in offers(deal, "supplier")].count("today-aht_min") == 1
    taken = take(deal, [cebu], "supplier")
    assert taken.get("scenarios.drivers.aht_min_cebu.by_scenario.f_joint.value") == cebu.value


def closed_desk():
    document = sample().document()
    document["identity"]["disclosure"] = "closed"
    return LocalDesk(Store(":memory:")).create(Deal.read(document))


def take_all(state):
    chosen = [o for o in all_offers(state.deal, state.seat) if not o.problem]
    state.replace(take(state.deal, chosen, state.seat))


def test_two_sides_that_draft_the_scenario_of_one_future_state_lose_nothing():
    desk = closed_desk()
    sides = [DealState(desk=desk.at(seat=seat)) for seat in ("buyer", "supplier")]
    for state in sides:
        take_all(state)
    for state in (*sides, sides[0]):
        state.table("the joint draft")
        assert (state.saved, state.conflicts, state.untabled) == ("saved", [], 0)
    for state in sides:
        state.look()
        assert [case.id for case in state.deal.scenarios.cases][:4] == [
            "base", "best", "worst", "f_joint"
        ]  # fmt: skip
        assert {offer.state for offer in used(state.deal, state.seat)} == {"in use"}


def test_two_sides_that_word_the_drafted_scenario_differently_are_asked_which_stands():
    desk = closed_desk()
    buyer, supplier = (DealState(desk=desk.at(seat=seat)) for seat in ("buyer", "supplier"))
    for state in (buyer, supplier):
        take_all(state)
        state.edit("scenarios.cases.f_joint.note", f"As the {state.seat} sees it.")
    buyer.table()
    supplier.table()
    (row,) = supplier.conflicts
    assert row.sentence == "Both sides added this."
    assert supplier.deal.get("scenarios.cases.f_joint").note == "As the supplier sees it."
    supplier.resolve(row.path, "mine")
    supplier.table()
    assert (supplier.saved, supplier.conflicts, supplier.untabled) == ("saved", [], 0)
    buyer.look()
    assert buyer.deal.get("scenarios.cases.f_joint").note == "As the supplier sees it."
    assert {offer.state for offer in used(buyer.deal, "buyer")} == {"in use"}


def test_two_sides_that_took_another_figure_over_are_asked_in_words():
    desk = closed_desk()
    buyer, supplier = (DealState(desk=desk.at(seat=seat)) for seat in ("buyer", "supplier"))
    buyer.edit("process.cases_per_month", 160_000)
    for state in (buyer, supplier):
        take_all(state)
    buyer.table()
    supplier.table()
    (row,) = supplier.conflicts
    told = _told_conflict(supplier, row)
    assert told["label"] == "“Baseline, from the process map”"
    assert told["mine_words"] == "The map said: 150,000; The scenarios took: 150,000"
    assert told["theirs_words"] == "The map said: 160,000; The scenarios took: 160,000"
    supplier.resolve(row.path, "theirs")
    supplier.table()
    assert (supplier.saved, supplier.conflicts, supplier.untabled) == ("saved", [], 0)
    (baseline,) = [o for o in used(supplier.deal, "supplier") if o.id == "today-baseline_units"]
    assert (baseline.state, baseline.there) == ("in use", 160_000)
