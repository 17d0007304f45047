"""The pictures of the scenarios chapter: who gains what, when, and at which price both can live.

Each picture is a function of named tables (`Data`); the matching `…_data` function makes them from
plain rows. Every picture is one layered view, so it fills the width of its card on any screen.
"""

from .scenarios_course import cash, cash_data, years, years_data
from .scenarios_prices import (
    levers,
    levers_data,
    models,
    models_data,
    price_range,
    price_range_data,
)
from .scenarios_risk import spread, spread_data, tornado, tornado_data

__all__ = [
    "cash", "cash_data", "levers", "levers_data", "models", "models_data", "price_range",
    "price_range_data", "spread", "spread_data", "tornado", "tornado_data", "years", "years_data",
]  # fmt: skip
