"""Maps drawn elsewhere and logs of what happened, in; the shown map in every format, out."""

from collections.abc import Callable, Collection, Sequence

from negotiation.files.bpmn_write import write_bpmn
from negotiation.files.event_log import read_log
from negotiation.files.limits import LOG_BYTES, MAP_BYTES
from negotiation.files.map_sheet import write_sheet, write_sheet_xlsx
from negotiation.files.map_tables import read_map, write_zip
from negotiation.files.mermaid import write_mermaid
from negotiation.files.read_map import ReadMap
from negotiation.pictures import numerals
from negotiation.process import Process
from negotiation.process.left_behind import left_behind
from negotiation.process.log import DAYS_PER_MONTH, LogFigures, read_off
from negotiation.process.log_map import discover, fill
from negotiation.process.maps import Map
from negotiation.values import FieldError

from .action import Action, Download, Upload
from .boxes import HBox, VBox
from .fields import Field, show
from .fold import Fold
from .form import Form
from .notes import Notes
from .process_facts import FACTS
from .process_view import ProcessView
from .scenarios_figures import text_line
from .sheet import Sheet, SheetColumn

CELLS = Field(
    "cells", "A map from a spreadsheet, with its header line", "textarea",
    help="One row for each step, with columns such as step, lane, handling_min, wait_min and next; "
    "or only the names of the steps, one in a line. "
    "It is taken in when you leave the box, or with Ctrl+Enter.",
)  # fmt: skip
_TABLES = ("lanes", "teams", "steps", "flows")
_ACTIVITIES = (
    SheetColumn("name", "Activity"), SheetColumn("events", "Times", "number", decimals=0),
    SheetColumn("each", "In a case", "number", decimals=2),
    SheetColumn("mean", "Working minutes before it, mean", "number", decimals=0),
    SheetColumn("p95", "95 of 100 within", "number", decimals=0),
)  # fmt: skip
_VARIANTS = (
    SheetColumn("path", "Way through"), SheetColumn("share", "Of all cases", "percent", decimals=1),
)
_MOST_SHOWN = 12
WHOSE = ("The rates in the file are visible to both sides once tabled; make those that are yours "
         "your own in the table below.")  # fmt: skip
KEPT = "Nothing of that was removed; Undo brings today's map back."
STAYED = ("A future state changes lanes, teams, steps and arrows; the file's rates and its numbers "
          "of the whole map were left out.")  # fmt: skip
_REPLACES = "This replaces the shown map. Go on?"


class ProcessFiles(VBox):
    """Takes a map in as one gesture (undo takes it back), and reads numbers off a log."""

    def __init__(self, view: ProcessView):
        self._view, self._state = view, view.state
        self._figures: LogFigures | None = None
        out = _row(text_line("Take the shown map with you as"), *(
            Download(words, self._named(kind), make) for words, kind, make in self._formats()
        ))  # fmt: skip
        maps = Upload("Take in a map", ".bpmn,.xml,.csv,.xlsx,.zip", MAP_BYTES, self._take_map)
        logs = Upload("Read a log", ".csv,.xes,.gz,.xml", LOG_BYTES, self._take_log)
        self._cells = Form((CELLS,), {CELLS.key: ""}, key="process.cells", state=view.state)
        self._cells.on_edit(self._paste)
        self._told = Notes("What was read", empty="")
        self._told.layout.display = "none"
        self._fill = Action("Put its numbers on the map", on_click=self._fill_in)
        self._draw = Action("Draw a first map from it", on_click=self._discover)
        self._activities = Sheet("What the log says", _ACTIVITIES)
        self._variants = Sheet("Ways through", _VARIANTS)
        self._log = VBox([_row(self._fill, self._draw), self._activities, self._variants])
        self._log.add_class("np-stack")
        self._log.layout.display = "none"
        cells = Fold("Paste a map from a spreadsheet", lambda: [self._cells])
        super().__init__([_row(maps, logs), cells, self._told, self._log, out])
        self.add_class("np-card").add_class("np-stack")

    def _formats(self) -> tuple[tuple[str, str, Callable[[], bytes]], ...]:
        def shown() -> Process:
            return self._view.map.process

        return (
            ("BPMN 2.0", "bpmn", lambda: write_bpmn(shown())),
            ("CSV", "csv", lambda: write_sheet(shown())),
            ("XLSX", "xlsx", lambda: write_sheet_xlsx(shown())),
            ("Four tables (ZIP)", "zip", lambda: write_zip(shown())),
            ("Mermaid text", "mmd", lambda: write_mermaid(shown()).encode()),
        )

    def _named(self, kind: str) -> Callable[[], str]:
        def name() -> str:
            future = f"-{self._view.future}" if self._view.future else ""
            return f"{self._state.deal.identity.id}-map{future}.{kind}"

        return name

    # --- maps ---

    def _take_map(self, name: str, content: bytes, bare: bool = False) -> str:
        found = read_map(name, content, bare)
        return self._tell(name, found, self._replace(found.process, found.given))

    def _paste(self, _key: str, text: str) -> None:
        """Cells that were taken leave the box; cells that are refused stay, with the reason."""
        if text:
            self._take_map("pasted.csv", text.encode(), bare=True)

    def _replace(self, process: Process, given: Collection[str]) -> tuple[str, ...]:
        """The map instead of today's, with the `given` ones of its numbers, as one gesture.

        A map on a future state becomes what its change draws. Returns what came along and what
        lost its place, in sentences.
        """
        today = self._state.deal.process
        came = tuple(field for field in FACTS if _name(field) in given and (
            getattr(process, _name(field)) != getattr(today, _name(field))))  # fmt: skip
        own = tuple(rate for rate in today.rates if rate.space != "shared")
        taken = {rate.id for rate in own}
        shared = tuple(rate for rate in process.rates if rate.id not in taken)
        rates = (*shared, *own) if shared else today.rates
        if self._view.future:
            self._view.draw(lambda here: Map(
                here.process.model_copy(update={t: getattr(process, t) for t in _TABLES})
            ))  # fmt: skip
            return (STAYED,) if came or rates != today.rates else ()
        self._state.edit_many([
            *((f"process.{table}", getattr(process, table)) for table in _TABLES),
            *((field.key, getattr(process, _name(field))) for field in came),
            ("process.rates", rates),
        ])  # fmt: skip
        lost = left_behind(today, self._state.deal.process)
        return (
            *((_came(came, today, process),) if came else ()),
            *((WHOSE,) if rates != today.rates else ()),
            *lost, *((KEPT,) if lost else ()),
        )  # fmt: skip

    def _tell(self, name: str, found: ReadMap, changed: Sequence[str]) -> str:
        steps, lanes = len(found.process.steps), len(found.process.lanes)
        bands = "one lane" if lanes == 1 else f"{lanes} lanes"
        words = f"{name}: {steps} steps in {bands} are on the map now. Undo takes it back."
        self._say((words, *(("work", note) for note in (*found.notes, *changed))))
        return words

    def _say(self, lines: tuple) -> None:
        self._told.lines = lines
        self._told.layout.display = None if lines else "none"

    # --- logs ---

    def _take_log(self, name: str, content: bytes) -> str:
        process = self._state.deal.process
        self._figures = figures = read_off(
            read_log(name, content), _by_the_clock(process), process.open_hours_per_day,
            process.open_days_per_month,
        )
        self._activities.show([
            {"name": row.name, "events": row.events, "each": row.per_case,
             "mean": row.before.mean if row.before else None,
             "p95": row.before.p95 if row.before else None}
            for row in figures.activities[:_MOST_SHOWN]
        ])  # fmt: skip
        self._variants.show([
            {"path": " → ".join(variant.path), "share": variant.share}
            for variant in figures.variants[:_MOST_SHOWN]
        ])  # fmt: skip
        self._log.layout.display = None
        self._fill.disabled = not self._view.map.steps
        self._draw.confirm = _REPLACES if self._view.map.steps else None
        words = f"{name}: {numerals.number(figures.cases)} cases were read; nothing is changed yet."
        notes = (("work", note) for note in figures.warnings)
        self._say((words, *_kept(figures), *notes))
        return words

    def _fill_in(self) -> None:
        """The log's shares and waits on the shown map's steps of the same names."""
        found = fill(self._view.map.process, self._read())
        changed = self._replace(found.process, ("cases_per_month",))
        self._say((*found.notes, *(("work", note) for note in changed)))

    def _discover(self) -> None:
        process = discover(self._read())
        given = () if process.cases_per_month is None else ("cases_per_month",)
        changed = self._replace(process, given)
        self._say((f"A first map of {len(process.steps)} steps is drawn from the most frequent "
                   "ways through, instead of what was there; undo takes it back. Name its lanes, "
                   "and give its steps to them.",
                   *(("work", note) for note in changed)))  # fmt: skip

    def _read(self) -> LogFigures:
        if self._figures is None:
            raise FieldError("file", "Read a log first.")
        return self._figures


def _name(field: Field) -> str:
    return field.key.removeprefix("process.")


def _came(fields: Sequence[Field], before: Process, after: Process) -> str:
    """Which of the map's numbers came with a file, and what they were."""
    told = []
    for field in fields:
        old, new = (show(field, getattr(process, _name(field))) for process in (before, after))
        told.append(f"{field.label} {new} {field.unit_in({})}".rstrip() + f" (was {old or 'open'})")
    return f"The file's numbers came along: {'; '.join(told)}."


def _by_the_clock(process: Process) -> float | None:
    """The promise in hours by the clock, as a log counts them."""
    if process.lead_target_hours is None:
        return None
    open_share = process.open_hours_per_day * process.open_days_per_month / (24 * DAYS_PER_MONTH)
    return process.lead_target_hours / open_share


def _kept(figures: LogFigures) -> tuple[str, ...]:
    if figures.within_share is None:
        return ()
    promise = "their service level" if figures.within_hours is None else (
        f"the promise of {numerals.number(figures.within_hours, 1)} hours by the clock"
    )  # fmt: skip
    return (f"{numerals.share(figures.within_share)} of the cases kept {promise}; "
            f"{numerals.share(figures.rework_share)} did something twice.",)  # fmt: skip


def _row(*parts) -> HBox:
    box = HBox(parts)
    box.add_class("np-row")
    return box
