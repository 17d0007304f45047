"""Controls without a browser: what typed text means, what may come in, what is answered."""

import importlib
import subprocess
import sys

import altair as alt
import pandas as pd
import pytest
import traitlets as tl

import widgets
from negotiation.values import FieldError
from widgets import (
    Action,
    Column,
    Download,
    Field,
    Form,
    Progress,
    Sheet,
    Table,
    Upload,
    VegaChart,
    fields,
)

SHARE = Column("share", "Minimum commitment", "percent", minimum=0, maximum=1)


def heard(control):
    """What `control` tells the page from now on, as a list that grows."""
    messages = []
    control.send = lambda content, buffers=None: messages.append((content, buffers))
    return messages


def press(control, buffers=(), **message):
    control._receive(control, message, list(buffers))


def terms(**abilities):
    rows = ({"id": "min", "term": "Minimum commitment", "share": 0.75},
            {"id": "fx", "term": "FX collar", "share": 0.05})
    columns = [Column("term", "Term", "readonly"), SHARE]
    return Table(columns, rows, caption="Terms", key="terms", **abilities)


# --- numbers as people write them ---

@pytest.mark.parametrize(("text", "number"), [
    ("1,234.5", 1234.5), ("1.234,5", 1234.5), ("1 234,5", 1234.5), ("1’234.5", 1234.5),
    ("1,5", 1.5), ("1,234", 1234), ("0,123", 0.123), ("1.234", 1.234), ("1.234.567", 1234567),
    ("(5)", -5), ("−5", -5), ("-5 %", -5), ("USD 1.65", 1.65), ("1.65 €", 1.65), ("1e3", 1000),
])
def test_a_number_is_read_with_separators_of_either_custom(text, number):
    assert float(fields.parse_number(text)) == number


@pytest.mark.parametrize(("unit", "text"), [
    ("USD per contact", "165 %"), ("USD per contact", "1.65 EUR"), ("months", "36 USD"),
])
def test_a_number_in_another_unit_is_refused_with_the_unit_that_counts(unit, text):
    with pytest.raises(FieldError, match=f"has another unit: here it is {unit}"):
        fields.read(Field("x", "X", "number", unit=unit), text)
    with pytest.raises(FieldError, match="here it is %"):
        fields.read(SHARE, "1.65 USD")


def test_a_number_with_its_own_unit_or_its_row_s_unit_is_read():
    assert fields.read(Field("x", "X", "number", unit="USD per contact"), "1.65 USD") == 1.65
    assert fields.read(Field("x", "X", "number", unit_key="unit"), "5 %") == 5
    assert fields.read(SHARE, "7 %") == 0.07


def test_thousands_in_a_list_are_never_read_as_several_numbers():
    several = Field("x", "X", "list")
    with pytest.raises(FieldError, match="may be one number or several"):
        fields.read(several, "1 000,50")
    assert fields.read(several, "1 2 3") == (1, 2, 3)
    assert fields.read(several, "1,000; 2,000") == (1000, 2000)


def test_a_share_that_must_stay_under_the_whole_says_so_in_per_cent():
    band = Field("x", "X", "percent", minimum=0, below=1)
    with pytest.raises(FieldError, match="100 % is outside 0 to under 100 %"):
        fields.read(band, "100")
    assert fields.read(band, "99.5") == 0.995


@pytest.mark.parametrize("text", ["", "abc", "1,23,4", "1.2.3", "12a", "1 2 x", "--5", "nan"])
def test_what_is_not_a_number_is_refused(text):
    with pytest.raises(ValueError, match="is not a number"):
        fields.parse_number(text)


def test_a_share_is_typed_and_shown_as_per_cent_without_rounding_noise():
    assert fields.read(SHARE, "7.3") == 0.073
    assert fields.show(SHARE, 0.073) == "7.3"
    assert fields.show(SHARE, 0.145) == "14.5"


@pytest.mark.parametrize(("value", "decimals", "kind", "text"), [
    (1234567.0, None, "number", "1,234,567"), (-564058.4, 0, "number", "−564,058"),
    (1.65, None, "money", "1.65"), (0.3125, None, "money", "0.3125"), (3, None, "money", "3.00"),
    (-0.0001, 1, "percent", "0.0"), (float("nan"), None, "number", "–"),
])
def test_numbers_show_with_separators_and_a_true_minus(value, decimals, kind, text):
    assert fields.number_text(value, decimals, kind) == text


@pytest.mark.parametrize("kind", ["month", "date", "list"])
def test_a_month_a_date_or_a_list_that_is_none_says_how_to_write_it(kind):
    with pytest.raises(FieldError) as error:
        fields.read(Field("x", "X", kind), "soon")
    assert any(word in error.value.sentence for word in ("like", "semicolons"))


def test_months_dates_and_lists_come_back_as_they_are_shown():
    seasons = (1.02, 0.98, 1.0)
    for kind, value in (("month", "2027-04"), ("date", "2027-04-30"), ("list", seasons)):
        field = Field("x", "X", kind)
        assert fields.read(field, fields.show(field, value)) == value


def test_a_choice_takes_only_its_own_options():
    field = Field("x", "X", "choice", choices=(("a", "First"), ("b", "Second")))
    assert fields.read(field, fields.show(field, "b")) == "b"
    for typed in ("2", "-1", "b", "٣"):
        with pytest.raises(FieldError, match="First, Second"):
            fields.read(field, typed)


# --- nothing that a browser sends is taken on trust ---

CONTROLS = (terms, lambda: Form([Field("a", "A")], {"a": ""}, key="f"), lambda: Sheet("S", []),
            lambda: Action("Go"), lambda: Progress("P"), lambda: Upload("U", "", 10, print),
            lambda: Download("D", "d", bytes), lambda: VegaChart({"mark": "bar"}, label="C"))


@pytest.mark.parametrize("make", CONTROLS)
def test_a_browser_cannot_change_any_trait(make):
    control = make()
    before = control.get_state()
    control.set_state({name: "other" for name in control.keys})
    assert control.get_state() == before


@pytest.mark.parametrize("make", CONTROLS)
@pytest.mark.parametrize("message", [
    None, [], "edit", {}, {"event": []}, {"event": "_show"}, {"event": "edit"},
    {"event": "edit", "row": {}, "column": "share", "text": "1"}, {"event": "paste"},
    {"event": "select", "name": "x", "value": 3}, {"event": "file", "name": 3},
    {"event": "remove", "row": ["min"]}, {"event": "move", "row": "min", "before": {}},
])
def test_messages_that_do_not_fit_change_nothing(make, message):
    control = make()
    before = control.get_state()
    control._receive(control, message, [])
    assert control.get_state() == before


@pytest.mark.parametrize("make", CONTROLS)
def test_every_event_has_its_method(make):
    control = make()
    assert all(callable(getattr(control, method)) for method in control._events.values())


# --- tables and forms ---

def test_an_edit_reaches_python_as_a_value_and_is_answered():
    table, edits = terms(), []
    messages = heard(table)
    table.on_edit(lambda *edit: edits.append(edit))
    press(table, event="edit", row="min", column="share", text="80 %", token="t1")
    assert edits == [("min", "share", 0.8)]
    assert messages == [({"event": "answer", "token": "t1", "sentence": "", "saved": True}, None)]


def test_a_value_outside_its_range_is_refused_with_the_range_and_the_value_kept():
    table, edits = terms(), []
    messages = heard(table)
    table.on_edit(lambda *edit: edits.append(edit))
    press(table, event="edit", row="min", column="share", text="750", token="t")
    assert edits == []
    assert messages[0][0]["sentence"] == "750 % is outside 0 to 100 %; 75 % is kept."


def test_a_refusal_by_the_deal_stands_at_the_field():
    table = terms()
    messages = heard(table)

    @table.on_edit
    def refuse(*_edit):
        raise FieldError("terms.min_commit", "Less than the deadband allows.")

    press(table, event="edit", row="min", column="share", text="1", token="t")
    assert messages[0][0]["sentence"] == "Less than the deadband allows; 75 % is kept."


def test_a_locked_cell_and_a_row_that_is_gone_are_said_so():
    table = terms()
    messages = heard(table)
    press(table, event="edit", row="min", column="term", text="x", token="t")
    press(table, event="edit", row="old", column="share", text="1", token="t")
    assert "cannot be changed here" in messages[0][0]["sentence"]
    assert "is gone" in messages[1][0]["sentence"]


def test_a_table_without_the_ability_ignores_add_remove_and_move():
    table, calls = terms(), []
    table.on_add(lambda: calls.append("add"))
    table.on_remove(lambda row: calls.append(row))
    table.on_move(lambda row, before: calls.append(row))
    press(table, event="add")
    press(table, event="remove", row="min")
    press(table, event="move", row="min", before=None)
    assert calls == []


def test_a_row_moves_before_another_or_to_the_end():
    table, moves = terms(reorder=True), []
    table.on_move(lambda *move: moves.append(move))
    press(table, event="move", row="fx", before="min")
    press(table, event="move", row="min", before=None)
    assert moves == [("fx", "min"), ("min", None)]


def test_a_pasted_rectangle_is_read_whole_or_not_at_all():
    table, edits = terms(), []
    messages = heard(table)
    table.on_edit(lambda *edit: edits.append(edit))
    press(table, event="paste", row="min", column="share", text="80 %\r\nabc\r\n", token="t")
    assert edits == []
    assert messages[0][0]["sentence"].startswith("Row 2, Minimum commitment: “abc” is not a number")
    press(table, event="paste", row="min", column="share", text="80 %\r\n7,5\r\n", token="t")
    assert edits == [("min", "share", 0.8), ("fx", "share", 0.075)]


def test_pasted_rows_below_the_last_are_new_rows_where_the_table_can_add():
    table, pasted = terms(add=True), []
    table.on_paste(lambda *paste: pasted.append(paste))
    press(table, event="paste", row="fx", column="share", text="1\n2\n3")
    assert pasted == [((("fx", "share", 0.01),), ({"share": 0.02}, {"share": 0.03}))]


@pytest.mark.parametrize("text", ["1\t2", "1\n2\n3", "1\n" * 5_001, "1" * 2_000_001])
def test_a_rectangle_that_does_not_fit_is_refused_with_a_sentence(text):
    table, edits = terms(), []
    messages = heard(table)
    table.on_edit(lambda *edit: edits.append(edit))
    press(table, event="paste", row="min", column="share", text=text, token="t")
    assert edits == []
    assert messages[0][0]["sentence"].endswith("Nothing was pasted.")


class Saving(tl.HasTraits):
    """As much of a DealState as the unsent queue looks at."""

    class Deal:
        class identity:
            id = "harbor"

    deal = tl.Any(Deal)
    seat = tl.Unicode("buyer")
    saved = tl.Unicode("saved")


def test_an_edit_is_acknowledged_only_when_it_is_saved():
    state = Saving()
    form = Form([Field("a", "A")], {"a": ""}, key="f", state=state)
    messages = heard(form)
    form.on_edit(lambda *_: setattr(state, "saved", "saving"))
    press(form, event="edit", column="a", text="x", token="t1")
    assert form.queue == "harbor/buyer"
    assert messages[0][0]["saved"] is False
    state.saved = "saved"
    assert messages[1][0] == {"event": "saved", "tokens": ["t1"]}


# --- reading, pressing, files ---

def test_a_sheet_writes_signs_with_their_words():
    sheet = Sheet("Floors", [("n", "Case"), ("m", "Margin", "percent"), ("s", "Floor")],
                  [{"n": "Worst", "m": -0.067, "s": {"text": "below", "sign": "no"}}])
    name, margin, sign = sheet.rows_shown[0]["cells"]
    assert (name["text"], margin["text"]) == ("Worst", "−6.7 %")
    assert (sign["glyph"], sign["text"]) == ("✕", "below")


def test_an_action_says_why_it_could_not():
    def fail():
        raise FieldError("x", "Nothing to delete.")

    action = Action("Delete", on_click=fail)
    press(action, event="click")
    assert (action.message, action.failed) == ("Nothing to delete.", True)


def test_a_disabled_action_cannot_be_clicked_from_the_browser():
    clicks = []
    press(Action("Go", disabled=True, on_click=lambda: clicks.append(1)), event="click")
    assert clicks == []


def test_work_that_is_cancelled_learns_it_once_and_starts_anew():
    progress, stops = Progress("Drawing"), []
    progress.on_cancel(lambda: stops.append(1))
    press(progress, event="cancel")
    progress.set(1, 10)
    press(progress, event="cancel")
    press(progress, event="cancel")
    assert (progress.cancelled, stops) == (True, [1])
    progress.finish("Cancelled after 1 of 10.")
    progress.set(0, 10)
    assert not progress.cancelled


def test_a_download_is_made_when_asked_and_carries_bytes():
    download = Download("CSV", "a.csv", lambda: b"1,2")
    messages = heard(download)
    press(download, event="make", token="t")
    assert messages == [({"event": "file", "token": "t", "filename": "a.csv"}, [b"1,2"])]


def test_an_upload_refuses_what_is_too_large_and_names_the_limit():
    taken = []
    upload = Upload("Read", ".csv", 10, lambda name, content: taken.append((name, content)))
    press(upload, [b"0123456789!"], event="file", name="big.csv")
    assert taken == [] and upload.failed and "larger than 10 bytes" in upload.message
    press(upload, [b"a,b"], event="file", name="C:\\deals\\..\\small.csv")
    assert taken == [("small.csv", b"a,b")] and not upload.failed


# --- charts ---

def test_a_chart_keeps_its_data_apart_and_an_update_leaves_the_drawing_alone():
    frame = pd.DataFrame({"year": [1, 2], "saving": [0.4, float("nan")]})
    chart = VegaChart(alt.Chart(frame).mark_bar().encode(x="year:O", y="saving:Q"), label="Saving")
    spec = chart.spec
    assert "datasets" not in spec and spec["data"] == {"name": "data"}
    assert chart.data == {"data": [{"year": 1, "saving": 0.4}, {"year": 2, "saving": None}]}
    chart.update([{"year": 1, "saving": 0.5}])
    assert chart.data == {"data": [{"year": 1, "saving": 0.5}]} and chart.spec is spec


def test_only_selections_of_the_chart_come_back():
    brush = alt.selection_interval(name="pick", encodings=["x"])
    drawing = alt.Chart(alt.NamedData("d")).mark_bar().encode(x="x:Q").add_params(brush)
    chart, picks = VegaChart(drawing, label="Spread"), []
    chart.on_select(lambda *pick: picks.append(pick))
    for name, value in (("other", {"x": [1, 2]}), ("pick", "x"), ("pick", {"x": [{"a": 1}]})):
        press(chart, event="select", name=name, value=value)
    assert picks == []
    press(chart, event="select", name="pick", value={"x": [1, 2]})
    assert picks == [("pick", {"x": [1, 2]})] and chart.signals == {"pick": {"x": [1, 2]}}


def test_public_names_mean_the_same_before_and_after_their_modules_are_imported():
    for name, home in widgets._HOMES.items():
        importlib.import_module(f"widgets.{home}")
        assert callable(getattr(widgets, name)), name


def test_the_widgets_package_exports_what_it_names_and_imports_nothing_heavy():
    code = "import widgets, sys; print('anywidget' in sys.modules, 'altair' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "False"]
