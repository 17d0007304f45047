"""Text from slides and other files: no mark in it spoils a drawing, a file or how a name reads."""

from xml.etree import ElementTree as ET

import pytest

from negotiation import plain
from negotiation.files.deal_file import sample
from negotiation.files.map_tables import read_map
from negotiation.pictures.process import draw
from negotiation.process.layout import lay_out
from negotiation.process.maps import Map
from widgets import fields
from widgets.fields import Field
from widgets.process_drawing import ProcessDrawing
from widgets.process_view import ProcessView
from widgets.state import DealState

SLIDE = "Confirm\u000bwho calls"
TURNED = "pay \u202e001\u202c now\u2066"
LINE, AREA = Field("x", "X"), Field("x", "X", "textarea")


def test_a_slides_line_break_is_a_space_in_a_name_and_a_line_break_in_a_text_area():
    assert fields.read(LINE, SLIDE) == "Confirm who calls"
    assert fields.read(AREA, SLIDE) == "Confirm\nwho calls"
    assert fields.read_cell(LINE, SLIDE) == "Confirm who calls"
    assert fields.read(AREA, "step\tlane\r\nPay\tBank\n") == "step\tlane\nPay\tBank"


def test_controls_and_marks_of_direction_are_never_stored():
    assert fields.read(LINE, f"a\x00b\x1b[0m\x9f {TURNED}") == "ab[0m pay 001 now"
    assert fields.read(Field("x", "X", "number"), "1\u202c2\x07") == 12
    assert fields.read_cell(Field("x", "X", "choice", choices=("in", "out")), "in\x0b") == "in"
    assert plain.printable("Zoë 👩\u200d💻 שלום\u200f\t\n") == "Zoë 👩\u200d💻 שלום\u200f\t\n"


def test_a_name_typed_on_the_map_with_a_slides_line_break_leaves_the_drawing_whole():
    state = DealState(deal=sample())
    page = ProcessDrawing(ProcessView(state))
    page._map._edit({"row": "identify", "column": "name", "text": SLIDE, "token": "t"}, [])
    assert state.deal.get("process.steps.identify.name") == "Confirm who calls"
    ET.fromstring(page._map.svg)


def test_a_map_that_holds_controls_all_the_same_is_drawn_without_them():
    process = sample().process
    steps = tuple(step.replace(name=f"{SLIDE} {TURNED}") for step in process.steps)
    here = Map(process.replace(steps=steps))
    for standalone in (False, True):
        svg = draw(lay_out(here), here, standalone=standalone)
        ET.fromstring(svg.encode())
        assert plain.printable(svg) == svg


@pytest.mark.parametrize("name", ["map.csv", "map.bpmn"])
def test_no_file_brings_controls_or_marks_of_direction_onto_the_map(name):
    sheet = f"step,lane,minutes,note\n{SLIDE},{TURNED},3,{TURNED}\nPay,Bank\x07,2,\n"
    bpmn = (
        '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"><process id="p">'
        f'<task id="a" name="{TURNED}"><documentation>{TURNED}</documentation></task>'
        "</process></definitions>"
    )
    found = read_map(name, (sheet if name == "map.csv" else bpmn).encode()).process
    told = found.model_dump_json()
    assert "pay 001 now" in told
    assert plain.printable(told) == told and "\\u000b" not in told
