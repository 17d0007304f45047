"""Widgets that keep silent until a page is there to hear them.

While a chapter's cells run, its page has no front end yet. Each widget would announce itself and
every change all the same. The front end's first word is a channel of its own or a message to a
widget, by which it asks for all states; from then on everything is said as usual. Garbage is not
looked for until then either: a chapter's first cells leave none worth the search.
"""

import gc
from typing import Any

import comm
from ipykernel.comm.comm import BaseComm
from ipykernel.kernelbase import Kernel


class UnheardComm(BaseComm):
    """A widget's channel to the browser, silent until the browser has spoken."""

    _heard = False

    def __init__(self, *arguments: Any, primary: bool = True, **named: Any):
        if not primary:  # the browser opened it
            _be_heard()
        super().__init__(*arguments, primary=primary, **named)

    def handle_msg(self, msg: dict) -> None:
        _be_heard()
        super().handle_msg(msg)

    def publish_msg(self, msg_type: str, *arguments: Any, **named: Any) -> None:
        if UnheardComm._heard:
            super().publish_msg(msg_type, *arguments, **named)
        else:
            self.kernel = Kernel.instance()  # a widget takes a channel without one for closed


def keep_silent() -> None:
    """Give every widget of this process such a channel; call it once the kernel is imported."""
    comm.create_comm = UnheardComm
    gc.disable()


def _be_heard() -> None:
    if not UnheardComm._heard:
        UnheardComm._heard = True
        gc.enable()
