"""Which chapters a situation needs, and why; the words and minutes stand in `data/routes.csv`."""

from collections.abc import Iterable, Mapping
from typing import Literal, get_args

from negotiation.start.part import Route, Start, Task
from negotiation.values import Value, read

ROUTES: tuple[Route, ...] = get_args(Route)
ROUTE_LABELS: Mapping[Route, str] = {
    "new_market": "New market",
    "renewal": "Renewal with the incumbent",
    "repair": "Repair of a running deal",
    "small_project": "Small project",
}
SHORT_PATH_LIMIT_MINUTES = 180


class Stop(Value):
    """One chapter on a route: shown or folded, how long it takes together, and the reason.

    `step` is what the route calls it: the chapter's own title, or a name of the short path.
    """

    route: Route | Literal["short"]
    chapter: str
    view: Literal["show", "fold"]
    step: str
    minutes: int
    reason: str


def stops(
    rows: Iterable[Mapping[str, str]], chapters: Iterable[Mapping[str, str]]
) -> tuple[Stop, ...]:
    """The table of routes from rows of text; raises `FieldError` for one that does not fit.

    A row without a name or minutes of its own takes those of its chapter, whose `id` is its number
    and word (`08_scenarios`).
    """
    known = {chapter["id"].partition("_")[2]: chapter for chapter in chapters}
    found = []
    for number, row in enumerate(rows, 2):
        chapter = known.get(row["chapter"], {})
        own = {"step": row["step"] or chapter.get("title", ""),
               "minutes": row["minutes"] or chapter.get("minutes", "")}
        found.append(read(Stop, {**row, **own}, f"routes.{number}"))
    return tuple(found)


def way(table: Iterable[Stop], start: Start) -> tuple[Stop, ...]:
    """Every chapter as this deal's route sees it, in walking order; the short path goes first."""
    wanted = "short" if start.short_path else start.route
    return tuple(stop for stop in table if stop.route == wanted)


def folded(way_: Iterable[Stop]) -> frozenset[str]:
    """The words of the chapters that a route folds, for the rail."""
    return frozenset(stop.chapter for stop in way_ if stop.view == "fold")


def minutes(way_: Iterable[Stop]) -> int:
    """Time together in the chapters that show."""
    return sum(stop.minutes for stop in way_ if stop.view == "show")


def duration(total: int) -> str:
    """Minutes as people say them: `50 minutes`, `2 hours 50 minutes`."""
    hours, rest = divmod(total, 60)
    parts = [f"{hours} hour{'s' * (hours != 1)}"] if hours else []
    return " ".join([*parts, *([f"{rest} minutes"] if rest or not hours else [])])


def verdict(way_: tuple[Stop, ...], short_path: bool) -> str:
    """The route in one sentence: how many chapters, how long, and the sum of the short path."""
    shown = [stop for stop in way_ if stop.view == "show"]
    total = minutes(way_)
    if not short_path:
        folded = "" if len(shown) == len(way_) else " The others are folded, not locked."
        return (f"{len(shown)} of {len(way_)} chapters show, {duration(total)} at the table."
                f"{folded}")
    terms = " + ".join(str(stop.minutes) for stop in shown)
    under = "under three hours" if total < SHORT_PATH_LIMIT_MINUTES else "three hours or more"
    return f"{terms} = {total} minutes: {duration(total)}, {under}. The rest is folded, not locked."


def template_tasks(rows: Iterable[Mapping[str, str]], route: Route) -> tuple[Task, ...]:
    """The road to signature that `data/tasks.csv` proposes for a route, to be edited."""
    chosen = [{key: value for key, value in row.items() if key != "route"}
              for row in rows if row["route"] == route]
    return tuple(read(Task, row, f"tasks.{row['id']}") for row in chosen)
