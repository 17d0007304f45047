"""The `playbook` command: serve the chapters, keep the deals, answer without a screen."""

import argparse
import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from negotiation.values import FieldError
from serve.process_commands import add_commands


def main(words: Sequence[str] | None = None) -> int:
    """Run one command; 0 when it did what was asked, else 1 and one sentence on stderr."""
    options = parser().parse_args(words)
    try:
        return options.run(options) or 0
    except BrokenPipeError:  # the reader, `head` for instance, has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except (FieldError, OSError, ValueError) as error:
        print(sentence(error), file=sys.stderr)
        return 1


def sentence(error: Exception) -> str:
    """What a person is told about `error`: never a traceback."""
    if isinstance(error, FileNotFoundError) and error.filename:
        return f"There is no file {error.filename}."
    if isinstance(error, IsADirectoryError) and error.filename:
        return f"{error.filename} is a folder; a file is needed here."
    if isinstance(error, PermissionError) and error.filename:
        return f"You may not read or write {error.filename}."
    if isinstance(error, OSError) and error.filename:
        return f"{error.filename}: {error.strerror}."
    if isinstance(error, FieldError) and error.path in ("", "file"):
        return error.sentence
    return str(error)


def parser() -> argparse.ArgumentParser:
    top = argparse.ArgumentParser(prog="playbook", description=__doc__)
    commands = top.add_subparsers(required=True, metavar="COMMAND")
    _serving(commands)
    _keeping(commands)
    _answering(commands)
    add_commands(commands)
    return top


# --- serving -------------------------------------------------------------------------------------


def _serving(commands) -> None:
    run = commands.add_parser("serve", help="serve the chapters and open the browser")
    run.add_argument(
        "--host", default="127.0.0.1", help="address to listen on (default: this machine only)"
    )
    run.add_argument("--port", type=int, default=8866, help="port to listen on (default 8866)")
    run.add_argument(
        "--deal", help="a deal's id or a deal file; the last deal or the sample otherwise"
    )
    run.add_argument("--no-browser", action="store_true", help="print the address, open nothing")
    run.add_argument("--cert", help="certificate file, for any address but this machine's own")
    run.add_argument("--key", help="the certificate's key file")
    run.add_argument(
        "--insecure", action="store_true", help="listen beyond this machine without a certificate"
    )
    run.set_defaults(run=_serve)
    prepare = commands.add_parser("prepare", help="build the chart runtime (set-up does this)")
    prepare.set_defaults(run=_prepare)


def _serve(options) -> int:
    from serve.app import serve

    return serve(
        host=options.host,
        port=options.port,
        deal=options.deal,
        open_browser=not options.no_browser,
        cert=options.cert,
        key=options.key,
        insecure=options.insecure,
    )


def _prepare(options) -> None:
    from negotiation.pictures.runtime import ensure_runtime

    print(f"The chart runtime is ready: {ensure_runtime().name}")


# --- keeping -------------------------------------------------------------------------------------


def _keeping(commands) -> None:
    deals = commands.add_parser("deals", help="list the deals on this machine")
    deals.add_argument("--json", action="store_true", help="print JSON")
    deals.set_defaults(run=_deals)
    for name, help_text in (
        ("backup", "write every deal into one file"),
        ("restore", "bring the deals of a backup file back"),
    ):
        command = commands.add_parser(name, help=help_text)
        command.add_argument("file", type=Path, metavar="FILE")
        command.set_defaults(run=_backup if name == "backup" else _restore)


def _deals(options) -> None:
    from negotiation.desk import LocalDesk

    cards = LocalDesk().deals()
    if options.json:
        _print_json([card.model_dump(mode="json") for card in cards])
    elif not cards:
        print("There is no deal on this machine yet. `playbook serve` opens the deal room.")
    for card in () if options.json else cards:
        print(f"{card.id:<24}{card.title:<44}{card.state}")


def _backup(options) -> None:
    from negotiation.desk import backup

    print(backup(options.file))


def _restore(options) -> None:
    from negotiation.desk import restore

    print(restore(options.file))


# --- answering -----------------------------------------------------------------------------------


def _answering(commands) -> None:
    evaluate = _answer(commands, "evaluate", "both parties' business cases", _evaluate)
    evaluate.add_argument("--scenario", metavar="NAME", help="one scenario instead of all")
    evaluate.add_argument(
        "--pricing", metavar="MODEL", help="price the same volumes by another model"
    )
    simulate = _answer(commands, "simulate", "the spread of both cases by Monte Carlo", _simulate)
    simulate.add_argument(
        "--draws", type=int, metavar="N", help="number of draws (default: the deal's)"
    )
    simulate.add_argument(
        "--seed", type=int, metavar="S", help="seed of the draws (default: the deal's)"
    )
    invoice = _answer(commands, "invoice", "one month's invoice, line by line", _invoice)
    invoice.add_argument("--month", type=int, required=True, help="contract month, 1 is the first")
    invoice.add_argument(
        "--scenario", default="base", metavar="NAME", help="scenario (default base)"
    )


def _answer(commands, name: str, help_text: str, run):
    command = commands.add_parser(name, help=help_text)
    command.add_argument("file", type=Path, metavar="DEAL.json")
    command.add_argument(
        "--set",
        dest="settings",
        nargs="+",
        action="extend",
        default=[],
        metavar="PATH=VALUE",
        help="change terms or drivers first, e.g. terms.fx_collar=0.02",
    )
    command.add_argument(
        "--json", action="store_true", help="print JSON (the only form; kept for clarity)"
    )
    command.set_defaults(run=run)
    return command


def _evaluate(options) -> None:
    from negotiation.scenarios.answers import evaluate_answer

    _print_json(
        evaluate_answer(
            _deal(options),
            pricing=options.pricing,
            scenario=options.scenario,
            settings=options.settings,
        )
    )


def _simulate(options) -> None:
    from negotiation.scenarios.answers import simulate_answer

    _print_json(
        simulate_answer(
            _deal(options), draws=options.draws, seed=options.seed, settings=options.settings
        )
    )


def _invoice(options) -> None:
    from negotiation.scenarios.answers import invoice_answer

    _print_json(
        invoice_answer(
            _deal(options),
            month=options.month,
            scenario=options.scenario,
            settings=options.settings,
        )
    )


def _deal(options):
    from negotiation.files.deal_file import read_deal

    return read_deal(options.file)


def _print_json(answer) -> None:
    json.dump(answer, sys.stdout, indent=2, ensure_ascii=False, allow_nan=False)
    print()


if __name__ == "__main__":
    sys.exit(main())
