"""A map taken in on the page: its numbers come along, and what loses its place is said."""

import pytest

from negotiation.files.bpmn_numbers import MAP_FIELDS
from negotiation.files.bpmn_write import write_bpmn
from negotiation.files.deal_file import sample
from negotiation.files.map_sheet import write_sheet, write_sheet_xlsx
from negotiation.files.map_tables import read_map, write_zip
from widgets.process_files import KEPT, STAYED, WHOSE, ProcessFiles
from widgets.process_view import ProcessView
from widgets.state import DealState

NUMBERS = {
    "case_name": "ticket", "units_per_case": 2.0, "cases_per_month": 777.0, "shrinkage": 0.0,
    "hours_per_fte_month": 160.0, "occupancy": 0.85, "arrival_cv": 1.0, "open_hours_per_day": 8.0,
    "open_days_per_month": 21.0, "lead_target_hours": 3.0,
}  # fmt: skip
WRITERS = {"m.zip": write_zip, "m.bpmn": write_bpmn, "m.csv": write_sheet,
           "m.xlsx": write_sheet_xlsx}  # fmt: skip
OTHER = b"step,lane,minutes\nA,L,3\nB,L,4\n"


@pytest.fixture
def view():
    return ProcessView(DealState(deal=sample(), seat="buyer"))


def told(page):
    return [line if isinstance(line, str) else line[1] for line in page._told.lines]


@pytest.mark.parametrize("name", WRITERS)
def test_every_number_of_a_map_comes_with_its_file_those_at_their_default_too(view, name):
    state = view.state
    before = state.deal.process
    content = WRITERS[name](before.replace(**NUMBERS))
    assert read_map(name, content).given == set(MAP_FIELDS)
    page = ProcessFiles(view)
    page._take_map(name, content)
    assert {key: getattr(state.deal.process, key) for key in MAP_FIELDS} == NUMBERS
    said = " ".join(told(page))
    assert "Cases 777 a month (was 150,000)" in said and "Shrinkage 0 % (was 30)" in said
    assert WHOSE not in said and KEPT not in said
    state.undo()
    assert state.deal.process == before


def test_what_a_file_does_not_say_stays_and_what_lost_its_place_is_said_and_kept(view):
    before = view.state.deal.process
    assert read_map("o.csv", OTHER).given == set()
    page = ProcessFiles(view)
    page._take_map("o.csv", OTHER)
    after = view.state.deal.process
    for table in (*MAP_FIELDS, "raci", "rates", "queues", "futures"):
        assert getattr(after, table) == getattr(before, table)
    said = told(page)
    for words in (
        f"{len(before.raci)} entries of who does what stand for steps that are gone.",
        f"{len(before.rates)} rates of lanes, teams or steps that are gone: unused.",
        "1 queue of teams that are gone.",
        "“Second shift for complaints”: 2 of its 2 edits find no place.",
        KEPT,
    ):
        assert words in said
    page._take_map("o.csv", OTHER)
    assert KEPT not in told(page)


def test_rates_of_a_file_are_taken_with_the_question_whose_they_are(view):
    page = ProcessFiles(view)
    page._take_map("r.csv", b"step,lane,minutes,cost per hour\nA,L,3,20\nB,L,4,20\n")
    assert WHOSE in told(page)
    assert {r.space for r in view.state.deal.process.rates if r.cost_per_hour == 20} == {"shared"}


def test_a_future_takes_no_number_of_the_whole_map_and_says_so(view):
    state = view.state
    future = state.deal.process.futures[0]
    view.open_future(future.id, future.changes[-1].id)
    page = ProcessFiles(view)
    before = {key: getattr(state.deal.process, key) for key in MAP_FIELDS}
    first, *others = view.map.process.replace(**NUMBERS).steps
    steps = (first.replace(name="A call comes"), *others)
    page._take_map("m.csv", write_sheet(view.map.process.replace(**NUMBERS, steps=steps)))
    assert view.map.steps[0].name == "A call comes"
    assert {key: getattr(state.deal.process, key) for key in MAP_FIELDS} == before
    assert STAYED in told(page)
