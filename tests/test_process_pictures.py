"""Pictures of the map's figures: valid drawings, and the words and numbers they carry."""

import pytest

from negotiation.carry.links import money_of
from negotiation.files.deal_file import sample
from negotiation.pictures import process_figures as pictures
from negotiation.process.bridge import bridge
from negotiation.process.maps import at
from negotiation.process.measure import measure
from negotiation.process.simulate import simulate

DEAL = sample()
TODAY = at(DEAL.process)
FIGURES = measure(TODAY, money_of(DEAL.terms))


def test_minutes_lie_one_after_another_the_wait_before_the_touch():
    data = pictures.minutes_data(TODAY, FIGURES)
    wait, touch = [row for row in data["bars"] if row["step"] == "Approve the refund"]
    assert (wait["kind"], touch["kind"]) == ("wait", "buyer")
    assert wait["to"] == touch["from"]
    assert touch["to"] - touch["from"] == pytest.approx(4 * 0.26 * 0.2 / 0.92)
    texts = [row["text"] for row in data["names"]]
    assert "Approve the refund · wait 13.6\u202fmin · touch 0.2\u202fmin" in texts


def test_a_load_carries_its_sign_and_word():
    texts = [row["text"] for row in pictures.load_data(TODAY, FIGURES)["load"]]
    assert texts == [
        "✓ 80\u202f% · Voice team", "◐ 97\u202f% busy · Resolution team",
        "✓ 63\u202f% · Order desk team",
    ]  # fmt: skip
    assert pictures.load_text(1.11) == "✕ 111\u202f% cannot be done"


def test_savings_lead_from_today_to_the_future_without_a_gap():
    found = bridge(DEAL.process, "joint", money_of(DEAL.terms))
    bars = pictures.savings_data(found)["bars"]
    assert bars[0]["to"] == pytest.approx(found.before.cost_per_case)
    assert bars[-1]["to"] == pytest.approx(found.after.cost_per_case)
    assert [bar["kind"] for bar in bars] == ["total", "less", "less", "more", "total"]
    here = bars[0]["to"]
    for bar in bars[1:-1]:
        start, end = ("to", "from") if bar["kind"] == "less" else ("from", "to")
        assert bar[start] == pytest.approx(here)
        here = bar[end]


def test_lead_times_show_99_of_100_cases_and_what_can_be_promised():
    found = simulate(TODAY, 2_000, seed=1)
    data = pictures.lead_times_data(found)
    assert sum(row["share"] for row in data["bars"]) == pytest.approx(0.99, abs=0.005)
    assert [row["kind"] for row in data["marks"]] == ["case", "case", "case", "promise"]
    assert pictures.lead_times_data(None) == {"bars": [], "marks": []}


@pytest.mark.parametrize("name", ["minutes", "load", "savings", "lead_times"])
def test_every_picture_is_a_valid_drawing(name):
    data = {
        "minutes": lambda: (pictures.minutes_data(TODAY, FIGURES),),
        "load": lambda: (pictures.load_data(TODAY, FIGURES),),
        "savings": lambda: (pictures.savings_data(
            bridge(DEAL.process, "joint", money_of(DEAL.terms))), "USD"),
        "lead_times": lambda: (pictures.lead_times_data(simulate(TODAY, 200)),),
    }[name]()  # fmt: skip
    draw = getattr(pictures, name).__wrapped__
    assert draw(*data).to_dict(validate=True)["description"]


@pytest.mark.parametrize(
    "minutes, text", [(0.65, "0.7"), (19.96, "20.0"), (41, "41"), (480, "8.0")]
)
def test_minutes_are_told_as_people_say_them(minutes, text):
    unit = "h" if minutes >= 120 else "min"
    assert pictures.minutes_text(minutes) == f"{text}\u202f{unit}"
