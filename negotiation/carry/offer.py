"""A figure that one part of a deal can give another, and how the use that was made of it stands.

Nothing here knows where figures come from or go: whoever links two parts finds the offers, writes
the value, and leaves pin and state to this module.
"""

from dataclasses import dataclass
from typing import Any, Literal

from negotiation.carry.rows import Pin, Sourced

State = Literal["new", "in use", "out of date", "overwritten", "gone"]
Figure = float | tuple[float, ...]
_CLOSE = 1e-9


@dataclass(frozen=True)
class Offer(Sourced):
    """One figure and the place that can use it.

    `source` names the figure as a pin's does; `figure` is what it is now,
    `value` what would stand at `target`, `there` what stands there now. `space` is the place's.
    With a `problem` (a sentence) it cannot be taken over; in the state "gone" the use has lost its
    source or its place, and the sentence says which.
    """

    id: str
    source: str
    target: str
    space: str
    name: str
    words: str
    unit: str
    figure: Figure
    value: Figure
    there: Any
    state: State
    problem: str = ""


def state_of(pin: Pin | None, figure: Figure, value: Figure, there: Any) -> State:
    """How the use that `pin` remembers stands to what the figure and its place are now."""
    if pin is None:
        return "new"
    if not same(pin.written, there):
        return "overwritten"
    return "in use" if same(pin.taken, figure) and same(there, value) else "out of date"


def same(one: Any, other: Any) -> bool:
    """Whether two figures are equal up to rounding; nothing equals only nothing."""
    if one is None or other is None or isinstance(one, str) or isinstance(other, str):
        return one is other
    left = one if isinstance(one, tuple) else (one,)
    right = other if isinstance(other, tuple) else (other,)
    return len(left) == len(right) and all(
        abs(a - b) <= _CLOSE * max(1.0, abs(a), abs(b)) for a, b in zip(left, right, strict=True)
    )


def pin_at(deal: Any, source: str, target: str) -> Pin | None:
    """The pin of this figure at this place."""
    pins = deal.carried.pins
    return next((pin for pin in pins if (pin.source, pin.target) == (source, target)), None)


def pinned(deal: Any, offer: Offer) -> Any:
    """The deal with the use of an offer remembered; a place remembers one source."""
    for row in deal.carried.pins:
        if row.space == offer.space and offer.target == row.target:
            deal = deal.remove(f"carried.pins.{row.id}")
    taken = {row.id for row in deal.carried.pins}
    # In open book the other side's pin may have the id; ours is then shown with its space.
    pin_id = offer.id if offer.id not in taken else f"{offer.id[:48]}--{offer.space}"
    pin = Pin(id=pin_id, space=offer.space, source=offer.source, target=offer.target,
              name=f"{offer.name}, from the process map", taken=offer.figure,
              written=offer.value)  # fmt: skip
    return deal.add("carried.pins", pin)


def uses(deal: Any, source: str) -> tuple[Pin, ...]:
    """Where figures whose name begins with `source` are in use."""
    return tuple(pin for pin in deal.carried.pins if pin.source.startswith(source))


def without(deal: Any, places: tuple[str, ...], seat: str) -> tuple[Pin, ...]:
    """The pins that stay when what lies at or below `places` goes.

    A row or scenario takes its pins with it; those in the other side's space are not ours to drop.
    """
    return tuple(
        pin for pin in deal.carried.pins
        if pin.space not in ("shared", seat)
        or not any(f"{pin.target}.".startswith(f"{place}.") for place in places)
    )  # fmt: skip
