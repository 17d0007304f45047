"""Holidays that a calendar file repeats by a rule (RFC 5545, 3.3.10)."""

from datetime import date

import pytest

from negotiation.calendars import read_holidays
from negotiation.values import FieldError


def file_of(*lines, stamp="DTSTAMP:20260110T080000Z"):
    return "\r\n".join(("BEGIN:VCALENDAR", "BEGIN:VEVENT", stamp, *lines, "END:VEVENT",
                        "END:VCALENDAR"))  # fmt: skip


def days(*lines, **options):
    return [each.day for each in read_holidays(file_of(*lines, **options))]


def test_a_yearly_holiday_without_an_end_is_read_for_the_years_of_a_deal():
    found = days("DTSTART;VALUE=DATE:19700612", "RRULE:FREQ=YEARLY", "SUMMARY:Independence Day")
    assert found == [date(year, 6, 12) for year in range(2025, 2038)]


def test_a_movable_holiday_follows_its_rule():
    # Thanksgiving, the fourth Thursday of November: 26 Nov 2026, 25 Nov 2027, 23 Nov 2028.
    found = days("DTSTART:20261126", "RRULE:FREQ=YEARLY;BYMONTH=11;BYDAY=4TH;COUNT=3", "SUMMARY:T")
    assert found == [date(2026, 11, 26), date(2027, 11, 25), date(2028, 11, 23)]


@pytest.mark.parametrize(
    ("rule", "wanted"),
    [
        ("FREQ=WEEKLY;COUNT=3", [1, 8, 15]),
        ("FREQ=WEEKLY;INTERVAL=2;COUNT=3", [1, 15, 29]),
        ("FREQ=DAILY;UNTIL=20260604", [1, 2, 3, 4]),
        ("FREQ=DAILY;UNTIL=20260604T000000Z", [1, 2, 3, 4]),
        ("FREQ=DAILY;INTERVAL=10;UNTIL=20260630", [1, 11, 21]),
    ],
)
def test_count_until_and_interval_are_kept(rule, wanted):
    found = days("DTSTART:20260601", f"RRULE:{rule}", "SUMMARY:Off")
    assert found == [date(2026, 6, day) for day in wanted]


def test_a_day_that_the_file_takes_out_is_no_holiday():
    found = days("DTSTART:20260601", "RRULE:FREQ=DAILY;COUNT=3", "EXDATE;VALUE=DATE:20260602",
                 "SUMMARY:Off")  # fmt: skip
    assert found == [date(2026, 6, 1), date(2026, 6, 3)]


def test_a_repeated_event_of_two_days_counts_on_both_each_time():
    found = days("DTSTART:20261224", "DTEND:20261226", "RRULE:FREQ=YEARLY;COUNT=2", "SUMMARY:X")
    assert found == [date(y, 12, d) for y in (2026, 2027) for d in (24, 25)]


@pytest.mark.parametrize(
    ("rule", "part"),
    [
        ("FREQ=HOURLY", "repeats it by no year, month, week or day"),
        ("FREQ=YEARLY;BYDAY=FOURTH", "cannot be read"),
        ("nonsense", "repeats it by no year"),
    ],
)
def test_a_rule_that_cannot_be_read_is_a_sentence_with_its_event(rule, part):
    with pytest.raises(FieldError) as caught:
        days("DTSTART:20260601", f"RRULE:{rule}", "SUMMARY:Odd day")
    assert part in caught.value.sentence and "event 1, Odd day" in caught.value.sentence
    assert "nothing was taken" in caught.value.sentence


def test_an_event_without_a_rule_counts_once_whenever_it_was():
    assert days("DTSTART:20100101", "SUMMARY:Old") == [date(2010, 1, 1)]
