"""A process from a spreadsheet, and maps as tables out and in again."""

import io
import random
import zipfile

import openpyxl
import pytest

from negotiation import plain
from negotiation.files import tables
from negotiation.files.deal_file import sample
from negotiation.files.limits import MAP_UNPACKED_BYTES
from negotiation.files.map_sheet import read_sheet, write_sheet, write_sheet_xlsx
from negotiation.files.map_tables import (
    read_map,
    read_map_at,
    read_tables,
    write_tables,
    write_zip,
)
from negotiation.files.mermaid import write_mermaid
from negotiation.process.maps import Map
from negotiation.process.rows import Flow, Lane, Process, Rate, Step, Team
from negotiation.values import FieldError
from tests.process_toys import shared


def pasted(text):
    found = read_sheet("pasted", text.encode(), bare=True)
    return found.process, " ".join(found.notes)


def ways(process):
    names = {step.id: step.name for step in process.steps}
    return [(names[f.source], names[f.target], f.probability, f.label) for f in process.flows]


def kinds(process):
    return {step.name: step.kind for step in process.steps}


def refusal(read, *words):
    with pytest.raises(FieldError) as caught:
        read(*words)
    assert caught.value.path == "file"
    return caught.value.sentence


# --- one sheet, as a team has it


def test_a_list_of_activities_becomes_a_line_from_start_to_end():
    process, notes = pasted("Activity\tRole\tMinutes\nOpen mail\tClerk\t2\nPay\tBank\t5,5\n")
    assert kinds(process) == {"Start": "start", "Open mail": "task", "Pay": "task", "End": "end"}
    assert {(s, t) for s, t, *_ in ways(process)} == {
        ("Start", "Open mail"), ("Open mail", "Pay"), ("Pay", "End"),
    }  # fmt: skip
    assert [(s.handling_min, Map(process).lane_of(s).name) for s in process.steps[1:3]] == [
        (2, "Clerk"), (5.5, "Bank"),
    ]  # fmt: skip
    assert "Kinds were guessed" in notes


def test_a_bare_list_of_steps_is_enough():
    process, notes = pasted("Open mail\nCheck it\nPay it")
    assert list(kinds(process)) == ["Start", "Open mail", "Check it", "Pay it", "End"]
    assert "one" in notes and len(process.lanes) == 1


def test_a_bare_list_keeps_the_commas_of_its_names_and_other_files_are_no_lists():
    text = "Open it\nCheck name, age; date\nPay"
    assert "Check name, age; date" in kinds(pasted(text)[0])
    assert "notes.md is no map" in refusal(read_map, "notes.md", text.encode())


@pytest.mark.parametrize("text", [
    "Dear Ms Rivera\nthank you for your letter of May", "root:x:0:0:root:/root:/bin/bash\nbin:x:1",
])  # fmt: skip
def test_a_file_of_any_text_is_no_map_though_a_pasted_list_of_steps_is_one(text):
    assert "The first line must name the columns" in refusal(read_map, "letter.csv", text.encode())
    assert "The first line must name the columns" in refusal(read_map, "passwd", text.encode())
    assert read_map("pasted.csv", text.encode(), bare=True).process.steps
    assert read_map("steps.csv", b"step\nOpen\nPay\n").process.steps


@pytest.mark.parametrize(
    "name", ["=1+1", "\t=1+1", "\r=1", " =1", "\n@SUM(A1)", "\x07=1", "\u200b+1", "\uff1d1", "'=1"]
)
def test_no_cell_of_a_written_table_can_run_as_a_formula_and_each_reads_back(name):
    raw = tables.write_csv(("note",), [(name,)])
    cell = raw.decode("utf-8-sig").split("\r\n", 1)[1].lstrip('"')
    assert cell.startswith("'")
    assert tables.read("t.csv", raw, ())[0].cells["note"] == plain.lines(name)


def test_next_names_steps_with_share_label_and_rework():
    process, _ = pasted(
        "step\tnext\n"
        "Claim arrives\tCheck\n"
        'Check\tApprove: 80 %; Clarify: 0.2 "papers missing" (rework, at most 2)\n'
        "Clarify\tCheck\nApprove\tEnd\n"
    )
    assert ways(process) == [
        ("Claim arrives", "Check", None, ""),
        ("Check", "Approve", 0.8, ""),
        ("Check", "Clarify", 0.2, "papers missing"),
        ("Clarify", "Check", None, ""),
        ("Approve", "End", None, ""),
    ]
    back = process.flows[2]
    assert (back.rework, back.max_repeats) == (True, 2)
    assert kinds(process) == {
        "Claim arrives": "start", "Check": "decision", "Clarify": "task", "Approve": "task",
        "End": "end",
    }  # fmt: skip


def test_labels_may_stand_before_an_arrow_and_names_may_hold_brackets_and_colons():
    process, _ = pasted("step\tnext\nA\tyes -> B (new); Step: c 30%\nB (new)\t\nStep: c\t\n")
    assert ways(process)[:2] == [("A", "B (new)", None, "yes"), ("A", "Step: c", 0.3, "")]


def test_a_title_may_stand_above_the_header():
    text = "Claims handling,,\n\nas of May,,\nActivity,Role,Minutes\nCheck,Desk,x\n"
    assert "Line 5, minutes: “x” is not a number" in refusal(read_map, "m.csv", text.encode())
    process = read_map("m.csv", text.replace(",x", ",4").encode()).process
    assert process.steps[1].handling_min == 4


def test_steps_that_are_numbered_are_referred_to_by_their_numbers():
    process, _ = pasted("Step\tActivity\tNext step\n1\tCheck\t2.1\n2.1\tPay\tEnd\n")
    assert ("Check", "Pay", None, "") in ways(process)
    process, _ = pasted("id\tstep\tnext\nA.1\tCheck\tA.2\nA.2\tPay\t\n")
    assert ("Check", "Pay", None, "") in ways(process)


def test_commas_part_the_next_steps_where_every_part_is_one():
    process, _ = pasted(
        "step\tnext\nCheck\tPay 80%, Ask 20 %\nPay\tEnd\nAsk\tCheck (rework, at most 2)\n"
    )
    assert [(s, t, p) for s, t, p, _ in ways(process)][:2] == [
        ("Check", "Pay", 0.8), ("Check", "Ask", 0.2),
    ]  # fmt: skip
    assert process.flows[3].max_repeats == 2


@pytest.mark.parametrize(
    ("header", "cell", "field", "value"),
    [
        ("Duration (min)", "4", "handling_min", 4),
        ("AHT sec", "90", "handling_min", 1.5),
        ("Waiting time (hours)", "2", "wait_min", 120),
        ("Automation %", "30", "automation_share", 0.3),
        ("Error rate", "4 %", "error_rate", 0.04),
        ("VA/NVA", "nva", "value_add", "NVA"),
        ("Comment", "slow", "note", "slow"),
        ("wait_cause", "Approval", "wait_cause", "approval"),
    ],
)
def test_columns_are_known_by_the_names_people_give_them(header, cell, field, value):
    process, _ = pasted(f"Task\t{header}\nCheck\t{cell}\nPay\t\n")
    check = next(s for s in process.steps if s.name == "Check")
    assert getattr(check, field) == pytest.approx(value)


def test_teams_people_and_costs_stand_in_the_rows_of_their_steps():
    process, _ = pasted(
        "step\trole\tteam\tFTE\trate\tcurrency\tparty\n"
        "Check\tDesk\tA\t9\t21\tusd\tvendor\n"
        "Clarify\tDesk\tA\t\t\t\t\n"
        "Sign\tHead\t\t\t60\tusd\tclient\n"
    )
    assert [(t.name, t.people) for t in process.teams] == [("A", 9)]
    assert [(lane.name, lane.party) for lane in process.lanes] == [
        ("Desk", "supplier"), ("Head", "buyer"),
    ]  # fmt: skip
    team, lane = process.teams[0].id, process.lanes[1].id
    assert [(r.team, r.lane, r.cost_per_hour, r.currency) for r in process.rates] == [
        (team, "", 21, "USD"), ("", lane, 60, "USD"),
    ]  # fmt: skip


def test_unknown_columns_are_said_and_nothing_else_is_lost():
    process, notes = pasted("step\tshoe size\nCheck\t44\nPay\t45\n")
    assert "“shoe size”" in notes and "Check" in kinds(process)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("step\tnext\nA\tB\nB\tC\n", "Line 3, next: there is no step “C”"),
        ("step\tnext\nApprove\tAprove\n", "perhaps “Approve” is meant"),
        ("step\tnext\nA\tB: 120 %\nB\t\n", "Line 2, next: 120 % is not between 0 % and 100 %"),
        ("step\tnext\nA\tB: 80\nB\t\n", "Line 2, next: 80 is not between 0 and 1; write a share"),
        ("step\tnext\nA\tB\nB\tA\nB\t\n", "“B” is the name of 2 steps; use ids"),
        ("step\tminutes\nA\t1,200\nB\t2\n", "Line 2, minutes: “1,200” can be 1200 or 1.200"),
        ("step\tminutes\nA\tfive\nB\t2\n", "Line 2, minutes: “five” is not a number"),
        ("step\tminutes\nA\t-5\nB\t2\n", "Step “A”, handling min: -5 does not fit"),
        ("step\tkind\nA\tblob\nB\ttask\n", "“blob” is none of: start, task, wait, decision"),
        ("step\tparty\tlane\nA\tbuyer\tX\nB\tsupplier\tX\n", "lane “X” is supplier's here"),
        ("step\tteam\tfte\nA\tT\t3\nB\tT\t4\n", "team “T” has 4 people here and 3 before"),
        ("id\tstep\nx\tA\nx\tB\n", "the id “x” is there twice"),
        ("step\tminutes\nA\t1\n\t2\n", "Line 3, step: the step is empty, but “minutes” is not"),
        ("colour\tsize\nred\t1\n", "one of them the step"),
        ("step\n", "only one line"),
    ],
)
def test_a_wrong_cell_is_named_with_row_and_column(text, words):
    assert words in refusal(pasted, text)


# --- out and in again


def whole():
    """A map with what tables find hard: equal names, marks of the grammar, places of flows."""
    return Process(
        case_name="claim", cases_per_month=1234.5, shrinkage=0.25, lead_target_hours=48,
        lanes=(Lane(id="l1", name="Agents", party="supplier"), Lane(id="l2", name="Agents"),
               Lane(id="l3", name="Empty", party="buyer")),
        teams=(Team(id="t1", name="Desk", lane="l1", people=9, hours_per_fte_month=140),
               Team(id="t2", name="Nobody")),
        steps=(
            Step(id="s", name="Begin", lane="l1", kind="start"),
            Step(id="a", name="End", lane="l2", team="t1", handling_min=0.3, wait_min=7,
                 handling_cv=0.5, wait_cv=1, wait_cause="approval", material_cost=2,
                 value_add="VA", system="=CRM()", automation_share=0.007, error_rate=0.0,
                 evidence="measured", wait_evidence="agreed", source="log",
                 owner="Ana; Bo", scope="in",
                 data_class="personal", pain='a "b";\nc', note="-first"),
            Step(id="d", name="Which: 30 %?", kind="decision", handling_min=0.0),
            Step(id="c", name='Say "x"; then (rework)', lane="l1"),
            Step(id="c2", name="Twin", lane="l1", kind="parallel"),
            Step(id="c3", name="Twin", lane="l1"),
            Step(id="e", name="Closed", kind="end", lane="l1"),
        ),
        flows=(
            Flow(id="f9", source="d", target="e", probability=1 / 3, label='say "no"; (rework)'),
            Flow(id="f1", source="s", target="a"),
            Flow(id="f2", source="a", target="d", evidence="agreed"),
            Flow(id="f4", source="d", target="a", probability=0.29, rework=True, max_repeats=2),
            Flow(id="f5", source="d", target="c", probability=0.0, label="a -> b"),
            Flow(id="f6", source="c", target="c2"),
            Flow(id="f7", source="c2", target="c3"),
            Flow(id="f8", source="c3", target="e", rework=True),
        ),
        rates=(
            Rate(id="r1", lane="l1", cost_per_hour=21.5, currency="USD", evidence="agreed",
                 source="card"),
            Rate(id="r2", team="t1", cost_per_hour=30),
            Rate(id="r3", step="a", cost_per_hour=31),
            Rate(id="r4", lane="l3", cost_per_hour=32),
            Rate(id="r5", lane="l3", team="t2", cost_per_hour=33),
            Rate(id="r6", team="t2"),
        ),
    )  # fmt: skip


def by_id(process):
    return process.replace(rates=tuple(sorted(process.rates, key=lambda rate: rate.id)))


MAPS = pytest.mark.parametrize("process", [whole(), sample().process], ids=["whole", "sample"])


@MAPS
@pytest.mark.parametrize(
    ("name", "write"), [("map.csv", write_sheet), ("map.xlsx", write_sheet_xlsx)]
)
def test_one_sheet_reads_back_to_equal_tables(process, name, write):
    content = write(process)
    assert content == write(process)
    found = read_map(name, content)
    assert found.process == shared(process)
    assert found.notes == ()


@MAPS
def test_the_tables_read_back_equal_from_a_zip(process):
    content = write_zip(process)
    found = read_map("map.zip", content)
    assert by_id(found.process) == by_id(shared(process))
    assert found.notes == ()
    assert content == write_zip(process)


def test_the_tables_have_the_columns_that_are_written_down():
    headers = {
        name: content.decode("utf-8-sig").split("\r\n")[0]
        for name, content in write_tables(whole()).items()
    }
    for name, columns in {
        "lanes.csv": "lane_id,name,party,cost_per_hour,currency",
        "teams.csv": "team_id,name,lane_id,people,hours_per_fte_month,cost_per_hour",
        "steps.csv": "step_id,name,lane_id,team_id,kind,handling_min,handling_cv,wait_min,"
        "wait_cause,cost_per_hour,material_cost,value_add,system,automation_pct,evidence,source,"
        "owner,note",
        "flows.csv": "from_id,to_id,probability,label,rework,max_repeats",
    }.items():
        assert columns in headers[name]
    assert "target_occupancy" in headers["scenario.csv"]


def test_a_sheet_edited_by_hand_keeps_the_ids_of_what_was_not_touched():
    text = write_sheet(whole()).decode().replace(",Closed,", ",Claim closed,")
    with pytest.raises(FieldError, match="there is no step “Closed”"):
        read_sheet("map.csv", text.encode())
    again = read_sheet("map.csv", text.replace("Closed", "Claim closed").encode()).process
    assert [f.id for f in again.flows] == [f.id for f in whole().flows]


def test_what_a_party_keeps_to_itself_is_in_no_file():
    process = whole().replace(rates=(Rate(id="mine", space="buyer", lane="l1", cost_per_hour=987),))
    for content in (write_sheet(process), *write_tables(process).values()):
        assert b"987" not in content and b"mine" not in content


def test_tables_lie_in_a_folder_or_beside_steps_csv(tmp_path):
    for name, content in write_tables(whole()).items():
        (tmp_path / name).write_bytes(content)
    for path in (tmp_path, tmp_path / "steps.csv"):
        assert by_id(read_map_at(path).process) == by_id(whole())


def test_tables_of_others_need_few_columns_and_costs_become_rates():
    found = read_tables(
        {
            "steps.csv": b"step_id,name,lane_id,automation_pct,colour\na,Check,l,30,\nb,Pay,l,,\n",
            "lanes.csv": b"lane_id,name,cost_per_hour,currency\nl,Desk,21,USD\n",
            "flows.csv": b"from_id,to_id,probability,rework\na,b,80 %,0\na,a,0.2,yes\n",
            "scenario.csv": b"cases_per_month,working_calendar\n500,Mon-Fri\n",
            "readme.csv": b"x\n1\n",
        }
    )
    process = found.process
    assert process.steps[0].automation_share == 0.3
    assert [(f.probability, f.rework) for f in process.flows] == [(0.8, False), (0.2, True)]
    assert (process.rates[0].lane, process.rates[0].cost_per_hour) == ("l", 21)
    assert process.cases_per_month == 500
    told = " ".join(found.notes)
    assert "“colour”" in told and "working_calendar" in told and "readme.csv" in told


@pytest.mark.parametrize(
    ("files", "words"),
    [
        ({"lanes.csv": b"lane_id,name\nl,L\n"}, "There is no steps.csv"),
        ({"steps.csv": b"name\nA\n"}, "steps.csv: The first line must name the columns; missing: "),
        ({"steps.csv": b"step_id,name,wait_min\na,A,x\n"}, "Steps.csv, line 2, wait_min: “x” is"),
        ({"steps.csv": b"step_id,name\na,A\na,B\n"}, "The id “a” is there twice in the steps"),
        ({"steps.csv": b"step_id,name,kind\na,A,blob\n"}, "Step “A”, kind: 'blob' does not fit"),
        ({"steps.csv": b"step_id,name\na,A\n", "flows.csv": b"from_id,to_id,rework\na,a,?\n"},
         "neither 1 (yes) nor 0 (no)"),
    ],
)  # fmt: skip
def test_a_wrong_table_is_named_with_file_line_and_column(files, words):
    assert words in refusal(read_tables, files)


def zipped(**files):
    raw = io.BytesIO()
    with zipfile.ZipFile(raw, "w", zipfile.ZIP_DEFLATED) as target:
        for name, content in files.items():
            target.writestr(f"{name}.csv", content)
    return raw.getvalue()


def test_a_zip_that_unpacks_huge_or_is_cut_short_is_refused():
    bomb = zipped(steps=b"0" * (MAP_UNPACKED_BYTES + 1))
    assert "unpacks to more than 20 MB" in refusal(read_map, "x.zip", bomb)
    assert "broken" in refusal(read_map, "x.zip", write_zip(whole())[:300])
    assert "There is no steps.csv" in refusal(read_map, "x.zip", zipped(other=b"1"))


def test_a_formula_in_a_workbook_is_refused_at_its_cell():
    book = openpyxl.Workbook()
    book.active.append(["step", "minutes"])
    book.active.append(["Check", "=1+1"])
    raw = io.BytesIO()
    book.save(raw)
    assert "Cell B2" in refusal(read_map, "x.xlsx", raw.getvalue())


def test_mermaid_text_holds_lanes_shapes_shares_and_no_mark_that_breaks_it():
    text = write_mermaid(whole())
    assert text.startswith("flowchart LR\n")
    assert 'subgraph lane1["Agents"]' in text
    assert 's4["Say #quot;x#quot;; then (rework)"]' in text
    assert 's3{"Which: 30 %?"}' in text
    assert 's3 -.->|"29 %"| s2' in text
    assert text.count("-->") + text.count("-.->") == len(whole().flows)


def test_files_changed_anywhere_give_a_map_or_a_sentence():
    chance = random.Random(4)
    sources = [
        ("map.csv", write_sheet(whole())), ("map.xlsx", write_sheet_xlsx(whole())),
        ("map.zip", write_zip(whole())),
        ("pasted", b"Activity\tRole\tMinutes\tNext step\nOk?\tClerk\t2\tB: 80 %\nB\tX\t1,5\tEnd\n"),
    ]  # fmt: skip
    read = 0
    for _ in range(400):
        name, content = chance.choice(sources)
        try:
            read += bool(read_map(name, mutated(content, chance)))
        except FieldError as error:
            assert error.path == "file"
    assert read > 20


def mutated(content, chance):
    """The same bytes with a few of them changed, cut out or doubled."""
    found = bytearray(content)
    for _ in range(chance.randint(1, 3)):
        place, size = chance.randrange(len(found)), chance.randint(1, 60)
        match chance.randrange(4):
            case 0:
                found[place] = chance.choice(b"<>/&\"'=;,:%() \x00\xffa9-{}\n\t")
            case 1 if len(found) > size + 1:
                del found[place : place + size]
            case 2:
                found[place:place] = found[place : place + size]
            case _:
                found[place:place] = chance.choice([b"9", b"-", b"e400", b"nan", b'"', b"1e308"])
    return bytes(found) or b"x"
