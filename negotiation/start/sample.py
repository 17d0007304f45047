"""A sample's story told as of another day, so that its road does not read as years late."""

from datetime import date, timedelta
from typing import TYPE_CHECKING

from negotiation.start.part import Start

if TYPE_CHECKING:  # the deal holds this part, so its module imports this package
    from negotiation.deal import Deal

WEEK = timedelta(days=7)


def told_on(start: Start) -> date | None:
    """The last day on which something happened in the deal room; None when nothing has."""
    days = [
        *(note.last_contact for note in start.contacts),
        *(task.done for task in start.tasks),
        *(note.on for note in start.acceptances),
        *(promise.on for promise in start.promises),
    ]
    return max((day for day in days if day), default=None)


def retold(deal: "Deal", today: date) -> "Deal":
    """`deal` with everything that happened moved by whole weeks to just before `today`.

    The signing date moves along, and the first month of service by whole years behind it, so that
    its season stays; what future states change begins as many years later. Holidays stay where
    calendars have them.
    """
    last, identity = told_on(deal.start), deal.identity
    if last is None:
        return deal
    by = (today - last) // WEEK * WEEK
    target = identity.target_signing_date and identity.target_signing_date + by
    first_year, month = map(int, deal.terms.start_month.split("-"))
    year = first_year
    if target:
        year = target.year + ((target.year, target.month) >= (target.year, month))
    document = deal.document()
    document["identity"]["target_signing_date"] = target and target.isoformat()
    document["terms"]["start_month"] = f"{year}-{month:02d}"
    for future in document["process"]["futures"]:
        for change in future["changes"]:
            change["date"] = _years_later(change["date"], year - first_year)
    for table, field in (("contacts", "last_contact"), ("tasks", "done"), ("acceptances", "on"),
                         ("promises", "on")):
        for row in document["start"][table]:
            if row[field]:
                row[field] = (date.fromisoformat(row[field]) + by).isoformat()
    return type(deal).read(document)


def _years_later(month: str, years: int) -> str:
    """The same calendar month, so many years later; no month stays none."""
    return month and f"{int(month[:4]) + years:04d}{month[4:]}"
