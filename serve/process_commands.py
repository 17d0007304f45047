"""`playbook map` and `playbook log`: a process map or an event log answered without a screen."""

import json
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from negotiation.process.maps import Map
    from negotiation.process.prices import Exchange
    from negotiation.process.rows import Process

FORMATS = ("bpmn", "svg", "csv", "xlsx", "zip", "mermaid", "png")
_BINARY = ("xlsx", "zip", "png")


def add_commands(commands) -> None:
    """Add `map` and `log` to the parser's commands."""
    chart = commands.add_parser("map", help="the figures of a process map, or the map as a file")
    chart.add_argument(
        "file", type=Path, metavar="FILE", help="BPMN, CSV, XLSX, a folder or ZIP of tables, a deal"
    )
    chart.add_argument("--to", choices=FORMATS, help="write the map in this format instead")
    chart.add_argument("--out", type=Path, metavar="FILE", help="where to (default: the terminal)")
    chart.add_argument(
        "--cases-per-month", type=float, metavar="N", help="how many cases come in a month"
    )
    chart.add_argument(
        "--set", dest="settings", nargs="+", action="extend", default=[], metavar="PATH=VALUE",
        help="change the map first, e.g. steps.check.handling_min=4",
    )  # fmt: skip
    chart.add_argument("--future", default="", metavar="ID", help="a deal's future state")
    chart.add_argument(
        "--log", type=Path, metavar="LOG", help="fill shares and waits from an event log first"
    )
    chart.add_argument("--simulate", type=int, default=0, metavar="CASES", help="lead times, too")
    chart.add_argument("--seed", type=int, default=1, metavar="S", help="seed of the simulation")
    chart.add_argument("--json", action="store_true", help="print JSON (the default)")
    chart.set_defaults(run=_map)
    log = commands.add_parser("log", help="what an event log (CSV, XES, .gz) says")
    log.add_argument("file", type=Path, metavar="FILE")
    log.add_argument("--within-hours", type=float, metavar="H", help="a service level in hours")
    log.add_argument("--variants", type=int, default=10, metavar="N", help="how many to list")
    log.add_argument(
        "--column", dest="columns", nargs="+", action="extend", default=[], metavar="ROLE=NAME",
        help="which column is case, activity, done, begun, resource, met or lifecycle",
    )  # fmt: skip
    log.add_argument(
        "--to", choices=FORMATS, help="write a first map of the frequent variants instead"
    )
    log.add_argument(
        "--keep", type=float, default=0.8, metavar="SHARE", help="share of cases on that map"
    )
    log.add_argument("--out", type=Path, metavar="FILE", help="where to (default: the terminal)")
    log.add_argument("--json", action="store_true", help="print JSON (the default)")
    log.set_defaults(run=_log)


def _map(options) -> None:
    from negotiation.process.answers import map_answer, map_with

    process, notes, money, currency = _read(options.file)
    settings = list(options.settings)
    if options.cases_per_month is not None:
        settings.append(f"cases_per_month={options.cases_per_month!r}")
    if options.log:
        process, more = _filled(process, options.log)
        notes += more
    around = map_with(process, settings, options.future)
    if options.to:
        _write(around, options.to, options.out, notes)
        return
    answer = map_answer(around, money, currency, notes, options.simulate, options.seed)
    _print(answer, options.out)


def _log(options) -> None:
    from negotiation.files.event_log import read_log_at
    from negotiation.process.answers import log_answer
    from negotiation.process.log import read_off
    from negotiation.process.log_map import discover
    from negotiation.process.maps import Map

    if options.within_hours is not None and not options.within_hours >= 0:
        raise ValueError(f"--within-hours is at least 0 hours; {options.within_hours:g} is not.")
    if options.variants < 0:
        raise ValueError(f"--variants is at least 0; {options.variants} is not.")
    found = read_off(read_log_at(options.file, _columns(options.columns)), options.within_hours)
    if options.to:
        _write(Map(discover(found, options.keep)), options.to, options.out, found.warnings)
    else:
        _print(log_answer(found, options.variants), options.out)


def _columns(pairs: list[str]) -> dict[str, str]:
    wrong = [pair for pair in pairs if "=" not in pair]
    if wrong:
        raise ValueError(f"“{wrong[0]}” is no column; write role=name, such as case=ticket.")
    return dict(pair.split("=", 1) for pair in pairs)


def _read(path: Path) -> tuple["Process", list[str], "Exchange", str]:
    """The process in a file, what was dropped, how its currencies convert, and into which."""
    if path.suffix.lower() == ".json":
        from negotiation.carry.links import money_of
        from negotiation.files.deal_file import read_deal

        deal = read_deal(path)
        if not deal.process.steps:
            raise ValueError(f"{path.name} has no process map yet.")
        return deal.process, [], money_of(deal.terms), deal.identity.currency
    from negotiation.files.map_tables import read_map_at

    found = read_map_at(path)
    money, currency = _only_currency(found.process)
    return found.process, list(found.notes), money, currency


def _only_currency(process: "Process") -> tuple["Exchange", str]:
    """A map's file knows no rates of exchange: the currency that most rates have counts."""
    named = Counter(rate.currency for rate in process.rates if rate.currency)
    currency = named.most_common(1)[0][0] if named else ""
    return (lambda code: 1.0 if code in ("", currency) else None), currency


def _filled(process: "Process", log: Path) -> tuple["Process", list[str]]:
    from negotiation.files.event_log import read_log_at
    from negotiation.process.log import read_off
    from negotiation.process.log_map import fill

    figures = read_off(
        read_log_at(log),
        open_hours_per_day=process.open_hours_per_day,
        open_days_per_month=process.open_days_per_month,
    )
    found = fill(process, figures)
    return found.process, [*figures.warnings, *found.notes]


# --- out


def _write(around: "Map", form: str, out: Path | None, notes) -> None:
    content = _writers()[form](around)
    for note in notes:
        print(note, file=sys.stderr)
    if out:
        _keep(out, content)
        print(f"The map is in {out}.")
    elif form in _BINARY and sys.stdout.isatty():
        raise ValueError(f"A {form} file is nothing for a terminal; add --out FILE.")
    else:
        sys.stdout.flush()
        sys.stdout.buffer.write(content)


def _writers() -> dict[str, Callable[["Map"], bytes]]:
    from negotiation.files.bpmn import write_bpmn
    from negotiation.files.map_sheet import write_sheet, write_sheet_xlsx
    from negotiation.files.map_tables import write_zip
    from negotiation.files.mermaid import write_mermaid

    return {
        "bpmn": lambda around: write_bpmn(around.process),
        "svg": lambda around: _svg(around).encode(),
        "csv": lambda around: write_sheet(around.process),
        "xlsx": lambda around: write_sheet_xlsx(around.process),
        "zip": lambda around: write_zip(around.process),
        "mermaid": lambda around: write_mermaid(around.process).encode(),
        "png": _png,
    }


def _svg(around: "Map") -> str:
    from negotiation.pictures.process import draw
    from negotiation.process.layout import lay_out

    return draw(lay_out(around), around, standalone=True)


def _png(around: "Map") -> bytes:
    from negotiation.pictures.process import png

    return png(_svg(around))


def _print(answer, out: Path | None) -> None:
    text = json.dumps(answer, indent=2, ensure_ascii=False, allow_nan=False) + "\n"
    if out:
        _keep(out, text.encode())
        print(f"The answer is in {out}.")
    else:
        sys.stdout.write(text)


def _keep(out: Path, content: bytes) -> None:
    if not out.parent.is_dir():
        raise ValueError(f"There is no folder {out.parent}; make it first, or choose another.")
    out.write_bytes(content)
