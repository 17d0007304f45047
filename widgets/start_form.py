"""The cover of a deal: title, parties, money, term, dates, and what each side may read."""


from negotiation.deal import Parts

from .boxes import VBox
from .fields import Field
from .form import Form
from .state import DealState

CURRENCY_HELP = "Three letters, such as USD, EUR or PHP."
FIELDS = (
    Field("identity.title", "Title"),
    Field("identity.parties.buyer.name", "Buyer"),
    Field("identity.parties.supplier.name", "Supplier"),
    Field("identity.currency", "Currency", help=CURRENCY_HELP),
    Field("terms.start_month", "First month of service", "month", help="Such as 2027-01."),
    Field("terms.term_months", "Term", "number", unit="months", minimum=1, maximum=120,
          decimals=0),
    Field("identity.target_signing_date", "Signing date we aim for", "date", optional=True),
    Field("identity.retention_months", "Keep the history for", "number", unit="months", minimum=1,
          maximum=240, decimals=0, optional=True, help="Empty keeps it until the deal is deleted."),
)


class DealForm(VBox):
    """The facts on the cover, edited in place."""

    def __init__(self, state: DealState):
        self._form = Form(FIELDS, {}, key="identity", label="The deal", state=state)
        super().__init__([self._form])
        self.add_class("np-card").add_class("np-stack")
        self._form.on_edit(state.edit)
        state.follow(self._show, "identity", "terms")

    def _show(self, deal: Parts) -> None:
        """A deal with several suppliers shows the first one here."""
        supplier = deal.identity.party("supplier").id
        values = {field.key: deal.get(field.key) for field in FIELDS if "parties" not in field.key}
        values["identity.parties.buyer.name"] = deal.identity.party("buyer").name
        values["identity.parties.supplier.name"] = deal.get(f"identity.parties.{supplier}.name")
        self._form.values = values
