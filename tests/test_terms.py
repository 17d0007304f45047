"""Terms: what they hold, and the sentences that refuse what they cannot."""

import pytest

from negotiation.terms import Terms
from negotiation.values import FieldError, read


def test_every_number_of_the_terms_has_a_unit_a_title_and_limits():
    for name, field in Terms.model_fields.items():
        extra = field.json_schema_extra
        assert field.title and field.description and extra["unit"] and extra["group"], name
    schema = Terms.model_json_schema()["properties"]
    for name, shown in schema.items():
        kinds = {shown.get("type"), *(part.get("type") for part in shown.get("anyOf", ()))}
        if kinds & {"number", "integer"}:
            text = str(shown)
            assert "inimum" in text and "aximum" in text, name


@pytest.mark.parametrize(
    ("changes", "path", "part"),
    [
        ({"unit_price": "abc"}, "unit_price", "not a number"),
        ({"unit_price": -1}, "unit_price", "at least 0"),
        ({"term_months": 121}, "term_months", "at most 120"),
        ({"term_months": 0}, "term_months", "at least 1"),
        ({"term_months": 1.5}, "term_months", "not a whole number"),
        ({"deadband_mode": "steep"}, "deadband_mode", "'cliff' or 'marginal'"),
        ({"fx_colar": 1}, "fx_colar", "no field of this name"),
        ({"cola_floor": 0.05}, "", "the floor must be at most the cap"),
        ({"unit_price": float("nan")}, "unit_price", "not a number"),
        ({"gain_share": {"share": 1.2}}, "gain_share.share", "at most 1"),
    ],
)
def test_what_does_not_fit_is_refused_at_its_field_with_a_sentence(changes, path, part):
    with pytest.raises(FieldError) as caught:
        read(Terms, {**Terms().model_dump(), **changes})
    assert caught.value.path == path
    assert part in caught.value.sentence


YEARS = [(1, 1), (12, 1), (13, 2), (18, 2), (36, 3), (120, 10)]


@pytest.mark.parametrize(("months", "years"), YEARS)
def test_a_part_year_is_a_contract_year_begun(months, years):
    assert Terms(term_months=months).years == years


def test_a_number_written_as_text_is_read_as_the_number():
    assert read(Terms, {"unit_price": "1.65"}).unit_price == 1.65


def test_the_months_of_a_term_run_over_the_turn_of_the_year():
    assert Terms(start_month="2027-11", term_months=4).months == (
        "2027-11", "2027-12", "2028-01", "2028-02",
    )  # fmt: skip
