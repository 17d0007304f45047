"""A small deal for tests of the mechanics, with private rows and with rows inside rows."""

from typing import Literal

from pydantic import Field, model_validator

from negotiation.deal import Identity, Parts
from negotiation.values import Value
from widgets.state import DealState

Space = Literal["shared", "buyer", "supplier", "facilitator"]


class Note(Value):
    id: str
    text: str = ""
    space: Space = "shared"


class Driver(Value):
    id: str
    value: float = Field(0.0, ge=0)
    source: str = ""
    space: Space = "shared"
    notes: tuple[Note, ...] = ()


class ToyTerms(Value):
    unit_price: float = Field(1.65, gt=0)
    floor: float = 0.0
    cap: float = 0.035
    seasons: tuple[float, ...] = (1.0, 1.0)

    @model_validator(mode="after")
    def _floor_below_cap(self):
        if self.floor > self.cap:
            raise ValueError(f"The floor {self.floor} is above the cap {self.cap}.")
        return self


class ToyScenarios(Value):
    drivers: tuple[Driver, ...] = ()


class ToyDeal(Parts):
    identity: Identity = Identity(id="toy", title="Toy")
    terms: ToyTerms = ToyTerms()
    scenarios: ToyScenarios = ToyScenarios()


def toy_deal(**identity) -> ToyDeal:
    """Two shared drivers, two of the supplier's and one of the buyer's, notes on both sorts."""
    return ToyDeal(
        identity=Identity(id="toy", title="Toy", **identity),
        scenarios=ToyScenarios(
            drivers=(
                Driver(
                    id="volume",
                    value=150_000,
                    notes=(
                        Note(id="n1", text="counted by the switch"),
                        Note(id="n2", text="buyer doubts it", space="buyer"),
                    ),
                ),
                Driver(id="attrition", value=0.4),
                Driver(id="batna_price", value=2.1, space="buyer"),
                Driver(id="shrinkage", value=0.3, space="supplier"),
                Driver(id="wage", value=45_000, space="supplier"),
            )
        ),
    )


def price_that_both_changed(desk, here: float = 1.5, there: float = 1.8):
    """The state of a page opened after this side drafted a price and the other tabled another."""
    mine, theirs = DealState(desk=desk), DealState(desk=desk.at(seat="supplier"))
    mine.edit("terms.unit_price", here)
    theirs.edit("terms.unit_price", there)
    theirs.table()
    return DealState(desk=desk)
