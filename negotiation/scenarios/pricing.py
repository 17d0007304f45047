"""Pricing models on the same volumes: what each would cost and earn."""

from collections.abc import Mapping
from dataclasses import dataclass

from negotiation.scenarios.settings import priced
from negotiation.scenarios.study import Study

# In a comparison "transaction" pays by the unit as the deal does, bands included where it has them;
# "per_unit" counts units and nothing else.
COMPARED = ("transaction", "per_unit", "fte", "cost_plus", "fixed_fee")


@dataclass(frozen=True)
class ModelFigures:
    """One pricing model in one scenario; a party's figures are None when it cannot be computed."""

    model: str
    case: str
    buyer_npv: float | None
    buyer_saving_share: float | None
    supplier_npv: float | None
    supplier_term_margin: float | None


def models(study: Study) -> Mapping[str, tuple[ModelFigures, ...]]:
    """Every pricing model in every scenario of the study, by model."""
    return {model: _model(study, model) for model in COMPARED}


def _model(study: Study, model: str) -> tuple[ModelFigures, ...]:
    other = Study(priced(study.terms, model), study.scenarios, study.book)
    return tuple(
        ModelFigures(
            model=model,
            case=figures.case.id,
            buyer_npv=figures.buyer and figures.buyer.amounts["npv"],
            buyer_saving_share=figures.buyer and figures.buyer.amounts["saving_share"],
            supplier_npv=figures.supplier and figures.supplier.amounts["npv"],
            supplier_term_margin=figures.supplier and figures.supplier.amounts["term_margin"],
        )
        for figures in other.cases
    )
