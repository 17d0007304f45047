"""The map control in Python: gestures reach their callbacks, and nothing else does."""

import pytest

from tests.browser.drawn import Drawn
from tests.test_process_layout import invoices
from widgets import ProcessMap


def said(control):
    """What the control sent, as the page would hear it."""
    heard = []
    control.send = lambda content, buffers=None: heard.append(content)
    return heard


def hear(control, **message):
    control._receive(control, {"token": "t1", **message}, [])


@pytest.fixture
def drawn():
    return Drawn(invoices())


def test_a_gesture_reaches_its_callback_and_the_new_map_is_shown(drawn):
    hear(drawn.control, event="connect", source="pay", target="clarify")
    assert ("Pay", "Clarify") in drawn.arrows()
    assert drawn.control.selected == drawn.map.flows[-1].id
    assert "From Pay to Clarify" in drawn.control.svg


def test_a_new_step_is_selected(drawn):
    hear(drawn.control, event="add", after="check", lane="ap")
    assert drawn.map.step[drawn.control.selected].name == "New step"
    assert drawn.told[-1] == ("select", drawn.control.selected)


def test_what_is_typed_is_read_by_python(drawn):
    hear(drawn.control, event="edit", row="check", column="name", text="  Look at it ")
    hear(drawn.control, event="edit", row="f3", column="probability", text="75 %")
    hear(drawn.control, event="edit", row="f3", column="rework", text=True)
    assert drawn.map.step["check"].name == "Look at it"
    assert (drawn.map.flow["f3"].probability, drawn.map.flow["f3"].rework) == (0.75, True)


@pytest.mark.parametrize(("typed", "column", "row", "words"), [
    ("  ", "name", "check", "A step needs a name; “Check invoice” is kept."),
    ("120", "probability", "f3", "80 % is kept"),
    ("Forbidden", "name", "check", "cannot be called Forbidden"),
])
def test_a_refusal_is_a_sentence_and_changes_nothing(drawn, typed, column, row, words):
    before, heard = drawn.map, said(drawn.control)
    hear(drawn.control, event="edit", row=row, column=column, text=typed)
    assert words in heard[-1]["sentence"] and drawn.map is before


def test_a_gesture_the_model_refuses_is_answered_with_its_sentence(drawn):
    heard = said(drawn.control)
    hear(drawn.control, event="connect", source="end", target="pay")
    assert heard[-1]["sentence"] == "“Paid” is an end; nothing follows."


def test_what_refers_to_a_row_that_is_gone_is_answered_with_a_sentence(drawn):
    heard = said(drawn.control)
    for message in (
        {"event": "connect", "source": "gone", "target": "pay"},
        {"event": "remove", "rows": ["gone"]}, {"event": "move", "row": "gone", "lane": "ap"},
        {"event": "edit", "row": "gone", "column": "name", "text": "x"},
    ):
        hear(drawn.control, **message)
        assert heard[-1]["sentence"] == "This is no longer on the map."


HOSTILE = [
    {"event": "select", "row": ["check"]}, {"event": "select", "row": "<b>"},
    {"event": "add", "after": None, "lane": "ap"}, {"event": "add", "after": "", "lane": 7},
    {"event": "remove", "rows": "check"}, {"event": "remove", "rows": []},
    {"event": "remove", "rows": ["check"] * 1000}, {"event": "remove", "rows": [{}]},
    {"event": "connect", "source": "in"}, {"event": "move", "row": "pay", "lane": "nowhere"},
    {"event": "move", "row": "pay", "lane": "ap", "before": 3}, {"event": "open", "row": "f1"},
    {"event": "edit", "row": "check", "column": "lane", "text": "buy"},
    {"event": "edit", "row": "check", "column": "name", "text": {"x": 1}},
    {"event": "edit", "row": "f3", "column": "rework", "text": "yes"},
    {"event": "edit", "row": "check", "column": "name", "text": "x" * 30_000},
    {"event": "svg", "value": "<svg/>"}, {"event": ["undo"]}, "undo", None,
]  # fmt: skip


@pytest.mark.parametrize("message", HOSTILE, ids=str)
def test_a_message_that_does_not_fit_changes_nothing(drawn, message):
    before, selected = drawn.map, drawn.control.selected
    drawn.control._receive(drawn.control, message, [])
    assert drawn.map is before and drawn.control.selected == selected and drawn.told == []


def test_the_page_cannot_set_what_is_shown(drawn):
    shown = drawn.control.svg
    drawn.control.set_state({"svg": "<svg onload='x'/>", "selected": "check"})
    assert drawn.control.svg == shown and drawn.control.selected == ""


def test_a_gesture_without_a_callback_or_withheld_is_not_taken():
    quiet = ProcessMap(key="map")
    quiet.show(invoices())
    hear(quiet, event="remove", rows=["check"])
    assert quiet.abilities == {}
    drawn = Drawn(invoices())
    before = drawn.map
    hear(drawn.control, event="undo")
    assert drawn.map is before and drawn.control.abilities["undo"] is False
    with pytest.raises(ValueError, match="There is no 'paint'"):
        drawn.control.allow(paint=True)


def test_a_selected_step_that_goes_is_let_go(drawn):
    drawn.control.select("pay")
    hear(drawn.control, event="remove", rows=["pay"])
    assert drawn.control.selected == ""


def test_undo_and_redo_are_offered_when_there_is_something_to_undo(drawn):
    hear(drawn.control, event="remove", rows=["pay"])
    assert drawn.control.abilities["undo"] and not drawn.control.abilities["redo"]
    hear(drawn.control, event="undo")
    assert "pay" in drawn.map.step and drawn.control.abilities["redo"]


def test_a_renaming_can_be_heard_alone():
    control, heard = ProcessMap(key="map"), []
    control.on_rename(lambda step, name: heard.append((step, name)))
    control.show(invoices())
    hear(control, event="edit", row="check", column="name", text="Look")
    hear(control, event="edit", row="f3", column="label", text="fine")
    assert heard == [("check", "Look")]


def test_a_comparison_shows_what_is_gone():
    control = ProcessMap(key="map")
    after = invoices(steps=invoices().steps[:-1])
    control.show(after, other=invoices())
    assert "\u2212 gone" in control.svg and "end" not in {row["id"] for row in control.steps}
