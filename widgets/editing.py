"""What a table and a form share: answers to edits, and the unsent queue's Python half."""

from collections.abc import Callable
from typing import Any

import traitlets as tl

from negotiation.values import FieldError

from . import fields
from .control import Callbacks, Control, token
from .fields import Field


class Editing(Control):
    """A control whose edits are answered, and acknowledged once they are saved.

    With a `state`, what is typed waits in the page's unsent queue (`queue` names the deal and seat)
    until the version that holds it is saved; without one nothing is stored in the page.
    """

    key = tl.Unicode().tag(sync=True)
    queue = tl.Unicode().tag(sync=True)

    def __init__(self, state: Any = None, **traits: Any):
        self._state = state
        self._edited = Callbacks()
        self._unsaved: list[str] = []
        super().__init__(**traits)
        if state is not None:
            self._name_queue()
            state.observe(self._name_queue, ["deal", "seat"])
            state.observe(self._acknowledge, "saved")

    def _name_queue(self, _change: Any = None) -> None:
        self.queue = f"{self._state.deal.identity.id}/{self._state.seat}"

    def _acknowledge(self, _change: Any = None) -> None:
        if self._state.saved == "saved" and self._unsaved:
            self.send({"event": "saved", "tokens": self._unsaved})
            self._unsaved = []

    def _answer(self, message: dict, sentence: str = "") -> None:
        """Tells the page that its message was taken, or the sentence why it was not."""
        mark = token(message)
        saved = self._state is None or self._state.saved == "saved"
        if not sentence and not saved:
            self._unsaved.append(mark)
        self.send({"event": "answer", "token": mark, "sentence": sentence, "saved": saved})

    def _try(self, message: dict, act: Callable[[], None]) -> None:
        """Acts, and answers: nothing when it worked, else the sentence why not."""
        try:
            act()
        except FieldError as error:
            self._answer(message, error.sentence)
        except Exception:
            self._answer(message, "This could not be worked out; the last valid state stays.")
            raise
        else:
            self._answer(message)

    def _take(self, field: Field, row: dict, typed: Any, tell: Callable[[Any], None]) -> None:
        """Reads `typed` and tells it; a refusal says which value is kept."""
        try:
            if not field.editable_in(row):
                raise FieldError(field.key, f"{field.label} cannot be changed here.")
            tell(fields.read(field, typed))
        except FieldError as error:
            sentence = fields.refusal(error.sentence, field, row)
            raise FieldError(error.path, sentence) from None
