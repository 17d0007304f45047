"""The deal room: known answers by hand, and what must hold for every road."""

from dataclasses import dataclass
from datetime import UTC, date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from negotiation import calendars, start
from negotiation.calendars import WorkingWeek
from negotiation.deal import Deal, Identity
from negotiation.files.lists import read_list
from negotiation.patches import Change
from negotiation.start import Start
from negotiation.terms import Terms
from negotiation.values import FieldError

CHICAGO = WorkingWeek(zone="America/Chicago", opens="08:00", closes="17:00")
MANILA_DAY = WorkingWeek(zone="Asia/Manila", opens="09:00", closes="18:00")
MANILA_MID = WorkingWeek(zone="Asia/Manila", opens="14:00", closes="23:00")
MANILA_NIGHT = WorkingWeek(zone="Asia/Manila", opens="21:00", closes="06:00")
JULY, JANUARY = date(2027, 7, 1), date(2027, 1, 1)


# ---------------------------------------------------------------- calendars


@pytest.mark.parametrize(
    ("manila", "winter_hours", "summer_hours"),
    [
        # Chicago 08:00–17:00 is 22:00–07:00 in Manila in winter (UTC−6), 21:00–06:00 in summer.
        (MANILA_DAY, 0, 0),
        (MANILA_MID, 1, 2),
        (MANILA_NIGHT, 8, 9),
    ],
)
def test_chicago_and_manila_share_an_hour_more_in_summer(manila, winter_hours, summer_hours):
    winter, = calendars.overlap_by_month(CHICAGO, manila, JANUARY, 1)
    summer, = calendars.overlap_by_month(CHICAGO, manila, JULY, 1)
    assert (winter.most_hours, summer.most_hours) == (winter_hours, summer_hours)


def test_the_month_of_the_clock_change_has_both():
    # In 2027 US clocks go forward on Sunday 14 March: 10 working days before, 13 after.
    march, = calendars.overlap_by_month(CHICAGO, MANILA_MID, date(2027, 3, 20), 1)
    assert (march.least_hours, march.most_hours) == (1, 2)
    assert march.mean_hours == pytest.approx((10 * 1 + 13 * 2) / 23)


def test_clocks_in_chicago_change_twice_a_year_and_in_manila_never():
    changes = calendars.clock_changes("America/Chicago", JANUARY, 12)
    assert changes == (date(2027, 3, 14), date(2027, 11, 7))
    assert calendars.clock_changes("Asia/Manila", JANUARY, 12) == ()


def test_a_holiday_of_either_side_takes_the_common_hours_of_that_day():
    fourth = frozenset({date(2027, 7, 5)})
    july, = calendars.overlap_by_month(CHICAGO, MANILA_MID, JULY, 1, (fourth, frozenset()))
    assert (july.days, july.days_with_overlap) == (21, 21)
    july, = calendars.overlap_by_month(CHICAGO, MANILA_MID, JULY, 1, (frozenset(), fourth))
    assert (july.days, july.days_with_overlap) == (22, 21)


def test_without_a_common_hour_the_gap_is_told_at_both_ends():
    # Summer: Manila opens 09:00 = 20:00 the evening before in Chicago, three hours after 17:00.
    # Manila closes 18:00 = 05:00 in Chicago, three hours before 08:00.
    apart = calendars.gap(CHICAGO, MANILA_DAY, date(2027, 7, 6))
    assert (apart.we_wait_hours, apart.they_wait_hours) == (3, 3)
    assert calendars.local(apart.evening, "America/Chicago") == "Tue 20:00"
    assert calendars.local(apart.morning, "Asia/Manila") == "Tue 18:00"


def test_teams_with_a_common_hour_have_no_gap():
    assert calendars.gap(CHICAGO, MANILA_MID, date(2027, 7, 6)) is None


def test_a_night_shift_over_the_spring_change_is_an_hour_shorter():
    night = WorkingWeek(zone="America/Chicago", opens="22:00", closes="06:00", weekdays=range(7))
    start_, end = night.shift(date(2027, 3, 13))
    assert (end - start_).total_seconds() == 7 * 3600


def test_holidays_are_read_from_pasted_lines_in_several_spellings():
    text = "2026-12-25 Christmas Day\n30 December 2026, Rizal Day\nLabor Day\tSep 7, 2026\n\n"
    assert calendars.read_holidays(text) == (
        (date(2026, 9, 7), "Labor Day"),
        (date(2026, 12, 25), "Christmas Day"),
        (date(2026, 12, 30), "Rizal Day"),
    )


def test_a_date_that_two_countries_read_differently_is_refused_with_its_line():
    with pytest.raises(FieldError, match=r"Line 2, '03/04/2026 Somebody's day', has no date"):
        calendars.read_holidays("2026-12-25 Christmas\n03/04/2026 Somebody's day")


def test_holidays_are_read_from_a_calendar_file_with_events_of_several_days():
    text = (
        "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nDTSTART;VALUE=DATE:20270325\r\n"
        "DTEND;VALUE=DATE:20270327\r\nSUMMARY:Holy Week\\, Maundy\r\n  Thursday\r\nEND:VEVENT\r\n"
        "BEGIN:VEVENT\r\nDTSTART:20270612T000000Z\r\nSUMMARY:Independence Day\r\nEND:VEVENT\r\n"
        "END:VCALENDAR\r\n"
    )
    assert calendars.read_holidays(text) == (
        (date(2027, 3, 25), "Holy Week, Maundy Thursday"),
        (date(2027, 3, 26), "Holy Week, Maundy Thursday"),
        (date(2027, 6, 12), "Independence Day"),
    )


@pytest.mark.parametrize(
    ("field", "typed", "sentence"),
    [
        ("zone", "Manila", "'Manila' is not a time zone; write it like Asia/Manila. "
                           "Did you mean Asia/Manila?"),
        ("opens", "25:00", "'25:00' is not a time of day; write it like 09:00, at most 23:59."),
        ("weekdays", "Mon-Xyz", "'Mon-Xyz' are not days of the week; write them like Mon-Fri."),
    ],
)
def test_a_wrong_place_is_refused_in_a_sentence(field, typed, sentence):
    place = start.Place(id="m", party="supplier", name="Manila", zone="Asia/Manila")
    with pytest.raises(FieldError) as error:
        place.replace(**{field: typed})
    assert error.value.sentence == sentence


# ---------------------------------------------------------------- the road


def tasks(*rows):
    return Start(tasks=[dict(zip(("id", "owner", "days", "after"), row, strict=True),
                             name=row[0].upper()) for row in rows])


def test_the_road_counts_back_from_the_target_over_working_days():
    # Signing on Wednesday 31 March 2027. Board: that day. Review, 10 days: 17 to 30 March.
    # Scope, 5 days: 10 to 16 March. Today is Monday 8 March: two working days of slack.
    room = tasks(("scope", "both", 5, ""), ("review", "buyer", 10, "scope"),
                 ("board", "supplier", 1, "scope review"))
    found = start.road(room, date(2027, 3, 31), date(2027, 3, 8))
    assert [(s.task.id, s.latest_start, s.latest_finish, s.slack_days) for s in found.steps] == [
        ("scope", date(2027, 3, 10), date(2027, 3, 16), 2),
        ("review", date(2027, 3, 17), date(2027, 3, 30), 2),
        ("board", date(2027, 3, 31), date(2027, 3, 31), 2),
    ]
    assert found.signature == date(2027, 3, 29)
    assert found.critical_path == ("scope", "review", "board")


def test_a_holiday_of_one_side_moves_the_tasks_of_that_side_and_those_of_both():
    places = [{"id": "m", "party": "supplier", "name": "Manila", "zone": "Asia/Manila"}]
    holiday = [{"id": "h", "place": "m", "day": "2027-03-30"}]
    for owner, expected in (("buyer", 30), ("supplier", 29), ("both", 29)):
        room = tasks(("a", owner, 2, "")).replace(places=places, holidays=holiday)
        found = start.road(room, date(2027, 3, 31), date(2027, 3, 1))
        assert found.steps[0].latest_start == date(2027, 3, expected)


def test_a_branch_beside_the_critical_path_has_slack_of_its_own():
    room = tasks(("long", "both", 10, ""), ("short", "both", 3, ""),
                 ("end", "both", 1, "long short"))
    found = start.road(room, date(2027, 3, 31), date(2027, 3, 1))
    by_id = {step.task.id: step for step in found.steps}
    assert by_id["short"].slack_days - by_id["long"].slack_days == 7
    assert [step.task.id for step in found.steps if step.critical] == ["long", "end"]


def test_a_late_road_says_where_it_starts_and_by_how_much():
    room = tasks(("scope", "both", 5, ""), ("review", "buyer", 10, "scope"))
    found = start.road(room, date(2027, 3, 31), date(2027, 3, 15))
    assert start.road_verdict(found) == (
        "Late by 2 working days: at the earliest you sign on 2 April 2027, not on 31 March 2027. "
        "It starts with “SCOPE”, which had to begin on 11 March 2027. "
        "Shorten a step, drop one, or move the date together."
    )


def test_a_finished_task_holds_nobody_up():
    room = tasks(("scope", "both", 30, ""), ("sign", "both", 1, "scope"))
    done = room.replace(tasks=[room.tasks[0].replace(done=date(2027, 3, 1)), room.tasks[1]])
    found = start.road(done, date(2027, 3, 31), date(2027, 3, 30))
    assert [(s.task.id, s.slack_days) for s in found.steps] == [("sign", 1)]


def test_tasks_in_a_circle_are_named_and_the_rest_is_placed():
    room = tasks(("a", "both", 1, "b"), ("b", "both", 1, "a"), ("c", "both", 1, "x"))
    found = start.road(room, date(2027, 3, 31), date(2027, 3, 1))
    assert [step.task.id for step in found.steps] == ["c"]
    assert found.problems == (
        "“C” waits for x, which is not on this list.",
        "“A”, “B” wait for each other; take one dependency out to place them.",
    )


def test_calendars_without_a_common_day_are_a_sentence():
    places = [{"id": "a", "party": "buyer", "name": "A", "zone": "UTC", "weekdays": "Mon"},
              {"id": "b", "party": "supplier", "name": "B", "zone": "UTC", "weekdays": "Tue"}]
    with pytest.raises(FieldError, match="no common working day"):
        start.road(tasks(("a", "both", 1, "")).replace(places=places), JULY, JANUARY)


sides = st.sampled_from(["buyer", "supplier", "both"])
days_off = st.sets(st.integers(0, 80), max_size=12)


@st.composite
def rooms(draw):
    count = draw(st.integers(1, 7))
    rows = [
        {"id": f"t{i}", "name": f"T{i}", "owner": draw(sides), "days": draw(st.integers(1, 12)),
         "after": [f"t{j}" for j in range(i) if draw(st.booleans())]}
        for i in range(count)
    ]
    places = [
        {"id": "b", "party": "buyer", "name": "B", "zone": "America/Chicago"},
        {"id": "s", "party": "supplier", "name": "S", "zone": "Asia/Dubai", "weekdays": "Sun-Thu"},
    ]
    holidays = [
        {"id": f"{place}{n}", "place": place, "day": date.fromordinal(JANUARY.toordinal() + n)}
        for place in "bs" for n in draw(days_off)
    ]
    return Start(tasks=rows, places=places, holidays=holidays)


@settings(max_examples=60, deadline=None)
@given(rooms(), st.integers(0, 120))
def test_the_date_can_be_met_exactly_when_no_step_is_late(room, days_ahead):
    target = date.fromordinal(JANUARY.toordinal() + days_ahead)
    found = start.road(room, target, JANUARY)
    assert (found.signature <= target) == (not found.late)


@settings(max_examples=60, deadline=None)
@given(rooms())
def test_every_step_follows_its_predecessors_and_lies_on_its_owners_working_days(room):
    found = start.road(room, date(2027, 6, 30), JANUARY)
    at = {step.task.id: step for step in found.steps}
    for step in found.steps:
        days = start.work_calendar(room, step.task.owner)
        for name in step.task.after:
            assert at[name].earliest_finish < step.earliest_start
            assert at[name].latest_finish < step.latest_start
        for day in (step.earliest_start, step.earliest_finish, step.latest_start):
            assert calendars.is_working_day(day, days.weeks, days.holidays)
    assert at[found.critical_path[-1]].earliest_finish == found.signature
    for first, second in zip(found.critical_path, found.critical_path[1:], strict=False):
        assert first in at[second].task.after


# ---------------------------------------------------------------- routes


def test_the_short_path_takes_under_three_hours_and_shows_its_sum():
    way = start.way(start.stops(read_list("routes"), read_list("chapters")), Start(short_path=True))
    assert [s.step for s in way if s.view == "show"] == [
        "Handshake", "Trust, the short form", "Scope", "Scenarios", "Service levels", "Checklist",
        "Term sheet",
    ]
    assert start.way_verdict(way, short_path=True).startswith(
        "20 + 20 + 30 + 35 + 25 + 20 + 20 = 170 minutes: 2 hours 50 minutes, under three hours."
    )


@pytest.mark.parametrize("route", start.ROUTES)
def test_every_route_speaks_of_every_chapter_and_gives_a_reason(route):
    table = start.stops(read_list("routes"), read_list("chapters"))
    way = start.way(table, Start(route=route))
    assert [s.chapter for s in way] == [s.chapter for s in table[:19]]
    assert all(s.reason.endswith(".") for s in way)


@pytest.mark.parametrize("route", start.ROUTES)
def test_every_task_template_makes_a_road_without_gaps(route):
    room = Start(tasks=start.template_tasks(read_list("tasks"), route))
    found = start.road(room, date(2027, 12, 15), date(2027, 1, 4))
    assert found.problems == () and len(found.steps) == len(room.tasks)
    assert room.tasks[-1].id == found.critical_path[-1]
    kinds = {task.kind for task in room.tasks}
    assert kinds == {"work", "approval", "sitting"}


# ---------------------------------------------------------------- people, rules, gates, brief


def room_with(**changes) -> Deal:
    parties = [{"id": "buyer", "role": "buyer", "name": "Harbor & Pine"},
               {"id": "supplier", "role": "supplier", "name": "Luzon Care"}]
    identity = Identity(id="d", title="D", parties=parties, target_signing_date="2027-03-31")
    return Deal(identity=identity, start=Start(**changes))


@dataclass(frozen=True)
class Entry:
    """An entry of the history, as the desk tells it."""

    at: datetime
    seat: str
    changes: tuple
    kind: str = "saved"
    reason: str = ""


PEOPLE = [
    {"id": "p1", "name": "Ana", "party": "buyer"},
    {"id": "p2", "name": "Ben", "party": "supplier"},
    {"id": "p3", "name": "Cora", "party": "supplier", "in_the_room": False, "space": "buyer"},
]
RULES = [{"id": "r1", "topic": "Confidentiality", "words": "What is said here stays here."}]


def test_a_contact_is_overdue_from_the_day_after_it_was_due():
    note = {"id": "c", "space": "buyer", "person": "p2", "kept_by": "Ana", "every_days": 14,
            "last_contact": "2027-01-04"}
    room = Start(people=PEOPLE, contacts=[note])
    assert start.overdue_sentences(room, "buyer", date(2027, 1, 18)) == ()
    assert start.overdue_sentences(room, "buyer", date(2027, 1, 20)) == (
        "Contact with Ben is 2 days overdue (Ana keeps contact).",
    )
    assert start.overdue_sentences(room, "supplier", date(2027, 1, 20)) == ()


def test_somebody_with_a_rhythm_and_no_contact_yet_is_named():
    room = Start(people=PEOPLE, contacts=[
        {"id": "c", "space": "buyer", "person": "p3", "every_days": 30}])
    assert start.overdue_sentences(room, "buyer", JULY) == (
        "Cora has not been spoken to yet (nobody keeps contact).",
    )


def test_a_rule_is_open_again_when_its_words_change():
    room = Start(ground_rules=RULES)
    given = start.acceptance(room.ground_rules[0], "buyer", "Ana", JULY)
    accepted = room.replace(acceptances=[given])
    assert start.open_rules(accepted, "buyer") == ()
    assert start.open_rules(accepted, "supplier") == accepted.ground_rules
    changed = accepted.replace(ground_rules=[RULES[0] | {"words": "Anything goes."}])
    assert [a.standing for a in start.answers(changed, "buyer")] == ["wording changed"]


def test_the_room_is_ready_when_nothing_is_open():
    rule = start.GroundRule(**RULES[0])
    deal = room_with(people=PEOPLE, ground_rules=RULES, acceptances=[
        start.acceptance(rule, "buyer", "Ana", JANUARY),
        start.acceptance(rule, "supplier", "Ben", JANUARY)])
    assert start.open_points(deal, JANUARY) == ()
    assert start.next_gate(deal, JANUARY).sentence == "Signature: nothing is open."


def test_a_bare_room_says_everything_that_is_missing():
    bare = Deal(identity=Identity(id="d", title="D"), start=Start(
        promises=[{"id": "h", "what": "No layoffs in year one"}]))
    assert start.open_points(bare, JANUARY) == (
        "The buyer has no name yet.",
        "The supplier has no name yet.",
        "There is no signing date to count back from.",
        "There are no ground rules yet.",
        "Nobody of Buyer is in the room yet.",
        "Nobody of Supplier is in the room yet.",
        "The promise “No layoffs in year one” has no place in the terms yet.",
    )


def test_the_rail_tells_overdue_contacts_and_a_late_road():
    deal = room_with(
        people=PEOPLE,
        contacts=[{"id": "c", "space": "buyer", "person": "p2", "every_days": 7,
                   "last_contact": "2027-03-01"}],
        tasks=[{"id": "t1", "name": "Board", "days": 20}],
    )
    assert start.rail_notes(deal, date(2027, 3, 10), "buyer") == (
        "Contact with Ben is 2 days overdue (nobody keeps contact).",
        "The road to signature is late: “Board” had to begin on 4 March 2027.",
    )


def test_the_return_brief_tells_what_others_did_and_what_waits():
    deal = room_with(people=PEOPLE, ground_rules=RULES)
    acts = [
        Entry(datetime(2027, 3, 1, tzinfo=UTC), "supplier", (
            Change(path="start.people.p2.role", old="", new="Account executive"),), "tabled",
            "New account team"),
        Entry(datetime(2027, 2, 20, tzinfo=UTC), "buyer", (
            Change(path="terms.term_months", old=36, new=48),)),
        Entry(datetime(2027, 3, 2, tzinfo=UTC), "buyer", (
            Change(path="identity.title", old="D", new="E"),), "closed"),
    ]
    found = start.brief(deal, acts, "buyer", date(2027, 3, 3))
    assert found.changed == (
        "1 March, Luzon Care tabled: set Start › People › “Ben” › Role from nothing to "
        "“Account executive”. Reason: New account team.",
        "20 February, Harbor & Pine set Terms › Term from 36 to 48.",
    )
    assert found.waiting == ("One ground rule waits for your answer.",)


def test_the_story_of_a_row_is_told_oldest_first():
    promise = {"id": "h", "what": "Price held for a year", "keep_as": "terms.cola"}
    deal = room_with(promises=[promise])
    path = "start.promises.h"
    acts = [
        Entry(datetime(2027, 3, 2, tzinfo=UTC), "supplier", (
            Change(path=f"{path}.keep_as", old="", new="terms.cola"),)),
        Entry(datetime(2027, 3, 1, tzinfo=UTC), "buyer", (
            Change(path=path, kind="add", new={"id": "h", "what": "Price held for a year"}),)),
    ]
    assert start.story(deal, path, acts) == (
        "1 March, Harbor & Pine added “Price held for a year” to Start › Promises.",
        "2 March, Luzon Care set Start › Promises › “Price held for a year” › Keep as "
        "from nothing to “terms.cola”.",
    )


def test_a_sample_is_retold_by_whole_weeks_and_keeps_its_season_and_holidays():
    deal = Deal(
        identity=Identity(id="d", title="D", target_signing_date="2026-10-30"),
        terms=Terms(start_month="2027-01"),
        start=Start(tasks=[{"id": "t", "name": "T", "done": "2026-08-24"}],
                    holidays=[{"id": "h", "place": "m", "day": "2026-12-25"}]),
        process={"futures": [{"id": "f", "name": "F", "changes": [
            {"id": "c", "name": "C", "date": "2027-07"}, {"id": "e", "name": "E"}]}]})
    told = start.retold(deal, date(2028, 3, 1))  # 555 days later: 79 whole weeks, 553 days
    assert told.start.tasks[0].done == date(2028, 2, 28)
    assert told.identity.target_signing_date == date(2028, 5, 5)
    assert told.terms.start_month == "2029-01"
    assert told.start.holidays == deal.start.holidays
    # The seventh month of service stays the seventh; a change without a month keeps none.
    assert [change.date for change in told.process.futures[0].changes] == ["2029-07", ""]
