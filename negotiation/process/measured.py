"""A process and its future states in figures, each state measured once.

Whoever needs several states of one process (savings, scenarios, a fair split) asks the same
`Measured` for them: two states that lead cases the same ways share the chain as well.
"""

from negotiation.process.graph import Chain, chain
from negotiation.process.maps import Map, at, future_of
from negotiation.process.measure import Figures, measure
from negotiation.process.prices import Exchange, own_currency
from negotiation.process.rows import Process


class Measured:
    """A process whose states are measured when they are first asked for.

    `before` is the same process before an edit: its chains hold where no way was changed.
    """

    def __init__(
        self, process: Process, money: Exchange = own_currency, before: "Measured | None" = None
    ):
        self.process, self.money = process, money
        self._earlier = before._chains if before else {}
        self._figures: dict[tuple[str, tuple[str, ...]], Figures] = {}
        self._chains: dict[tuple, Chain] = {}

    @property
    def today(self) -> Figures:
        """The figures of today's map."""
        return self.after("", ())

    def after(self, future: str, changes: tuple[str, ...]) -> Figures:
        """The figures after some changes of a future state, made in its listed order.

        `changes` are their ids; none of them is today. Raises `FieldError` when there is no such
        future state.
        """
        key = (future, changes) if changes else ("", ())
        if key not in self._figures:
            self._figures[key] = self.of(self._map(*key))
        return self._figures[key]

    def of(self, around: Map) -> Figures:
        """The figures of any state of the process that is at hand as a map."""
        return measure(around, self.money, self._chain(around))

    def _map(self, future: str, changes: tuple[str, ...]) -> Map:
        if not changes:
            return at(self.process)
        state = future_of(self.process, future)
        some = tuple(change for change in state.changes if change.id in changes)
        state = state.model_copy(update={"changes": some})
        return at(self.process.model_copy(update={"futures": (state,)}), future)

    def _chain(self, around: Map) -> Chain:
        """The chain of a map; handling times, waits and rates do not change it."""
        key = (tuple((step.id, step.kind) for step in around.steps), around.flows)
        if key not in self._chains:
            self._chains[key] = self._earlier.get(key) or chain(around)
        return self._chains[key]
