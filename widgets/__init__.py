"""What people touch and see. Names are imported when they are first asked for.

No public name is also the name of a module here: once imported, the module would hide it.
"""

from importlib import import_module

_HOMES = {
    "Action": "action",
    "Column": "fields",
    "DealState": "state",
    "Download": "action",
    "Field": "fields",
    "Form": "form",
    "ProcessMap": "map",
    "Progress": "action",
    "Sheet": "sheet",
    "SheetColumn": "sheet",
    "Table": "table",
    "Upload": "action",
    "VegaChart": "chart",
    "open_deal": "session",
    "theme": "look",
}

__all__ = sorted(_HOMES)


def __getattr__(name: str):
    if name not in _HOMES:
        raise AttributeError(f"widgets has no {name!r}; it has {', '.join(__all__)}")
    # Importing a module puts it here under its own name: `theme` must stay what it stands for.
    found = globals()[name] = getattr(import_module(f".{_HOMES[name]}", __name__), name)
    return found


def __dir__() -> list[str]:
    return __all__
