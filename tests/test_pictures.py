"""The pictures: what they hold, in which order, and that labels do not collide."""

import pytest

from negotiation.pictures import numerals
from negotiation.pictures import scenarios as pictures
from negotiation.pictures.grammar import apart, lanes

SHARES = {"Worst": (0.001, -0.071, -0.054), "Base": (0.109, 0.125, 0.126)}


def year_rows():
    return [
        {"scenario": name, "year": year, "share": share}
        for name, shares in SHARES.items()
        for year, share in enumerate(shares, start=1)
    ]


def tables(chart):
    return chart.to_dict()["datasets"]


def test_a_year_below_its_floor_is_marked():
    data = pictures.years_data(year_rows(), {"Worst": 0.05, "Base": 0.05}, (-0.1, 0.5))
    below = {(row["scenario"], row["year"]): row["below"] for row in data["years"]}
    assert below["Worst", 1] and not below["Base", 1]


def test_one_floor_for_all_scenarios_is_one_line_and_different_floors_are_named():
    one = pictures.years_data(year_rows(), {"Worst": 0.05, "Base": 0.05}, (-0.1, 0.5))
    assert [row["text"] for row in one["floors"]] == ["floor 5\u202f%"]
    two = pictures.years_data(year_rows(), {"Worst": 0.0, "Base": 0.05}, (-0.1, 0.5))
    assert [row["text"] for row in two["floors"]] == [
        "floor 0\u202f% (Worst)",
        "floor 5\u202f% (Base)",
    ]


def test_both_parties_pictures_carry_the_same_extent():
    data = pictures.years_data(year_rows(), {}, (-0.1, 0.5))
    assert [row["share"] for row in data["_extent"]] == [-0.1, 0.5]
    assert tables(pictures.years(data, "buyer", "Saving"))["years"] == data["years"]


def test_labels_at_the_ends_of_lines_keep_apart_and_in_order():
    assert apart([1.0, 1.0, 5.0], 2.0) == [0.0, 2.0, 5.0]
    placed = apart([3.0, 1.0, 1.1, 1.2], 1.0)
    assert sorted(placed) == [placed[1], placed[2], placed[3], placed[0]]
    assert min(b - a for a, b in zip(sorted(placed), sorted(placed)[1:], strict=False)) >= 1 - 1e-9


def test_neighbours_take_different_lanes():
    assert lanes([0.0, 0.1, 5.0], gap=1.0) == [0, 1, 0]


@pytest.mark.parametrize(
    "supplier, buyer, works", [(1.5, 2.1, True), (1.95, 1.85, False), (None, 2.1, False)]
)
def test_a_price_range_works_only_when_the_supplier_needs_less_than_the_buyer_can_pay(
    supplier, buyer, works
):
    rows = [{"case": "Base", "supplier": supplier, "buyer": buyer}]
    data = pictures.price_range_data(rows, 1.65, "USD")
    assert data["ranges"][0]["works"] is works
    assert pictures.price_range(data, "USD", "contact").to_dict()["datasets"]["tabled"]


def test_the_numbers_of_a_price_range_stand_outside_it():
    rows = [{"case": "Worst", "supplier": 1.95, "buyer": 1.85}]
    sides = {e["party"]: e["side"] for e in pictures.price_range_data(rows, 1.65, "USD")["_ends"]}
    assert sides == {"supplier": "right", "buyer": "left"}


def test_the_tornado_goes_by_controller_and_then_by_width():
    rows = [
        {"driver": name, "controlled_by": by, "party": "buyer", "low": -reach, "high": reach}
        for name, by, reach in [
            ("wage", "nobody", 9),
            ("volume", "buyer", 1),
            ("seats", "buyer", 5),
        ]
    ]
    data = pictures.tornado_data(rows)
    assert [row["driver"] for row in data["_names"]] == ["seats", "volume", "wage"]
    assert [row["head"] for row in data["_names"]] == ["The buyer controls", "", "Nobody controls"]
    assert pictures.tornado(data, "USD").to_dict()["layer"]


def test_a_lever_without_a_ratio_says_why_instead():
    rows = [{"lever": "Carry", "efficiency": None, "remark": "moves nothing", "reach": ""}]
    assert pictures.levers_data(rows)["levers"][0]["text"] == "moves nothing"
    assert pictures.levers(pictures.levers_data(rows), "points").to_dict()["height"] == {
        "step": 42, "for": "position",
    }  # fmt: skip


@pytest.mark.parametrize(
    "chart",
    [
        lambda: pictures.cash(pictures.cash_data((), {}), "buyer"),
        lambda: pictures.models(pictures.models_data((), {})),
        lambda: pictures.spread(pictures.spread_data((), {}, (), ())),
        lambda: pictures.years(pictures.years_data((), {}, (0, 1)), "buyer", "Saving"),
        lambda: pictures.tornado(pictures.tornado_data(()), "USD"),
    ],
)
def test_every_picture_can_be_drawn_empty_and_fills_its_card(chart):
    spec = chart().to_dict()
    assert spec["width"] == "container"
    assert spec["description"]


@pytest.mark.parametrize(
    "said, words",
    [
        (numerals.number(-1234.5), "\u22121,234"),
        (numerals.number(-0.001, 2), "0.00"),
        (numerals.number(None), "–"),
        (numerals.share(0.40668), "40.7\u202f%"),
        (numerals.signed(5), "+5"),
        (numerals.signed(0), "0"),
        (numerals.short(5_927_362), "5.93\u202fM"),
        (numerals.short(-564_058), "\u2212564\u202fk"),
        (numerals.money(1.65, "USD", 2), "1.65\u202fUSD"),
    ],
)
def test_numbers_are_written_as_people_read_them(said, words):
    assert said == words
