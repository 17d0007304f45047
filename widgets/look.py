"""The style sheet, shown once in a notebook; our own page template already has it."""

from IPython.display import display

from .control import Control, front_end


class Theme(Control):
    """Nothing to see: carries theme.css to the page."""

    _esm = front_end("look.js")
    _css = front_end("theme.css")


def theme() -> None:
    """Gives the notebook the playbook's look, in JupyterLab and in plain Voilà alike."""
    display(Theme())
