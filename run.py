#!/usr/bin/env python3
"""Set up and open the playbook, with nothing installed but Python.

    python3 run.py                set up, serve, open the browser at the deal room
    python3 run.py test [ARGS]    set up, run every test (ARGS go to pytest)
    python3 run.py bench [NAME]   set up, run the benchmarks and print a table
    python3 run.py lab            set up, open the chapters in JupyterLab
    python3 run.py setup          set up and stop

Anything else is handed to the `playbook` command, e.g. `python3 run.py serve --port 9000`.
Set-up makes `.venv` beside this file and is skipped while nothing it rests on has changed.
"""

import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
VENV = HERE / ".venv"
BIN = VENV / ("Scripts" if os.name == "nt" else "bin")
PYTHON = BIN / ("python.exe" if os.name == "nt" else "python")
STAMP = VENV / "playbook-setup"
LOCK = HERE / "requirements.lock"
OLDEST = (3, 11)


class SetUpError(Exception):
    """One sentence for the person at the keyboard: what failed and what to do."""


def main(words):
    command, rest = (words[0], words[1:]) if words else ("serve", [])
    if command in ("-h", "--help", "help"):
        print(__doc__)
        return 0
    try:
        set_up()
        return hand_over(command, rest)
    except SetUpError as error:
        print(f"\n{error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


def hand_over(command, rest):
    """Run the asked-for command inside `.venv` and return its exit code."""
    if command == "setup":
        print("The playbook is set up. Start it with: python3 run.py")
        return 0
    here = {
        "test": [
            "-m",
            "pytest",
            "--nbval-lax",
            "--nbval-current-env",
            *(rest or ["tests", "playbook"]),
        ],
        "bench": ["-m", "tests.bench", *rest],
        "lab": ["-m", "jupyter", "lab", "--notebook-dir", str(HERE), *rest],
    }
    inside = here.get(command, ["-m", "serve.cli", command, *rest])
    # The playbook command runs where its caller stands, so that files are found as they are named.
    place = HERE if command in here else None
    return subprocess.run([str(PYTHON), *inside], cwd=place, env=environment()).returncode


def environment():
    """The caller's environment with the virtual environment's commands first."""
    return {
        **os.environ,
        "PATH": f"{BIN}{os.pathsep}{os.environ.get('PATH', '')}",
        "VIRTUAL_ENV": str(VENV),
    }


def set_up():
    """Make `.venv` hold exactly what `requirements.lock` names, and the checkout itself."""
    check_python()
    wanted = fingerprint()
    if PYTHON.exists() and STAMP.exists() and STAMP.read_text() == wanted:
        return
    print("Setting up the playbook. This happens once and takes a minute or two.", flush=True)
    STAMP.unlink(missing_ok=True)
    make_venv()
    install(
        "2/4  Installing the packages named in requirements.lock",
        "--require-hashes",
        "-r",
        str(LOCK),
    )
    install(
        "3/4  Installing the playbook itself", "--no-deps", "--no-build-isolation", "-e", str(HERE)
    )
    step("4/4  Preparing the chart runtime")
    run_inside(["-m", "serve.cli", "prepare"], "The chart runtime could not be prepared.")
    STAMP.write_text(wanted)


def check_python():
    if sys.version_info < OLDEST:
        here = ".".join(map(str, sys.version_info[:3]))
        need = ".".join(map(str, OLDEST))
        raise SetUpError(
            f"The playbook needs Python {need} or newer, and this is Python {here}. "
            f"Install a newer Python and start again with it, "
            f"for example: python{need} run.py"
        )
    missing = [name for name in ("venv", "ensurepip") if importlib.util.find_spec(name) is None]
    if missing:
        raise SetUpError(
            f"This Python comes without its '{missing[0]}' module, which set-up needs. "
            "On Debian or Ubuntu: sudo apt install python3-venv, then start again."
        )


def fingerprint():
    """Changes whenever set-up has to run again."""
    digest = hashlib.sha256()
    for part in (
        LOCK.read_bytes(),
        (HERE / "pyproject.toml").read_bytes(),
        sys.version.encode(),
        str(HERE).encode(),
    ):
        digest.update(part)
    return digest.hexdigest()


def make_venv():
    step("1/4  Making .venv")
    if VENV.exists():
        shutil.rmtree(VENV, ignore_errors=True)
    made = subprocess.run([sys.executable, "-m", "venv", str(VENV)], capture_output=True, text=True)
    if made.returncode:
        raise SetUpError(explain(made.stdout + made.stderr, "The folder .venv could not be made."))


def install(title, *words):
    step(title)
    run_inside(
        ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-input", *words],
        "The packages could not be installed.",
    )


def run_inside(words, failure):
    done = subprocess.run(
        [str(PYTHON), *words], cwd=HERE, env=environment(), capture_output=True, text=True
    )
    if done.returncode:
        raise SetUpError(explain(done.stdout + done.stderr, failure))


# What the tools say when something is wrong, and the remedy for it: the first match speaks.
REMEDIES = (
    (
        ("No space left on device", "Errno 28"),
        "The disk is full: free about 1.5 GB and start again.",
    ),
    (
        ("Permission denied", "Errno 13", "Read-only file system"),
        "This folder cannot be written to: move the checkout to a folder of your own and start "
        "again.",
    ),
    (
        ("DO NOT MATCH THE HASHES",),
        "A downloaded package is not the one that requirements.lock names, so nothing of it was "
        "installed. Start again; if it happens twice, ask whoever runs your package index.",
    ),
    (
        (
            "NameResolutionError",
            "Failed to establish a new connection",
            "Connection refused",
            "ConnectTimeout",
            "Network is unreachable",
            "ProxyError",
            "Temporary failure in name",
        ),
        "The package index cannot be reached. Set-up needs the network once; check the connection "
        "or the proxy and start again.",
    ),
    (
        ("SSLError", "CERTIFICATE_VERIFY_FAILED"),
        "The package index's certificate was not accepted. On a company network, point PIP_CERT at "
        "the company's certificate file and start again.",
    ),
    (
        ("No matching distribution", "Could not find a version"),
        "The package index does not hold a package that requirements.lock names for this Python "
        "and "
        "machine. Check the index that pip is set to, then start again.",
    ),
)


def explain(output, otherwise):
    """The sentence for a failed tool, its own last words beneath."""
    for signs, sentence in REMEDIES:
        if any(sign in output for sign in signs):
            return sentence
    last = "\n".join(f"    {line}" for line in output.strip().splitlines()[-6:])
    return f"{otherwise} The last words of the tool were:\n{last}"


def step(title):
    print(f"  {title} …", flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
