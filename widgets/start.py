"""What the deal room shows, one piece for each question it asks."""

from .start_book import OpenBook
from .start_brief import ReturnBrief
from .start_deals import DealList
from .start_form import DealForm
from .start_people import People
from .start_places import Places
from .start_promises import HandshakeLog
from .start_road import RoadToSignature
from .start_route import RoutePicker
from .start_rules import GroundRules
from .start_seat import SeatPicker

__all__ = [
    "DealForm",
    "DealList",
    "GroundRules",
    "HandshakeLog",
    "OpenBook",
    "People",
    "Places",
    "ReturnBrief",
    "RoadToSignature",
    "RoutePicker",
    "SeatPicker",
]
