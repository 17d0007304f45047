"""The one loader of `data/`: beside a checkout, or inside the installed package."""

from pathlib import Path

_HERE = Path(__file__).resolve().parent


def data_folder() -> Path:
    """Where the playbook's data lie."""
    # A checkout has no `_data`; beside an installed package `data` would be somebody else's.
    packaged = _HERE.parent / "_data"
    return packaged if packaged.is_dir() else _HERE.parents[1] / "data"


def data_file(name: str) -> Path:
    """The file `name` (such as `deals/harbor-luzon.json`) in the data folder.

    Raises `FileNotFoundError` with the names there are.
    """
    path = data_folder() / name
    if not path.is_file():
        known = ", ".join(sorted(other.name for other in path.parent.glob("*.*")))
        raise FileNotFoundError(f"There is no data file '{name}'; there is: {known or 'nothing'}.")
    return path


def sample_ids() -> tuple[str, ...]:
    """The sample deals that come with the playbook."""
    return tuple(sorted(path.stem for path in (data_folder() / "deals").glob("*.json")))
