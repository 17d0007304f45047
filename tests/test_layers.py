"""Imports go one way: playbook, serve -> widgets -> desk, store, files, pictures -> the model."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
JUPYTER = {"ipywidgets", "anywidget", "traitlets", "IPython", "ipykernel", "voila"}
OUTER = {"widgets", "serve", "playbook", "tests"}
# Room -> what it must not import. The longest room that fits a module is its room.
FORBIDDEN = {
    "negotiation": JUPYTER | OUTER | {
        "sqlalchemy", "sqlite3", "altair", "pandas", "openpyxl", "platformdirs", "random",
        "secrets", "negotiation.desk", "negotiation.store", "negotiation.pictures",
    },
    "negotiation.files": JUPYTER | OUTER | {
        "sqlalchemy", "sqlite3", "altair", "negotiation.desk", "negotiation.store",
        "negotiation.pictures",
    },
    "negotiation.pictures": JUPYTER | OUTER | {
        "sqlalchemy", "sqlite3", "negotiation.desk", "negotiation.store",
    },
    "negotiation.store": JUPYTER | OUTER | {"altair", "pandas", "negotiation.desk"},
    "negotiation.desk": JUPYTER | OUTER | {"sqlalchemy", "sqlite3", "altair", "pandas"},
    "widgets": {"serve", "playbook", "tests", "sqlalchemy", "sqlite3", "negotiation.store"},
    "serve": {"playbook", "tests", "sqlalchemy", "sqlite3", "negotiation.store"},
}
MODULES = sorted(
    path for room in ("negotiation", "widgets", "serve") for path in (ROOT / room).rglob("*.py")
)


def name_of(path):
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imports_of(source, module, is_package):
    """The full names of everything that a module's source imports."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            package = module.split(".")
            package = package[: len(package) - node.level + is_package] if node.level else []
            stem = ".".join([*package, *([node.module] if node.module else [])])
            yield from (f"{stem}.{alias.name}" for alias in node.names)


def trespasses(source, module, is_package=False):
    rooms = [room for room in FORBIDDEN if module == room or module.startswith(room + ".")]
    forbidden = FORBIDDEN[max(rooms, key=len)]
    return [
        name
        for name in imports_of(source, module, is_package)
        if any(name == other or name.startswith(other + ".") for other in forbidden)
    ]


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_a_module_imports_only_what_its_room_allows(path):
    assert trespasses(path.read_text(), name_of(path), path.name == "__init__.py") == []


@pytest.mark.parametrize(
    ("module", "source"),
    [
        ("negotiation.terms", "import sqlalchemy.orm"),
        ("negotiation.terms", "from .store import Store"),
        ("negotiation.scenarios.engine", "from ..desk import LocalDesk"),
        ("negotiation.desk.local", "from widgets.state import DealState"),
        ("negotiation.files.tables", "from negotiation import store"),
        ("widgets.state", "from negotiation.store import Store"),
    ],
)
def test_a_trespass_is_noticed(module, source):
    assert trespasses(source, module)


def kinds_of_value(source):
    """The definitions of types that a module gives a name, such as `Annotated[str, …]`."""
    named = (node.value for node in ast.parse(source).body if isinstance(node, ast.Assign))
    told = (ast.unparse(value) for value in named if isinstance(value, ast.Subscript))
    return [words for words in told if re.match(r"(Annotated|Literal|Callable|NDArray)\[", words)]


def test_no_kind_of_value_is_defined_in_two_modules():
    assert kinds_of_value("A = Annotated[str, 1]\nb = rows[0]") == ["Annotated[str, 1]"]
    homes = {}
    for path in (ROOT / "negotiation").rglob("*.py"):
        for kind in kinds_of_value(path.read_text()):
            homes.setdefault(kind, set()).add(name_of(path))
    assert {kind: names for kind, names in homes.items() if len(names) > 1} == {}


LONGEST = 60


def too_long(source):
    """(name, lines) of every function of a module that is longer than `LONGEST` lines."""
    functions = (ast.FunctionDef, ast.AsyncFunctionDef)
    return [
        (node.name, node.end_lineno - node.lineno + 1)
        for node in ast.walk(ast.parse(source))
        if isinstance(node, functions) and node.end_lineno - node.lineno + 1 > LONGEST
    ]


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_no_function_is_longer_than_a_screen(path):
    assert too_long(path.read_text()) == []


def test_a_long_function_is_noticed_and_one_of_sixty_lines_is_not():
    lines = ["    x = 1"] * 59
    assert too_long("\n".join(["def fits():", *lines])) == []
    body = [*(f"    {line}" for line in lines), "        y = 2"]
    method = ["class C:", "    async def long(self):", *body]
    assert too_long("\n".join(method)) == [("long", 61)]


@pytest.mark.parametrize(
    ("package", "heavy"),
    [
        ("widgets", ["altair", "pandas", "sqlalchemy", "negotiation"]),
        ("negotiation", ["altair", "pandas", "sqlalchemy", "pydantic"]),
        ("negotiation.deal", ["altair", "pandas", "sqlalchemy", "IPython"]),
    ],
)
def test_importing_a_room_brings_in_nothing_heavy(package, heavy):
    script = f"import sys, {package}; print([n for n in {heavy!r} if n in sys.modules])"
    told = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert told.stdout.strip() == "[]"


def test_no_widget_is_a_box_or_an_output_that_a_served_page_pays_dearly_for():
    """`widgets/boxes.py` has the boxes; `serve/cells.py` says why there is no Output."""
    dear = re.compile(r"\bipw\.(VBox|HBox|Box|Output|GridBox)\b")
    files = [path for path in (ROOT / "widgets").glob("*.py") if path.name != "boxes.py"]
    assert files
    assert [path.name for path in files if dear.search(path.read_text(encoding="utf-8"))] == []
