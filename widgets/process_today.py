"""Today's map, to be seen beside the future state that is shown."""

from .fold import Fold
from .map import ProcessMap
from .process_figures import figures_of
from .process_view import ProcessView
from .scenarios_figures import Later, text_line


class ProcessToday(Fold):
    """A second map to look at, folded until it is asked for; absent while today's map is shown."""

    def __init__(self, view: ProcessView):
        self._view = view
        self._map = ProcessMap(key="process.today", label="Today's process map")
        self._cost = text_line()
        super().__init__("Today's map beside it", lambda: [self._cost, self._map])
        self._later = Later(self._show)
        self._show()
        view.observe(self._later, ["map", "future"])
        self._button.observe(self._later, "is_open")

    def _show(self) -> None:
        view = self._view
        self.layout.display = None if view.future else "none"
        if not view.future or not self.is_open:
            return
        today, then = figures_of(view, view.today), figures_of(view)
        self._map.show(view.today)
        self._cost.value = (
            f"Today a case takes {today.touch_minutes:,.1f} minutes of work and "
            f"{today.lead_minutes / 60:,.1f} hours from start to end; in the state above "
            f"{then.touch_minutes:,.1f} minutes and {then.lead_minutes / 60:,.1f} hours."
        )
