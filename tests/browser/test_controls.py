"""Controls in real Chromium: hands, keyboard, paste, lost kernels, charts, and who cannot see."""

import altair as alt
import pytest
from axe_playwright_python.sync_playwright import Axe

from negotiation.pictures import runtime
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
)

from .stage import Stage

COLUMNS = (
    Column("term", "Term", "readonly"),
    Column("value", "Tabled", "percent", minimum=0, maximum=1),
    Column("who", "Who can move it", "choice", choices=("both", "buyer", "supplier")),
)
ROWS = (
    {"id": "min", "term": "Minimum commitment", "value": 0.75, "who": "buyer"},
    {"id": "fx", "term": "FX collar", "value": 0.05, "who": "both"},
    {"id": "cola", "term": "Index cap", "value": 0.035, "who": "both"},
)


@pytest.fixture
def stage(page):
    path = runtime.ensure_runtime()
    stage = Stage(page, {f"/playbook/static/{path.name}": path})
    yield stage
    assert stage.refused == []


def terms(**more):
    """A table that keeps what it is told, as a chapter's would."""
    table = Table(COLUMNS, ROWS, caption="The terms on the table", key="terms", **more)

    @table.on_edit
    def edit(row_id, key, value):
        if value == 0.66:
            raise FieldError("terms", "This side cannot table 66 %.")
        table.rows = tuple({**r, key: value} if r["id"] == row_id else r for r in table.rows)

    @table.on_add
    def add():
        fresh = {"id": f"new{len(table.rows)}", "term": "", "value": None, "who": "both"}
        table.rows = (*table.rows, fresh)

    @table.on_remove
    def remove(row_id):
        table.rows = tuple(row for row in table.rows if row["id"] != row_id)

    @table.on_move
    def move(row_id, before):
        rest = [row for row in table.rows if row["id"] != row_id]
        place = [row["id"] for row in rest].index(before) if before else len(rest)
        moved = next(row for row in table.rows if row["id"] == row_id)
        table.rows = (*rest[:place], moved, *rest[place:])

    return table


def cell(stage, term, column="Tabled"):
    return stage.page.get_by_label(f"{column}, {term}")


def value(table, row_id, key="value"):
    return next(row[key] for row in table.rows if row["id"] == row_id)


def paste(stage, field, text, times=1):
    field.focus()
    field.evaluate("""(node, [text, times]) => {
        const clipboardData = new DataTransfer();
        clipboardData.setData("text/plain", text.repeat(times));
        const how = {clipboardData, bubbles: true, cancelable: true};
        node.dispatchEvent(new ClipboardEvent("paste", how));
    }""", [text, times])


# --- the table ---

def test_enter_commits_one_edit_and_goes_down(stage):
    table = terms()
    stage.show(table)
    field = cell(stage, "Minimum commitment")
    field.fill("80,5 %")
    field.press("Enter")
    stage.until("document.activeElement.ariaLabel.includes('FX collar')")
    assert value(table, "min") == 0.805
    assert field.input_value() == "80.5"


def test_arrows_move_between_rows_and_escape_restores(stage):
    table = terms()
    stage.show(table)
    field = cell(stage, "FX collar")
    field.fill("9")
    field.press("Escape")
    assert field.input_value() == "5"
    field.press("ArrowDown")
    assert stage.page.evaluate("document.activeElement.ariaLabel").startswith("Tabled, Index cap")
    assert value(table, "fx") == 0.05


def test_a_refused_value_stays_to_be_corrected_with_its_sentence_at_the_field(stage):
    table = terms()
    stage.show(table)
    field = cell(stage, "Minimum commitment")
    for typed, words in (("750", "outside 0 to 100 %; 75 % is kept"), ("66", "cannot table 66 %"),
                         ("much", "is not a number")):
        field.fill(typed)
        field.press("Enter")
        stage.page.get_by_text(words).wait_for()
        assert field.input_value() == typed
        assert field.get_attribute("aria-invalid") == "true"
    described = field.get_attribute("aria-describedby").split()[0]
    assert "is not a number" in stage.page.locator(f"[id='{described}']").inner_text()
    table.rows = tuple({**row, "who": "supplier"} for row in table.rows)
    stage.flush()
    assert field.input_value() == "much"
    field.press("Escape")
    assert field.input_value() == "75" and field.get_attribute("aria-invalid") is None


def test_a_locked_cell_can_be_read_but_not_typed_into(stage):
    columns = (Column("term", "Term", "readonly"),
               Column("v", "Value", "number", editable_if="mine"))
    rows = ({"id": "a", "term": "Theirs", "v": 3, "mine": False},
            {"id": "b", "term": "Ours", "v": 4, "mine": True})
    stage.show(Table(columns, rows, caption="T", key="t"))
    assert not cell(stage, "Theirs", "Value").is_editable()
    assert cell(stage, "Ours", "Value").is_editable()


def test_a_choice_is_one_edit(stage):
    table = terms()
    stage.show(table)
    cell(stage, "FX collar", "Who can move it").select_option("supplier")
    assert value(table, "fx", "who") == "supplier"


def test_rows_are_added_moved_and_removed_with_the_focus_kept(stage):
    table = terms(add=True, remove=True, reorder=True)
    stage.show(table)
    cell(stage, "Index cap").press("Alt+ArrowUp")
    stage.until("document.querySelectorAll('tbody tr')[1].dataset.row === 'cola'")
    assert [row["id"] for row in table.rows] == ["min", "cola", "fx"]
    assert "Index cap" in stage.page.evaluate("document.activeElement.ariaLabel")
    stage.page.get_by_role("button", name="Remove Index cap").click()
    stage.until("document.activeElement.ariaLabel === 'Remove FX collar'")
    stage.page.get_by_role("button", name="Add a row").click()
    stage.until("document.activeElement.closest('tr')?.dataset.row === 'new2'")
    assert [row["id"] for row in table.rows] == ["min", "fx", "new2"]


def test_a_rectangle_from_a_spreadsheet_fills_the_cells_below(stage):
    table = terms()
    stage.show(table)
    paste(stage, cell(stage, "Minimum commitment"), "80 %\tboth\r\n7,5 %\tbuyer\r\n")
    stage.until("document.querySelectorAll('tbody input')[1].value === '7.5'")
    assert [value(table, i) for i in ("min", "fx")] == [0.8, 0.075]
    assert [value(table, i, "who") for i in ("min", "fx")] == ["both", "buyer"]


def test_ten_megabytes_are_refused_before_they_travel(stage):
    table = terms()
    sent = []
    table._receive = lambda *message: sent.append(message)
    stage.show(table)
    field = cell(stage, "FX collar")
    paste(stage, field, "1234567\t", times=1_250_000)
    stage.page.get_by_text("up to 5,000 cells and 2 MB").wait_for()
    assert sent == [] and field.input_value() == "5"


# --- nothing typed is lost ---

class Saved:
    """As much of a DealState as the unsent queue looks at."""

    class deal:
        class identity:
            id = "harbor"

    seat, saved = "buyer", "saved"

    def observe(self, *_arguments):
        pass


def test_what_was_typed_without_a_kernel_is_marked_and_sent_again_by_the_next_page(stage):
    table = terms(state=Saved())
    stage.show(table)
    stage.connected = False
    field = cell(stage, "FX collar")
    field.fill("7")
    field.press("Enter")
    stage.page.locator(".np-unsent:not([hidden])").wait_for(timeout=8000)
    assert value(table, "fx") == 0.05
    stage.connected = True
    stage.open()
    stage.until("document.querySelectorAll('tbody input')[1].value === '7'")
    assert value(table, "fx") == 0.07
    assert stage.page.evaluate("sessionStorage.length") == 0


def test_a_refused_value_is_found_again_after_a_reload(stage):
    table = terms(state=Saved())
    stage.show(table)
    cell(stage, "FX collar").fill("700")
    cell(stage, "FX collar").press("Enter")
    stage.page.get_by_text("5 % is kept").wait_for()
    stage.open()
    stage.page.get_by_text("5 % is kept").wait_for()
    assert cell(stage, "FX collar").input_value() == "700"
    cell(stage, "FX collar").press("Escape")
    assert stage.page.evaluate("sessionStorage.length") == 0


def test_a_refused_text_of_an_earlier_visit_offers_the_value_that_is_kept(stage):
    table = terms(state=Saved())
    stage.show(table)
    assert stage.page.locator(".np-instead:not([hidden])").count() == 0
    cell(stage, "FX collar").fill("700")
    cell(stage, "FX collar").press("Enter")
    stage.page.get_by_text("5 % is kept").wait_for()
    stage.open()
    stage.page.get_by_text("5 % is kept").wait_for()
    keep = stage.page.get_by_role("button", name="Keep 5 % instead")
    keep.focus()
    stage.page.keyboard.press("Enter")
    assert cell(stage, "FX collar").input_value() == "5" and not keep.is_visible()
    assert stage.page.evaluate("document.activeElement.value") == "5"
    assert stage.page.evaluate("sessionStorage.length") == 0


def test_what_was_typed_into_a_row_that_is_gone_is_shown_until_it_is_let_go(stage):
    table = terms(state=Saved())
    stage.show(table)
    cell(stage, "FX collar").fill("700")
    cell(stage, "FX collar").press("Enter")
    stage.page.get_by_text("5 % is kept").wait_for()
    table.rows = tuple(row for row in table.rows if row["id"] != "fx")
    stage.open()
    stage.page.get_by_text("Typed but not saved: “700” (Tabled); its row is gone.").wait_for()
    stage.page.get_by_role("button", name="Let it go").click()
    assert stage.page.evaluate("sessionStorage.length") == 0


# --- charts ---

def bars():
    rows = [{"year": f"Year {i}", "saving": i / 10} for i in (1, 2, 3)]
    base = alt.Chart(alt.NamedData("data")).encode(
        alt.X("year:N", title=None), alt.Y("saving:Q", title="Saving", axis=alt.Axis(format="%")))
    drawing = base.mark_bar(color="buyer") + base.mark_text().encode(text="saving:Q")
    return VegaChart(drawing, label="Saving by year", data=rows, height=160)


def drawn(stage, count=1):
    stage.until(f"document.querySelectorAll('.np-plot svg').length === {count}")


def test_a_chart_fills_its_card_takes_theme_colours_and_follows_new_data(stage):
    chart = bars()
    chart.runtime_url = f"/playbook/static/{runtime.ensure_runtime().name}"
    stage.show(chart)
    drawn(stage)
    sizes = stage.page.evaluate("['.np-plot', '.np-plot svg'].map(s => "
                                "document.querySelector(s).getBoundingClientRect().width)")
    assert abs(sizes[0] - sizes[1]) <= 3
    bar = stage.page.locator(".mark-rect path").first
    light = bar.evaluate("node => getComputedStyle(node).fill")
    stage.page.emulate_media(color_scheme="dark")
    assert (light, bar.evaluate("node => getComputedStyle(node).fill")) == (
        "rgb(29, 92, 135)", "rgb(127, 184, 222)")
    stage.page.evaluate("document.documentElement.dataset.theme = 'light'")
    assert bar.evaluate("node => getComputedStyle(node).fill") == light
    chart.update([{"year": "Year 1", "saving": 0.75}])
    stage.flush()
    stage.page.locator(".mark-text text", has_text="0.75").wait_for()
    assert stage.page.locator(".mark-rect path").count() == 1


def test_the_last_of_many_quick_changes_is_what_stands(stage):
    chart = bars()
    stage.show(chart)
    for step in range(12):
        if step % 4 == 0:
            chart.redraw(bars().spec)
        chart.update([{"year": "Year 1", "saving": step / 16}])
        stage.flush()
        stage.page.wait_for_timeout(15 * step)
    stage.page.locator(".mark-text text", has_text="0.6875").wait_for()
    assert stage.page.locator(".mark-text.role-mark text").count() == 1


def test_without_our_launcher_python_sends_the_runtime_once(stage):
    charts = bars(), bars()
    sent = []
    for chart in charts:
        chart.runtime_url = ""
        original = chart._send_runtime
        chart._send_runtime = lambda *m, send=original: (sent.append(1), send(*m))
        stage.show(chart)
    drawn(stage, 2)
    assert sent == [1]


def test_a_chart_that_python_sends_nothing_for_says_what_it_waits_for_and_is_drawn_late(stage):
    stage.page.clock.install()
    chart = bars()
    chart.runtime_url = ""
    asked = []
    chart._send_runtime = lambda *message: asked.append(message)
    stage.show(chart)
    stage.until("document.querySelector('.np-plot')")
    stage.page.clock.fast_forward(16_000)
    stage.page.get_by_text("This picture waits for Python, which has not answered yet").wait_for()
    VegaChart._send_runtime(chart, *asked[0])
    stage.flush()
    drawn(stage)
    assert stage.page.get_by_text("waits for Python").count() == 0


def test_a_chart_says_that_python_has_no_runtime(stage, monkeypatch):
    def broken() -> str:
        raise OSError("The disk is full.")

    monkeypatch.setattr(runtime, "runtime_text", broken)
    chart = bars()
    chart.runtime_url = ""
    stage.show(chart)
    stage.page.get_by_text("This picture could not be drawn").wait_for()


def test_the_figures_of_a_chart_stand_beneath_it_in_words(stage):
    stage.show(bars())
    drawn(stage)
    stage.page.get_by_text("Figures and files").click()
    figures = stage.page.get_by_role("region", name="Figures: Saving by year")
    figures.get_by_text("20.0 %", exact=True).first.wait_for()
    with stage.page.expect_download() as download:
        stage.page.get_by_role("button", name="Save as SVG").click()
    assert download.value.suggested_filename == "saving-by-year.svg"
    assert "var(--" not in download.value.path().read_text()


def test_facets_stand_one_under_the_other_on_a_phone(stage):
    rows = [{"case": c, "year": y, "v": 1} for c in ("Worst", "Base", "Best") for y in "123"]
    drawing = alt.Chart(alt.NamedData("data")).mark_bar().encode(
        x="year:N", y="v:Q", column=alt.Column("case:N", title=None))
    stage.page.set_viewport_size({"width": 390, "height": 800})
    stage.show(VegaChart(drawing, label="Cases", data=rows, height=80))
    drawn(stage)
    places = stage.page.evaluate("[...document.querySelectorAll('.mark-rect')].map(n => "
                                 "n.getBoundingClientRect()).map(b => [b.left, b.right, b.top])")
    assert len({round(top) for _, _, top in places}) == 3
    assert max(right for _, right, _ in places) <= 390


def test_a_brush_comes_back_once_when_the_hand_rests(stage):
    brush = alt.selection_interval(name="pick", encodings=["x"])
    rows = [{"x": i, "n": 5} for i in range(20)]
    drawing = alt.Chart(alt.NamedData("data")).mark_bar().encode(x="x:Q", y="n:Q")
    chart, picks = VegaChart(drawing.add_params(brush), label="Spread", data=rows, height=150), []
    chart.on_select(lambda name, value: picks.append((name, value)))
    stage.show(chart)
    drawn(stage)
    box = stage.page.locator(".np-plot svg").bounding_box()
    stage.page.mouse.move(box["x"] + 300, box["y"] + 60)
    stage.page.mouse.down()
    stage.page.mouse.move(box["x"] + 600, box["y"] + 70, steps=5)
    stage.page.mouse.up()
    stage.page.wait_for_timeout(400)
    assert len(picks) == 1 and picks[0][0] == "pick"
    low, high = picks[0][1]["x"]
    assert 0 < low < high < 20


# --- pressing, files ---

def test_a_dangerous_action_asks_first_and_escape_means_no(stage):
    clicks = []
    stage.show(Action("Delete the deal", kind="danger", confirm="Delete Harbor?",
                      on_click=lambda: clicks.append(1)))
    stage.page.get_by_role("button", name="Delete the deal").click()
    stage.page.keyboard.press("Escape")
    assert clicks == []
    stage.page.get_by_role("button", name="Delete the deal").click()
    group = stage.page.get_by_role("group", name="Delete Harbor?")
    group.get_by_role("button", name="Delete").click()
    stage.until("!document.querySelector('[aria-busy]')")
    assert clicks == [1]


def test_files_go_out_and_in_without_a_network(stage):
    taken = []
    stage.show(Download("Drivers as CSV", "drivers.csv", lambda: b"a,b\n1,2\n"))
    stage.show(Upload("Read a file", ".csv", 100,
                      lambda name, content: taken.append((name, content))))
    with stage.page.expect_download() as download:
        stage.page.get_by_role("button", name="Drivers as CSV").click()
    assert download.value.path().read_bytes() == b"a,b\n1,2\n"
    field = stage.page.get_by_label("Read a file")
    field.set_input_files({"name": "x.csv", "mimeType": "text/csv", "buffer": b"1,2"})
    stage.page.get_by_text("x.csv was read.").wait_for()
    field.set_input_files({"name": "y.csv", "mimeType": "text/csv", "buffer": b"1" * 101})
    stage.page.get_by_text("y.csv has 101 bytes; up to 100 bytes are taken here.").wait_for()
    assert taken == [("x.csv", b"1,2")]


# --- everybody ---

KINDS = ("text", "number", "percent", "money", "month", "date", "bool", "list", "textarea",
         "readonly")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1200])
def test_axe_finds_nothing_in_any_control(stage, scheme, width):
    stage.page.set_viewport_size({"width": width, "height": 900})
    stage.page.emulate_media(color_scheme=scheme)
    errors = terms(add=True, remove=True, reorder=True)
    errors.rows = tuple({**row, "_errors": {"value": "Too much."}, "_note": "tabled by the buyer",
                         "_muted": row["id"] == "fx"} for row in errors.rows)
    form = [Field(f"f.{kind}", f"A {kind}", kind, unit="USD", help="Help.") for kind in KINDS]
    progress = Progress("Drawing")
    progress.set(3, 10)
    sheet = Sheet("Floors", [("n", "Case"), ("s", "Floor"), ("m", "Margin", "percent")],
                  [{"n": "Worst", "s": {"text": word, "sign": sign},
                    "m": {"value": 0.1, "party": party, "note": "on estimates"}}
                   for sign, word, party in (("ok", "holds", "buyer"), ("no", "below", "supplier"),
                                             ("work", "in work", "joint"), ("wait", "waits", ""))],
                  "It holds.", sentence_sign="ok")
    for control in (
        errors, Form(form, {}, key="f", label="All"), sheet, Sheet("None", [("n", "Case")]),
        Action("Run", kind="primary", stale="Out of date"), Action("Delete", kind="danger"),
        progress, Download("Save", "a", bytes), Upload("Read", ".csv", 10, print), bars(),
    ):
        stage.show(control)
    drawn(stage)
    stage.page.get_by_text("Figures and files").click()
    found = Axe().run(stage.page, options={"rules": {"region": {"enabled": False},
                                                     "page-has-heading-one": {"enabled": False}}})
    assert found.violations_count == 0, found.generate_report()
    assert stage.page.evaluate("document.documentElement.scrollWidth") <= width
