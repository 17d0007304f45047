"""Places: working hours, time zones, holidays, and the hours both teams share."""

from datetime import date

from negotiation import start
from negotiation.calendars import MONTHS, WEEKDAYS, week_text
from negotiation.deal import Parts
from negotiation.pictures import start as pictures
from negotiation.values import FieldError

from .action import Upload
from .boxes import VBox
from .chart import VegaChart
from .clock import clock
from .fields import Field
from .fold import Fold
from .form import Form
from .notes import Notes
from .rows import Rows
from .sheet import Sheet
from .state import DealState

PLACES = (
    Field("name", "Place", width="9em"),
    Field("party", "Side", "choice", choices=("buyer", "supplier")),
    Field("zone", "Time zone", width="11em", help="Such as Asia/Manila or America/Chicago."),
    Field("opens", "Opens", width="5em", help="Local time, such as 09:00."),
    Field("closes", "Closes", width="5em", help="Local time; past midnight is allowed."),
    Field("weekdays", "Works on", width="7em", help="Such as Mon-Fri or Sun-Thu."),
)
HOLIDAYS = (
    Field("day", "Day", "date"),
    Field("weekday", "", "readonly"),
    Field("place_name", "Place", "readonly"),
    Field("name", "Holiday"),
)
MONTH_COLUMNS = (("month", "Month"), ("hours", "Common hours a day"),
                 ("days", "Working days with a common hour"))
CALENDAR_BYTES = 1_000_000


class Places(VBox):
    """Both sides' working hours, what they share over the coming year, and their holidays."""

    def __init__(self, state: DealState, *, today: date | None = None):
        self._state, self._today = state, clock(today)
        self._table = Rows(
            state, "start.places", PLACES, shown=_place_entries, new=self._new_place, stem="pl_",
            caption="Where both teams work", add_label="Add a place",
            empty="No place yet: Monday to Friday is assumed, and no overlap is computed.",
        )
        self._words = Notes("Hours you share", empty="Add a place for each side to see them.")
        self._pictures = VBox([])
        self._months = Sheet("Common hours by month", MONTH_COLUMNS)
        self._by_month = Fold("Common hours by month", lambda: [self._months])
        holidays = Fold("Holidays", lambda: [HolidayList(state)])
        super().__init__([self._table, self._words, self._pictures, self._by_month, holidays])
        self.add_class("np-card").add_class("np-stack")
        state.follow(self._show, "start.places", "start.holidays")

    def _new_place(self) -> dict:
        taken = {place.party for place in self._state.deal.start.places}
        party = "supplier" if "buyer" in taken and "supplier" not in taken else "buyer"
        return {"name": "New place", "party": party, "zone": "UTC"}

    def _show(self, deal: Parts) -> None:
        today = self._today()
        found = [start.overlap(deal.start, *pair, today) for pair in start.pairs(deal.start)]
        self._words.lines = tuple(
            ("ok" if any(m.most_hours for m in each.months) else "no", sentence)
            for each in found for sentence in start.overlap_sentences(each, today)
        )
        self._pictures.children = tuple(_picture(each, today) for each in found)
        self._by_month.layout.display = None if found else "none"
        self._months.show(_month_rows(found))


class HolidayList(VBox):
    """The holidays of every place: typed, pasted, or taken from a calendar file."""

    def __init__(self, state: DealState):
        self._state, self._place = state, ""
        self._table = Rows(
            state, "start.holidays", HOLIDAYS, shown=_holiday_entries, caption="Holidays",
            empty="No holiday yet. Paste a list, or take a calendar file.",
        )
        self._form_box = VBox([])
        self._upload = Upload("Take a calendar file (.ics)", ".ics,text/calendar", CALENDAR_BYTES,
                              self._take_file)
        super().__init__([self._table, self._form_box, self._upload])
        state.follow(self._show, "start.places")

    def _show(self, deal: Parts) -> None:
        """The choice of places is part of the form, so a new place makes a new form."""
        places = tuple((place.id, place.name) for place in deal.start.places)
        if self._place not in dict(places):
            self._place = places[0][0] if places else ""
        form = Form(
            (Field("place", "Holidays of", "choice", choices=places),
             Field("lines", "Paste dates", "textarea",
                   help="One a line: 2026-12-25 Christmas Day. Leave the field to take them.")),
            {"place": self._place, "lines": ""}, key="start.holidays.paste", label="More holidays",
        )
        form.on_edit(self._edited)
        self._form_box.children = (form,) if places else ()
        self._upload.layout.display = None if places else "none"

    def _edited(self, key: str, value: str) -> None:
        if key == "place":
            self._place = value
        elif value:
            self._take(value)
        form, = self._form_box.children
        form.values = {"place": self._place, "lines": ""}

    def _take_file(self, name: str, content: bytes) -> str:
        try:
            text = content.decode("utf-8-sig")
        except UnicodeDecodeError:
            raise FieldError("file", f"{name} is no calendar file: it is not text.") from None
        return f"{name}: {self._take(text)} new holidays."

    def _take(self, text: str) -> int:
        before = self._state.deal.start
        after = start.add_holidays(before, self._place, text)
        self._state.edit("start.holidays", after.holidays)
        return len(after.holidays) - len(before.holidays)


def _place_entries(deal: Parts, place: start.Place) -> dict:
    count = sum(holiday.place == place.id for holiday in deal.start.holidays)
    return {"weekdays": week_text(place.weekdays), "_note": f"{count} holidays" if count else ""}


def _holiday_entries(deal: Parts, holiday: start.Holiday) -> dict:
    names = {place.id: place.name for place in deal.start.places}
    return {"weekday": WEEKDAYS[holiday.day.weekday()],
            "place_name": names.get(holiday.place, "a place that is gone")}


def _picture(found: start.Overlap, today: date) -> VegaChart:
    data = pictures.bands_data(start.bands(found, today))
    label = (f"Working hours of {found.ours.name} and {found.theirs.name} "
             f"on the clock of {found.ours.name}")
    return VegaChart(pictures.bands(data, found.ours.name), label=label)


def _month_rows(found: list[start.Overlap]) -> list[dict]:
    rows = []
    for each in found:
        who = f", {each.theirs.name}" if len(found) > 1 else ""
        for month in each.months:
            hours = start.hours_text(month.most_hours)
            if month.least_hours != month.most_hours:
                hours = f"{month.least_hours:.4g} to {hours}"
            rows.append({
                "month": f"{MONTHS[month.month.month - 1]} {month.month.year}{who}",
                "hours": {"text": hours, "sign": "ok" if month.most_hours else "no"},
                "days": f"{month.days_with_overlap} of {month.days}",
            })
    return rows
