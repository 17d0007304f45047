"""Terms and drivers as files: what goes out comes back, and what is hostile becomes a sentence."""

import io
import zipfile

import openpyxl
import pytest

from negotiation.files import drivers, tables
from negotiation.scenarios.rows import Case, Driver, Scenarios
from negotiation.terms import GainShare, Metric, Terms
from negotiation.values import FieldError, Value


class Paper(Value):
    """The two parts of a deal that the file holds."""

    terms: Terms
    scenarios: Scenarios


@pytest.fixture
def paper():
    return Paper(
        terms=Terms(
            unit_price=1.65,
            fx_base_rate=None,
            metrics=(Metric(id="SL", title="Service level", weight=0.4),),
            gain_share=GainShare(threshold=25_000, share=0.45, cap=200_000),
        ),
        scenarios=Scenarios(
            cases=(
                Case(id="base", title="Base", probability=0.75),
                Case(id="worst", title="Worst", probability=0.25),
            ),
            drivers=(
                Driver(
                    id="volume",
                    value=1.0,
                    by_scenario={"worst": (0.95, 0.82, 0.7)},
                    low=0.8,
                    mode=1.0,
                    high=1.12,
                    source='=HYPERLINK("http://x")',
                    owner="Ana, Ops",
                ),
                Driver(
                    id="attrition", space="supplier", value=0.4, evidence="'24 survey\nsecond line"
                ),
                Driver(id="seat_basis", space="supplier", value="baseline"),
            ),
            estimates=(Driver(id="sga", space="buyer", value=0.1 + 0.2, note="-guess"),),
        ),
    )


WRITERS = {"csv": drivers.to_csv, "xlsx": drivers.to_xlsx}


@pytest.mark.parametrize("kind", WRITERS)
def test_a_file_that_nobody_touched_changes_nothing(paper, kind):
    assert drivers.read(paper, f"deal.{kind}", WRITERS[kind](paper)) == []


@pytest.mark.parametrize("kind", WRITERS)
def test_equal_content_makes_equal_bytes(paper, kind):
    assert WRITERS[kind](paper) == WRITERS[kind](paper)


@pytest.mark.parametrize("kind", WRITERS)
def test_a_file_read_into_an_empty_deal_gives_every_driver_back(paper, kind):
    blank = paper.replace(scenarios=paper.scenarios.replace(drivers=(), estimates=()))
    pairs = dict(drivers.read(blank, f"deal.{kind}", WRITERS[kind](paper)))
    back, there = pairs["scenarios.drivers"], paper.scenarios.drivers
    assert back == there
    estimate = pairs["scenarios.estimates"][0]
    assert estimate.value == pytest.approx(0.3, rel=1e-15)
    assert estimate.note == "-guess"


@pytest.mark.parametrize("kind", WRITERS)
def test_a_changed_cell_comes_back_as_a_change_and_nothing_else(paper, kind):
    dearer = paper.replace(terms=paper.terms.replace(unit_price=1.72))
    assert drivers.read(paper, f"d.{kind}", WRITERS[kind](dearer)) == [("terms.unit_price", 1.72)]


def test_a_case_cell_changes_the_value_of_that_case_alone(paper):
    text = "path\tvalue\tcase worst\nscenarios.drivers.attrition\t0.4\t0.6"
    [(path, rows)] = drivers.read(paper, "pasted", text.encode())
    assert path == "scenarios.drivers"
    assert (rows[1].value, rows[1].at("worst"), rows[1].evidence) == (
        0.4,
        0.6,
        "'24 survey\nsecond line",
    )
    assert rows[0] == paper.scenarios.drivers[0]


def test_a_spreadsheet_with_decimal_commas_is_understood(paper):
    text = "path;value\nterms.unit_price;1,72\n"
    assert drivers.read(paper, "x.csv", text.encode("cp1252")) == [("terms.unit_price", 1.72)]


def test_a_formula_in_a_name_stays_text_in_both_files(paper):
    assert b"'=HYPERLINK" in drivers.to_csv(paper)
    book = openpyxl.load_workbook(io.BytesIO(drivers.to_xlsx(paper)))
    cells = [
        cell for row in book.active.iter_rows() for cell in row if "HYPERLINK" in str(cell.value)
    ]
    assert [cell.data_type for cell in cells] == ["s"]


def refusal(paper, name, content):
    with pytest.raises(FieldError) as caught:
        drivers.read(paper, name, content)
    assert caught.value.path == "file"
    return caught.value.sentence


@pytest.mark.parametrize(
    "line, words",
    [
        ('terms.unit_price,"1,234.5"', "Line 2, value: “1,234.5” is not a number"),
        ("terms.unit_price,much", "Line 2, value: “much” is not a number"),
        ("terms.nonsense,1", "Line 2, path: there is no term “terms.nonsense”"),
        ("identity.title,1", "names no term or driver"),
        ("scenarios.drivers.attrition,-1", "Attrition must be between 0 and 5"),
        ("scenarios.drivers.season,1; 2; 3", "Season needs 12 factors"),
        ("scenarios.drivers.bad id,1", "Line 2"),
        ("terms.unit_price,", "this term needs a number"),
    ],
)
def test_a_wrong_cell_is_named_with_its_line_and_nothing_is_taken(paper, line, words):
    sentence = refusal(paper, "x.csv", f"path,value\n{line}\n".encode())
    assert words in sentence
    assert sentence.endswith("Nothing was taken.")


def workbook(*rows):
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    raw = io.BytesIO()
    book.save(raw)
    return raw.getvalue()


def test_a_formula_in_a_workbook_is_refused_at_its_cell(paper):
    content = workbook(["path", "value"], ["terms.unit_price", "=1+1"])
    assert "Cell B2" in refusal(paper, "x.xlsx", content)


def test_an_error_cell_is_refused_at_its_cell(paper):
    content = workbook(["path", "value"], ["terms.unit_price", "#REF!"])
    assert "holds the error #REF!" in refusal(paper, "x.xlsx", content)


@pytest.mark.parametrize("cut", [10, 400, 2000])
def test_a_workbook_cut_short_is_said_to_be_broken(paper, cut):
    assert "broken" in refusal(paper, "x.xlsx", drivers.to_xlsx(paper)[:cut])


def test_a_workbook_that_is_something_else_is_said_so(paper):
    assert "not a workbook" in refusal(paper, "x.xlsx", b"hello")
    assert "old or encrypted" in refusal(
        paper, "x.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"x" * 99
    )
    assert "neither a CSV file" in refusal(paper, "x.csv", b"path,value\x00\x01")
    assert "empty" in refusal(paper, "x.csv", b"")


def repacked(content, name, data):
    raw = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as old,
        zipfile.ZipFile(raw, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for member in old.namelist():
            if member != name:
                new.writestr(member, old.read(member))
        new.writestr(name, data)
    return raw.getvalue()


def test_a_zip_bomb_is_refused_before_it_unpacks(paper):
    bomb = repacked(drivers.to_xlsx(paper), "xl/media/x.bin", b"0" * (tables.UNPACKED_BYTES + 1))
    assert len(bomb) < tables.FILE_BYTES
    assert "unpacks to more than 20 MB" in refusal(paper, "x.xlsx", bomb)


def test_entities_in_a_workbook_are_refused(paper):
    evil = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'
    content = repacked(drivers.to_xlsx(paper), "xl/sharedStrings.xml", evil)
    assert "definitions that no spreadsheet writes" in refusal(paper, "x.xlsx", content)


def test_a_cell_far_out_does_not_make_a_huge_grid(paper):
    book = openpyxl.Workbook()
    book.active.append(["path", "value"])
    book.active["XFD1048576"] = 1
    raw = io.BytesIO()
    book.save(raw)
    assert "up to 2,000 lines" in refusal(paper, "x.xlsx", raw.getvalue())


def test_limits_are_sentences(paper):
    assert "larger than 2 MB" in refusal(paper, "x.csv", b"x" * (tables.FILE_BYTES + 1))
    many = "path,value\n" + "terms.unit_price,1\n" * (tables.ROWS + 1)
    assert "up to 2,000 lines" in refusal(paper, "x.csv", many.encode())
    wide = "path,value" + ",x" * tables.COLUMNS
    assert "60 columns" in refusal(paper, "x.csv", wide.encode())
    long = f"path,value\nterms.resource_unit,{'x' * 4001}"
    assert "4,000 characters" in refusal(paper, "x.csv", long.encode())


def test_a_header_must_name_the_columns_once(paper):
    assert "missing: path, value" in refusal(paper, "x.csv", b"a,b\n1,2")
    assert "there twice" in refusal(paper, "x.csv", b"path,value,value\n1,2,3")


@pytest.mark.parametrize("write", [drivers.to_csv, drivers.to_xlsx])
@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("value", (0.05,)),
        ("by_scenario", ({"id": "worst", "value": None},)),
        ("note", " with spaces \n around "),
        ("value", 1 / 3),
    ],
)
def test_a_file_that_nobody_changed_changes_nothing(write, field, value):
    from negotiation.files.deal_file import sample

    deal = sample().set(f"scenarios.drivers.wage.{field}", value)
    name = "back.csv" if write is drivers.to_csv else "back.xlsx"
    assert drivers.read(deal, name, write(deal)) == []


def test_fifteen_digits_of_a_spreadsheet_are_the_same_number():
    from negotiation.files.deal_file import sample

    deal = sample().set("scenarios.drivers.wage.value", 1 / 3)
    lines = drivers.to_csv(deal).decode("utf-8-sig").replace(repr(1 / 3), "0.333333333333333")
    assert drivers.read(deal, "back.csv", lines.encode()) == []
