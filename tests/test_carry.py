"""From the map to the scenarios: what is offered, what is written, and when it is out of date."""

import pytest

from negotiation import spaces
from negotiation.carry.offers import all_offers, offers, out_of_date, take, uses
from negotiation.deal import Deal
from negotiation.files.deal_file import sample
from negotiation.scenarios.study import study
from negotiation.values import FieldError


def seen_by(seat, open_book=False):
    return Deal.read(spaces.merge(spaces.split(sample().document()), seat, open_book))


def named(found):
    return {offer.id: offer for offer in found}


def test_today_s_map_offers_volume_handling_time_and_the_work_the_buyer_keeps():
    """By hand: 0.7 + (1 + .66·1.8 + .26·(1.9 + 1.6) + .08·(4 + 7) + .9) / .92 = 6.0022 minutes;
    order desk 150,000 · 12 · .26 · .2 / .92 · 4 / 60 · 35.4 = 240,104."""
    found = named(offers(seen_by("supplier"), "supplier"))
    assert found["today-baseline_units"].value == 150_000
    assert found["today-aht_min"].value == pytest.approx(0.7 + 4.878 / 0.92)
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
    assert deal.get("scenarios.drivers.aht_min.source") == "Process map, as it is today"
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
