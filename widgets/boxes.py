"""Boxes, and what lets every widget of ours do with one message fewer."""

import ipywidgets as ipw
import traitlets as tl

_LAYOUT = "layout"


class LateLayout(ipw.DOMWidget):
    """A widget whose `layout` comes into being when it is first asked for.

    A `Layout` is a widget with forty traits and a channel of its own, and nearly all stay empty:
    our looks are class names. Until then the browser is told that there is none.
    """

    def get_state(self, key=None, drop_defaults=False):
        if key is not None or _LAYOUT in self._trait_values:
            return super().get_state(key, drop_defaults)
        told = [name for name in self.keys if name != _LAYOUT]
        return {**super().get_state(told, drop_defaults), _LAYOUT: None}

    def __repr__(self) -> str:
        """Its kind alone: a box would name all it holds, to be cut after a hundred letters."""
        return f"<{type(self).__name__}>"

    @tl.default(_LAYOUT)
    def _laid_out(self) -> ipw.Layout:
        layout = ipw.Layout()
        if self.comm is not None:
            state = {_LAYOUT: f"IPY_MODEL_{layout.model_id}"}
            self._send({"method": "update", "state": state, "buffer_paths": []})
        return layout


class VBox(LateLayout, ipw.VBox):
    """Its children below each other."""


class HBox(LateLayout, ipw.HBox):
    """Its children beside each other."""
