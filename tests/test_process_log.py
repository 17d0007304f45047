"""Event logs are read whatever their columns and times, and their figures fill the map."""

import gzip
import io
import random
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from negotiation.files import limits
from negotiation.files.event_log import read_log, read_log_at
from negotiation.process.graph import chain
from negotiation.process.log import Event, log_of, read_off, working
from negotiation.process.log_map import discover, fill
from negotiation.process.maps import Map
from negotiation.process.measure import measure
from negotiation.process.rows import Flow, Lane, Process, Rate, Step
from negotiation.values import FieldError
from tests.test_files_map_tables import mutated

SHARED = Path(__file__).resolve().parents[2] / "shared" / "data" / "eventlogs"

CSV = """case,activity,timestamp,resource
1,Check,2026-01-05 09:00,Ana
1,Pay,2026-01-05 09:30,Bo
2,Check,2026-01-05 10:00,Ana
2,Clarify,2026-01-05 12:00,Ana
2,Check,2026-01-05 13:00,Ana
2,Pay,2026-01-05 13:10,Bo
3,Check,2026-01-06 10:00,Ana
3,Check,2026-01-06 10:20,Bo
3,Pay,2026-01-06 11:00,Bo
4,Check,2026-02-04 09:00,Ana
4,Pay,2026-02-04 09:30,Bo
"""


def figures(text=CSV, **more):
    return read_off(read_log("mine.csv", text.encode() if isinstance(text, str) else text), **more)


def activity(found, name):
    return next(row for row in found.activities if row.name == name)


def shares(found):
    return {(t.source, t.target): t.share for t in found.transitions}


def test_shares_times_variants_and_rework_are_counted_by_hand():
    found = figures(within_hours=1)
    assert (found.cases, found.events) == (4, 11)
    assert shares(found) == {
        ("", "Check"): 1.0,
        ("Check", "Pay"): 4 / 6, ("Check", "Clarify"): 1 / 6, ("Check", "Check"): 1 / 6,
        ("Clarify", "Check"): 1.0, ("Pay", ""): 1.0,
    }  # fmt: skip
    pay = activity(found, "Pay").before
    assert pay.count == 4 and pay.mean == pytest.approx((30 + 10 + 40 + 30) / 4)
    assert pay.median == 30 and pay.p95 == pytest.approx(38.5)
    assert activity(found, "Check").after.mean == pytest.approx((30 + 120 + 10 + 20 + 40 + 30) / 6)
    assert activity(found, "Check").per_case == 1.5
    assert activity(found, "Check").self_loops == 1
    assert found.rework_share == 0.5
    assert found.ping_pong_share == 0.25
    assert (found.variants[0].path, found.variants[0].count) == (("Check", "Pay"), 2)
    assert found.hours.mean == pytest.approx((0.5 + 19 / 6 + 1 + 0.5) / 4)
    assert found.within_share == 0.75
    # Three arrivals follow the first one within thirty days.
    assert found.cases_per_month == pytest.approx(3 / 30 * 365.25 / 12)
    assert found.resources == (("Ana", 6), ("Bo", 5))
    assert "touch time and wait cannot be told apart" in " ".join(found.warnings)


def test_a_beginning_and_an_end_tell_touch_from_wait():
    found = figures(
        "Case ID;Activity;Start Time;End Time\n"
        "1;Check;05.01.2026 09:00;05.01.2026 09:20\n1;Pay;05.01.2026 10:00;05.01.2026 10:05\n"
    )
    assert activity(found, "Check").touch.mean == pytest.approx(20)
    assert activity(found, "Pay").before.mean == pytest.approx(40)
    assert activity(found, "Check").after.mean == pytest.approx(40)
    assert found.touch_known
    assert "cannot be told apart" not in " ".join(found.warnings)


def test_starts_and_completions_in_rows_of_their_own_are_paired():
    found = figures(
        "case,activity,time,lifecycle:transition\n"
        "1,Check,2026-01-05T09:00:00,start\n1,Check,2026-01-05T09:02:00,assign\n"
        "1,Check,2026-01-05T09:20:00,complete\n1,Pay,2026-01-05T10:00:00,complete\n"
        "1,Sign,2026-01-05T11:00:00,start\n"
    )
    assert activity(found, "Check").touch.mean == pytest.approx(20)
    assert activity(found, "Check").events == 1
    assert activity(found, "Pay").touch is None
    assert "1 events have no time of completion" in " ".join(found.warnings)


def test_the_first_start_belongs_to_the_first_completion():
    marks = ["09:00,start", "09:10,start", "09:20,complete", "09:50,complete"]
    rows = "".join(f"1,Check,2026-01-05 {m}\n" for m in marks)
    touch = activity(figures("case,activity,time,lifecycle\n" + rows), "Check").touch
    assert (touch.count, touch.mean, touch.p95) == (2, pytest.approx(30), pytest.approx(39))


def test_the_end_of_a_case_and_the_beginning_of_the_next_are_no_loop():
    found = figures("case,activity,time\n1,Check,2026-01-05\n2,Check,2026-01-06\n")
    assert activity(found, "Check").self_loops == 0
    assert found.hours.mean == 0


@pytest.mark.parametrize(
    "text",
    [
        CSV.replace(",", ";"),
        CSV.replace(",", "\t"),
        CSV.replace(" ", "T"),
        CSV.replace("case,activity,timestamp", "case:concept:name,concept:name,time:timestamp"),
        CSV.replace("case,activity,timestamp", "Ticket,Status,Updated at"),
        "\ufeff" + CSV,
        CSV.replace("\n", "\r\n"),
        gzip.compress(CSV.encode()),
        CSV.encode("utf-16"),
    ],
    ids=["semicolons", "tabs", "iso", "xes names", "synonyms", "mark", "crlf", "gzip", "utf-16"],
)
def test_the_same_log_in_other_clothes_gives_the_same_figures(text):
    found, plain = figures(text), figures()
    for name in ("cases", "events", "transitions", "variants", "hours", "activities"):
        assert getattr(found, name) == getattr(plain, name)


@pytest.mark.parametrize(
    ("form", "told"),
    [
        ("%d/%m/%Y %H:%M", ""), ("%m/%d/%Y %I:%M %p", ""), ("%d.%m.%Y %H:%M:%S", ""),
        ("%Y-%m-%dT%H:%M:%S+02:00", ""), ("%d %b %Y %H:%M", ""), ("%Y/%m/%d %H:%M:%S.%f", ""),
        ("epoch", ""), ("milliseconds", ""),
    ],
)  # fmt: skip
def test_times_are_read_in_the_format_that_fits_the_whole_column(form, told):
    moments = [datetime(2026, 1, 28) + timedelta(minutes=50 * n) for n in range(200)]
    if form in ("epoch", "milliseconds"):
        factor = 1 if form == "epoch" else 1000
        written = [f"{(m - datetime(1970, 1, 1)).total_seconds() * factor:.0f}" for m in moments]
    else:
        written = [m.strftime(form) for m in moments]
    rows = "".join(f"1,a,{text}\n" for text in written)
    assert figures("case,activity,time\n" + rows).hours.mean == pytest.approx(199 * 50 / 60)


def test_dates_that_can_be_read_either_way_are_read_day_first_and_it_is_said():
    found = figures("case,activity,time\n1,a,03/04/2026 10:00\n1,b,04/04/2026 10:00\n")
    assert found.hours.mean == 24
    assert "read day first" in " ".join(found.warnings)


def test_columns_can_be_named_where_their_names_do_not_tell():
    text = "x,y,z\n1,Check,2026-01-05\n1,Pay,2026-01-06\n"
    found = read_off(read_log("l.csv", text.encode(), {"case": "x", "activity": "y", "done": "z"}))
    assert found.hours.mean == 24
    with pytest.raises(FieldError, match="There is no column “q”; there are: “x”, “y”, “z”"):
        read_log("l.csv", text.encode(), {"case": "q"})


def test_a_row_for_each_case_gives_an_activity_for_each_column_of_times():
    found = figures(
        "number,made_sla,opened_at,resolved_at,closed_at\n"
        "A,true,29/2/2016 01:16,29/2/2016 11:16,5/3/2016 12:00\n"
        "B,false,1/3/2016 01:00,?,5/3/2016 12:00\n"
    )
    assert [v.path for v in found.variants] == [
        ("Opened", "Closed"), ("Opened", "Resolved", "Closed"),
    ]  # fmt: skip
    assert found.within_share == 0.5
    assert "each column of times was taken as an activity" in found.warnings[0]


XES = """<?xml version="1.0" encoding="UTF-8"?>
<log xes.version="1.0" xmlns="http://www.xes-standard.org/">
 <extension name="Concept" prefix="concept" uri="http://www.xes-standard.org/concept.xesext"/>
 <global scope="event"><string key="concept:name" value="INVALID"/></global>
 <trace><string key="concept:name" value="c1"/>
  <event><string key="concept:name" value="Check"/>
   <string key="lifecycle:transition" value="start"/>
   <date key="time:timestamp" value="2026-01-05T09:00:00.000+01:00"/></event>
  <event><string key="concept:name" value="Check"/><string key="org:resource" value="Ana">
    <string key="concept:name" value="nested"/></string>
   <string key="lifecycle:transition" value="COMPLETE"/>
   <date key="time:timestamp" value="2026-01-05T09:20:00.000+01:00"/></event>
  <event><string key="concept:name" value="Pay"/>
   <string key="lifecycle:transition" value="complete"/>
   <date key="time:timestamp" value="2026-01-05T10:00:00.000+01:00"/></event>
  <event><string key="concept:name" value="no time"/></event>
 </trace>
</log>"""


@pytest.mark.parametrize("pack", [bytes, gzip.compress], ids=["plain", "gzip"])
def test_xes_gives_cases_activities_times_and_who(pack):
    found = figures(pack(XES.encode()))
    assert found.variants[0].path == ("Check", "Pay")
    assert activity(found, "Check").touch.mean == pytest.approx(20)
    assert activity(found, "Pay").before.mean == pytest.approx(40)
    assert ("Ana", 1) in found.resources
    assert "1 events without a name or time" in " ".join(found.warnings)


def refusal(content, **more):
    with pytest.raises(FieldError) as caught:
        read_log("l", content, **more)
    assert caught.value.path == "file"
    return caught.value.sentence


LAUGHS = b'<!DOCTYPE log [<!ENTITY l "ha"><!ENTITY m "&l;&l;">]><log>&m;</log>'


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "empty"),
        (b"\x00\x01\x02\x03", "neither a CSV nor an XES"),
        (LAUGHS, "document type or entities"),
        (gzip.compress(LAUGHS), "document type or entities"),
        (b"<svg/>", "not an event log"),
        (b"<log/>", "holds no events"),
        (XES.encode()[:-40], "The file is broken"),
        (gzip.compress(CSV.encode() * 50)[:-20], "The file is broken"),
        (b"case,activity,timestamp\n", "no events"),
        (b"case,activity,timestamp\n1,a,soon\n", "“timestamp” holds no times that are known"),
        (b"shoe,size\n1,2\n", "Which column holds the case cannot be told"),
        (b"case,size\n1,2\n", "Which column holds the activity cannot be told"),
        (b"case,activity\n1,2\n", "Which column holds the time cannot be told"),
        (b"case,activity,time\n1," + b"x" * 5000 + b",2026-01-01\n", "longer cells"),
        (b"x" * 200_000, "longer than a log's line"),
    ],
)
def test_what_is_hostile_broken_or_no_log_is_refused_in_a_sentence(content, words):
    assert words in refusal(content)


def test_a_log_that_unpacks_huge_is_refused_while_it_unpacks(monkeypatch):
    monkeypatch.setattr("negotiation.files.event_log.LOG_UNPACKED_BYTES", 1_000_000)
    bomb = gzip.compress(b"case,activity,time\n" + b"1,a,2026-01-01\n" * 200_000)
    assert len(bomb) < 50_000
    assert "unpacks to more than 1 MB" in refusal(bomb)
    assert limits.LOG_UNPACKED_BYTES <= 400_000_000


# --- working minutes


def test_clock_time_becomes_working_minutes():
    hours = np.array([0.0, 4.0, 8.0, 24.0, 48.0, 7 * 24.0]) * 3600
    assert working(hours, 24, 365.25 / 12) == pytest.approx([0, 240, 480, 1440, 2880, 10_080])
    # Eight hours on five days of seven: a week holds 40 hours, a day's rest at most what is open.
    found = working(hours, 8, 5 / 7 * 365.25 / 12)
    assert found[-1] == pytest.approx(40 * 60)
    assert found[1] == pytest.approx(60 * (4 - 16 / 16))
    assert found[2] == pytest.approx(60 * 4)


# --- the map


def test_the_chain_of_a_log_s_whole_map_visits_each_activity_as_often_as_the_log():
    # Kemeny and Snell: the chain of observed transitions reproduces the observed mean counts.
    found = figures()
    process = discover(found, keep=1.0)
    counts = dict(zip((s.id for s in process.steps), chain(Map(process)).visits, strict=True))
    for row in found.activities:
        assert counts[row.name.casefold()] == pytest.approx(row.per_case, abs=1e-12)
    assert measure(Map(process)).lead_minutes / 60 == pytest.approx(found.hours.mean)


@pytest.mark.skipif(not SHARED.is_dir(), reason="the reference logs lie outside the project")
@pytest.mark.parametrize("name", ["helpdesk_600cases.csv", "servicenow_incidents_1in8.csv"])
def test_the_identity_holds_on_real_logs(name):
    found = read_off(read_log_at(SHARED / name))
    process = discover(found, keep=1.0)
    visits = dict(zip((s.name for s in process.steps), chain(Map(process)).visits, strict=True))
    worst = max(abs(visits[row.name] - row.per_case) for row in found.activities)
    assert worst < 1e-9
    assert measure(Map(process)).lead_minutes / 60 == pytest.approx(found.hours.mean, rel=1e-9)


def test_a_first_map_keeps_the_frequent_variants_and_marks_ways_back():
    found = figures()
    process = discover(found, keep=0.5)
    assert [s.name for s in process.steps] == ["Start", "Check", "Pay", "End"]
    full = discover(found, keep=1.0)
    assert {(f.source, f.target) for f in full.flows if f.rework} == {
        ("clarify", "check"), ("check", "check"),
    }  # fmt: skip
    assert full.cases_per_month == found.cases_per_month
    with pytest.raises(FieldError, match="above 0 and up to 1"):
        discover(found, keep=0)


def drawn():
    return Process(
        steps=(
            Step(id="s", name="Claim comes", kind="start"),
            Step(id="c", name="check", handling_min=12, evidence="estimated"),
            Step(id="d", name="Complete?", kind="decision"),
            Step(id="q", name="Ask the customer"),
            Step(id="p", name="Pay"),
            Step(id="z", name="Archive", handling_min=1),
            Step(id="e", name="Closed", kind="end"),
        ),
        flows=(
            Flow(id="f1", source="s", target="c"), Flow(id="f2", source="c", target="d"),
            Flow(id="f3", source="d", target="p"), Flow(id="f4", source="d", target="q"),
            Flow(id="f5", source="q", target="c", rework=True),
            Flow(id="f6", source="p", target="z"), Flow(id="f7", source="z", target="e"),
        ),
    )  # fmt: skip


def test_a_log_fills_shares_waits_and_volume_into_the_map_and_says_what_did_not_fit():
    found = fill(drawn(), figures(), {"Clarify": "q"})
    flows = {f.id: f for f in found.process.flows}
    # Four of the five ways from Check over the decision lead to Pay; Check to Check has no way.
    assert flows["f3"].probability == pytest.approx(4 / 5)
    assert flows["f4"].probability == pytest.approx(1 / 5)
    assert flows["f3"].evidence == "measured" and flows["f1"].probability is None
    steps = {s.id: s for s in found.process.steps}
    assert steps["p"].wait_min == pytest.approx(27.5)
    assert steps["p"].source == "Wait from mine.csv, 4 cases."
    assert (steps["p"].wait_evidence, steps["p"].evidence) == ("measured", "estimated")
    # 60 + 20 minutes passed before the six checks; their own twelve are no wait.
    assert steps["c"].wait_min == pytest.approx(80 / 6 - 12)
    assert steps["c"].handling_min == 12
    assert steps["z"] == drawn().steps[5]
    told = " ".join(found.notes)
    for words in (
        "3 of 3 activities are steps of the map",
        "The log knows nothing of these steps: “Archive”",
        "no way: “Check” → “Check” (1)",
        "cannot tell touch from wait",
        "Cases a month are the log's",
    ):
        assert words in told


def test_the_wait_goes_to_the_waiting_step_before_an_activity():
    process = drawn()
    queue = Step(id="w", name="Queue for payment", kind="wait", wait_min=999)
    flows = [f.replace(target="w") if f.id == "f3" else f for f in process.flows]
    process = process.replace(
        steps=(*process.steps, queue),
        flows=(*flows, Flow(id="f8", source="w", target="p")),
    )
    steps = {s.id: s for s in fill(process, figures()).process.steps}
    assert steps["w"].wait_min == pytest.approx(27.5)
    assert steps["p"].wait_min is None
    assert steps["w"].wait_evidence == "measured"
    assert steps["p"].wait_evidence == "" and steps["p"].source == ""


def test_measured_touch_replaces_what_was_claimed():
    log = log_of([Event("1", "check", 600, 0), Event("1", "Pay", 1800, 1200)], "log")
    steps = {s.id: s for s in fill(drawn(), read_off(log)).process.steps}
    assert (steps["c"].handling_min, steps["p"].handling_min) == (10, 10)
    assert steps["p"].wait_min == 10
    assert (steps["p"].evidence, steps["p"].wait_evidence) == ("measured", "")


def test_a_log_that_knows_no_handling_makes_no_guessed_cost_measured():
    rates = (Rate(id="r", cost_per_hour=60.0, lane="l", evidence="agreed"),)
    steps = tuple(s.replace(lane="l", source="the team's own guess") for s in drawn().steps)
    before = drawn().replace(lanes=(Lane(id="l", name="Claims"),), rates=rates, steps=steps)
    after = fill(before, figures()).process
    assert measure(Map(before)).estimated_share == measure(Map(after)).estimated_share == 1.0
    again = fill(after, figures()).process
    for process in (after, again):
        check = next(step for step in process.steps if step.id == "c")
        assert (check.evidence, check.wait_evidence) == ("estimated", "measured")
        assert check.source == "Wait from mine.csv, 4 cases. Else: the team's own guess"


def test_a_log_that_knows_only_the_handling_leaves_what_is_known_of_the_wait():
    log = log_of([Event("1", "check", 600, 0)], "log")
    steps = tuple(s.replace(wait_min=7.0) if s.id == "c" else s for s in drawn().steps)
    found = fill(drawn().replace(steps=steps), read_off(log)).process.steps[1]
    assert (found.wait_min, found.evidence, found.wait_evidence) == (7, "measured", "estimated")


def test_a_hundred_thousand_events_keep_their_order_and_count():
    text = io.StringIO()
    text.write("case,activity,timestamp\n")
    for n in range(60_000):
        day = f"2026-{n % 12 + 1:02d}-{n % 28 + 1:02d}"
        text.write(f"{n % 9000},{'abc'[n % 3]},{day} {n % 24:02d}:{n % 60:02d}\n")
    found = figures(text.getvalue())
    assert (found.cases, found.events) == (9000, 60_000)
    assert sum(v.count for v in found.variants) == 9000


def test_logs_changed_anywhere_give_figures_or_a_sentence():
    chance = random.Random(5)
    sources = [CSV.encode(), XES.encode(), gzip.compress(CSV.encode()), CSV.encode("utf-16")]
    read = 0
    for _ in range(400):
        try:
            found = figures(mutated(chance.choice(sources), chance), within_hours=3)
            discover(found, keep=1.0)
            read += 1
        except FieldError as error:
            assert error.path in ("file", "keep")
    assert read > 20
