"""The map that a team draws: chosen, coloured, compared, with what is missing."""

from collections.abc import Mapping, Sequence

import ipywidgets as ipw

from negotiation.carry.links import money_of
from negotiation.pictures import process as picture
from negotiation.process import gestures
from negotiation.process.check import Finding, check
from negotiation.process.layout import lay_out
from negotiation.process.prices import prices
from negotiation.spaces import SPACES

from .action import Action, Download
from .boxes import HBox, VBox
from .map import ProcessMap
from .notes import Notes
from .process_figures import figures_of
from .process_panel import ProcessPanel
from .process_today import ProcessToday
from .process_view import ProcessView
from .scenarios_figures import Later

COLOURS = (("nothing", ""), ("cost", "cost"), ("wait", "wait"), ("rework", "rework"),
           ("load", "load"))  # fmt: skip
_MOST_FINDINGS = 12


class ProcessDrawing(VBox):
    """The shown map with everything to draw it by hand or by keyboard, and a panel beside it."""

    def __init__(self, view: ProcessView):
        self._view, self._state = view, view.state
        self._which = ipw.Dropdown(description="Map of")
        self._which.add_class("np-wide")
        self._colour = ipw.Dropdown(description="Colour by", options=COLOURS, value="")
        self._upright = ipw.Checkbox(description="Lanes upright", indent=False)
        self._map = ProcessMap(key="process.map", label="Process map", state=view.state)
        self._panel = ProcessPanel(view)
        self._missing = Notes("Still missing", empty="Nothing is missing on this map.")
        self._beside = HBox([self._map, self._panel])
        self._beside.add_class("np-beside")
        super().__init__([
            _row(self._which, self._colour, self._upright), self._beside,
            _row(Action("Add a lane", on_click=self._add_lane), self._image("SVG", self._svg),
                 self._image("PNG", lambda: picture.png(self._svg().decode()))),
            ProcessToday(view), self._missing,
        ])  # fmt: skip
        self.add_class("np-card").add_class("np-stack")
        self._listen()
        self._later = Later(self._look)
        self._marks: dict[str, str] = {}
        self._offer()
        self._find()
        self._paint()
        self._select()

    def _listen(self) -> None:
        view, shown = self._view, self._map
        shown.on_select(lambda row: view.set_trait("selected", row))
        shown.on_open(lambda row: view.set_trait("selected", row))
        shown.on_add(lambda after, lane: view.draw(lambda here: gestures.add_step(
            here, after=after, lane=lane, new_id=view.new_id)))  # fmt: skip
        shown.on_remove(lambda ids: view.draw(lambda here: gestures.remove(here, ids)) and None)
        shown.on_connect(lambda a, b: view.draw(
            lambda here: gestures.connect(here, a, b, new_id=view.new_id)))  # fmt: skip
        shown.on_move(lambda step, lane, before: view.draw(
            lambda here: gestures.move_step(here, step, lane, before)) and None)  # fmt: skip
        shown.on_edit(self._edit)
        shown.on_narrow(self._turn)
        shown.on_undo(self._state.undo)
        shown.on_redo(self._state.redo)
        self._which.observe(self._choose, "value")
        view.observe(self._follow, "map")
        view.observe(self._select, "selected")
        view.observe(self._offer, ["future", "change"])
        self._state.follow(self._offer, "process.futures")
        self._colour.observe(self._paint, "value")
        self._upright.observe(self._paint, "value")

    def _follow(self, _change: object = None) -> None:
        self._paint()
        self._later()

    def _turn(self) -> None:
        """Where the page is narrow the work goes down: a phone shows a lane's width, not ten."""
        self._upright.value = True

    def _select(self, _change: object = None) -> None:
        """The panel takes its room beside the map while something is selected."""
        self._map.select(self._view.selected)
        chosen = bool(self._view.selected)
        (self._beside.add_class if chosen else self._beside.remove_class)("np-chosen")

    def _edit(self, row: str, field: str, value: object) -> None:
        table = "steps" if row in self._view.map.step else "flows"
        self._view.put(table, row, field, value)

    def _add_lane(self) -> None:
        self._view.draw(lambda here: gestures.add_lane(here, new_id=self._view.new_id))

    # --- which map ---

    def _offer(self, _change: object = None) -> None:
        """Today, and each future state up to each of its changes."""
        options: list[tuple[str, tuple[str, str]]] = [("today", ("", ""))]
        for future in self._state.deal.process.futures:
            options.append((f"{future.name}, to look at", (future.id, "")))
            for number, change in enumerate(future.changes, start=1):
                words = f"{future.name} · {number}. {change.name}"
                options.append((words, (future.id, change.id)))
        places = [value for _, value in options]
        now = (self._view.future, self._view.change)
        # New options choose the first one; that is nobody's choice.
        self._which.unobserve(self._choose, "value")
        if tuple(options) != tuple(self._which.options):
            self._which.options = options
        self._which.index = places.index(now) if now in places else 0
        self._which.observe(self._choose, "value")

    def _choose(self, change: Mapping) -> None:
        if change["new"] is not None:
            self._view.open_future(*change["new"])

    # --- painting ---

    def _paint(self, _change: object = None) -> None:
        view, around = self._view, self._view.map
        colour = self._colour.value or ""
        before = view.today if view.future else None
        self._map.label = f"Process map: {self._which.label or 'today'}"
        self._map.show(
            around, vertical=bool(self._upright.value), other=before, colour_by=colour,
            values=_values(view, colour), unit=self._state.deal.identity.currency,
            marks=self._marks,
        )  # fmt: skip
        self._map.select(view.selected)
        # A future state without an open change is there to look at: nothing would take a gesture.
        drawn = not view.future or bool(view.change)
        self._map.allow(**dict.fromkeys(("add", "remove", "connect", "move", "edit"), drawn))
        self._map.allow(undo=self._state.can_undo, redo=self._state.can_redo)

    def _look(self) -> None:
        """What is missing, after the map was repainted with the marks it had; once more then
        where a gesture gave or took one."""
        known = self._marks
        self._find()
        if self._marks != known:
            self._paint()

    def _find(self) -> None:
        found = check(self._view.map, self._state.seat)
        self._marks = _marks(found)
        lines = [("work", finding.sentence) for finding in found[:_MOST_FINDINGS]]
        if len(found) > _MOST_FINDINGS:
            lines.append(f"And {len(found) - _MOST_FINDINGS} more; they are marked on the map.")
        self._missing.lines = tuple(lines)

    # --- files ---

    def _svg(self) -> bytes:
        view = self._view
        before = view.today if view.future else None
        shown = picture.together(before, view.map) if before else view.map
        layout = lay_out(shown, bool(self._upright.value))
        colour = self._colour.value or ""
        return picture.draw(
            layout, view.map, colour_by=colour, values=_values(view, colour), other=before,
            unit=self._state.deal.identity.currency, standalone=True,
            note=_whose(view) if colour == "cost" else "",
        ).encode()  # fmt: skip

    def _image(self, words: str, make) -> Download:
        name = f"{self._state.deal.identity.id}-map.{words.lower()}"
        return Download(words, name, make)


def _marks(found: Sequence[Finding]) -> dict[str, str]:
    """The sentences at each step or flow."""
    marks: dict[str, list[str]] = {}
    for finding in found:
        if finding.row:
            marks.setdefault(finding.row, []).append(finding.sentence)
    return {row: " ".join(sentences) for row, sentences in marks.items()}


def _whose(view: ProcessView) -> str:
    """A file goes further than the page: whose own rates its money rests on, "" for nobody's."""
    used = prices(view.map, money_of(view.state.deal.terms)).rate
    timed = (step.id for step in view.map.steps if step.handling_min)
    spaces = {used[step].space for step in timed if step in used}
    own = [f"the {space}'s" for space in SPACES[1:] if space in spaces]
    return f"! Contains {' and '.join(own)} own rates" if own else ""


def _values(view: ProcessView, colour: str) -> dict[str, float] | None:
    """What the boxes are coloured by: money, minutes, repeats or load, by step."""
    if not colour:
        return None
    figures = figures_of(view)
    if colour == "load":
        return {
            step.id: figures.utilisation[step.team] for step in view.map.steps
            if step.team in figures.utilisation
        }  # fmt: skip
    of = {
        "cost": lambda found: found.cost,
        "wait": lambda found: found.wait_minutes,
        "rework": lambda found: found.visits - found.first_pass,
    }[colour]
    return {step: of(found) for step, found in figures.steps.items()}


def _row(*parts: ipw.Widget) -> HBox:
    box = HBox(parts)
    box.add_class("np-row")
    return box
