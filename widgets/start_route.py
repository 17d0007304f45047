"""The route: which situation this deal is in, and which chapters it needs."""


from negotiation import start
from negotiation.deal import Parts
from negotiation.files.lists import read_list

from .boxes import VBox
from .fields import Field
from .form import Form
from .sheet import Sheet
from .state import DealState

FIELDS = (
    Field("start.route", "Our situation", "choice", choices=tuple(start.ROUTE_LABELS.items())),
    Field("start.short_path", "Short path, for small firms", "bool",
          help="Handshake, trust, scope, scenarios, service levels, checklist, term sheet."),
)
COLUMNS = (("step", "Chapter"), ("view", "On this route"), ("minutes", "Minutes", "number"),
           ("reason", "Why"))


class RoutePicker(VBox):
    """Chooses the route and shows what it opens and folds, each with its reason."""

    def __init__(self, state: DealState):
        self._stops = start.stops(read_list("routes"), read_list("chapters"))
        self._form = Form(FIELDS, {}, key="start.route", label="Route", state=state)
        self._sheet = Sheet("What this route opens and what it folds", COLUMNS)
        super().__init__([self._form, self._sheet])
        self.add_class("np-card").add_class("np-stack")
        self._form.on_edit(state.edit)
        state.follow(self._show, "start")

    def _show(self, deal: Parts) -> None:
        way = start.way(self._stops, deal.start)
        self._form.values = {field.key: deal.get(field.key) for field in FIELDS}
        rows = [_row(stop) for stop in way]
        self._sheet.show(rows, start.way_verdict(way, deal.start.short_path))


def _row(stop: start.Stop) -> dict:
    shown = stop.view == "show"
    return {
        "step": stop.step,
        "view": {"text": "open" if shown else "folded", "sign": "ok" if shown else "wait"},
        "minutes": stop.minutes if shown else "",
        "reason": stop.reason,
        "_muted": not shown,
    }
