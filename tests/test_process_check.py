"""What is said about maps that are not finished, and about who has which duty."""

import pytest

from negotiation.process.check import LEVELS, check
from negotiation.process.maps import Map
from negotiation.process.raci import allocation
from negotiation.process.rows import Flow, Lane, Process, Raci, Rate, Role, SipocLine, Team
from negotiation.process.sipoc import seed
from tests.process_toys import toy

LANE = Lane(id="desk", name="Desk", party="supplier")
FULL = {"lane": "desk", "team": "crew", "handling_min": 5, "wait_min": 0, "scope": "in"}


def finished(*arrows, **more):
    """A map to which nothing is missing, of tasks a, b and others between s and e."""
    arrows = arrows or ("s>a", "a>b", "b>d", "d>a 0.2 rework", "d>e 0.8")
    ids = dict.fromkeys(end for arrow in arrows for end in arrow.split()[0].split(">"))
    steps = {i: FULL if i[0] not in "sepdj" else {"lane": "desk", "scope": "in"} for i in ids}
    steps |= {k: {**steps.get(k, {}), **v} for k, v in more.pop("steps", {}).items()}
    process = {
        "lanes": (LANE,),
        "teams": (Team(id="crew", name="Crew", lane="desk", people=3),),
        "rates": (Rate(id="r", lane="desk", cost_per_hour=20),),
        "shrinkage": 0.3,
        "cases_per_month": 1_680.0 * 3 * 0.85 * 160 * 0.7 / (1_680 * 12.5 / 60),
    }
    return toy(*arrows, steps=steps, **process | more)


def said(around, seat=""):
    return [finding.sentence for finding in check(around, seat)]


def changed(around, **fields):
    return Map(around.process.model_copy(update=fields))


def test_nothing_is_missing_on_a_finished_map():
    assert check(finished()) == ()


def test_an_empty_map_says_one_thing():
    assert said(Map(Process())) == ["Nothing is drawn yet."]


@pytest.mark.parametrize(
    ("arrows", "words"),
    [
        (("s>a", "a>b", "a>e 0.5", "b>a 1 rework", "c>e"), "No case comes to “c”."),
        (("s>a", "a>e", "s2>b"), "Nothing follows “b”: cases end there."),
        (("s>a", "a>e", "a>b", "b>c", "c>b"), "From “b” no way leads to an end."),
        (("s>a", "a>e", "a>b", "b>c", "c>b"), "This loop never ends: “b” and “c”."),
        (("s>a", "a>e", "a>e"), "The arrow from “a” to “e” is drawn twice."),
        (("s>a", "a>e", "e>a"), "leaves an end; no case takes it."),
        (("s>a", "a>b", "b>a 0.5", "b>e 0.5"), "A case can come back to “a” and “b”: mark"),
        (("s>p", "p>a 0.3", "p>b", "a>j", "b>j", "j>e"), "is always taken"),
        (("s>d", "d>a 0.5", "d>b 0.5", "a>j", "b>j", "j>e"), "“j” waits for several ways"),
        (("s>a", "a>d", "d>b 0.2", "d>e 0.7", "b>e"), "add up to 90 %"),
        (("s>a", "a>d", "d>b", "d>e", "b>e"), "Not every way out of “d” has a probability"),
        (("s>a", "s2>a", "a>e"), "Cases come in at 2 starts, as many at each: “s” and “s2”."),
        (("a>b", "b>e"), "No step is a start: cases come in at “a”"),
        (("s>a", "a>b"), "No step is an end."),
        (("s>p", "p>d", "d>j 0.5", "d>e1 0.5", "p>b", "b>j", "j>e2"), "on some a case never comes"),
    ],
)
def test_a_drawing_that_does_not_hold_together_is_said(arrows, words):
    assert any(words in sentence for sentence in said(finished(*arrows)))


def test_an_arrow_whose_end_is_gone_is_said_with_the_end_that_is_there():
    around = finished()
    lost = Flow(id="x", source="a", target="gone")
    (found,) = check(changed(around, flows=(*around.flows, lost)))
    assert found.path == "process.flows.x"
    assert found.sentence == "An arrow at “a” has an end that is gone; it is left out."


@pytest.mark.parametrize(
    ("fields", "path", "level"),
    [
        ({"lane": ""}, "process.steps.a.lane", "drawing"),
        ({"handling_min": None}, "process.steps.a.handling_min", "time"),
        (
            {"kind": "wait", "handling_min": None, "wait_min": None},
            "process.steps.a.wait_min",
            "time",
        ),
        ({"team": ""}, "process.steps.a.team", "resources"),
        ({"team": "gone"}, "process.steps.a.team", "resources"),
        ({"scope": ""}, "process.steps.a.scope", "duties"),
        ({"data_class": "Personal data"}, "process.steps.a.note", "duties"),
    ],
)
def test_a_field_that_is_missing_is_found_where_it_stands(fields, path, level):
    around = finished(steps={"a": fields})
    assert (path, level, "a") in [(f.path, f.level, f.row) for f in check(around)]


def test_personal_data_with_an_owner_or_a_note_is_under_control():
    for control in ({"owner": "Ana"}, {"note": "Masked."}):
        assert check(finished(steps={"a": {"data_class": "personal"} | control})) == ()


def test_findings_come_level_by_level():
    around = finished(steps={"a": {"lane": "", "handling_min": None, "scope": "", "team": ""}})
    levels = [LEVELS.index(finding.level) for finding in check(around)]
    assert levels == sorted(levels)


def test_a_team_of_unknown_size_a_foreign_team_and_an_unknown_volume_are_said():
    around = finished()
    bare = changed(
        around, teams=(Team(id="crew", name="Crew", lane="other"),), cases_per_month=None
    )
    found = said(bare)
    assert "How many people are in “Crew”?" in found
    assert "How many cases a month is not known yet." in found
    assert any("belongs to another lane than “Desk”" in sentence for sentence in found)


def test_work_without_a_rate_asks_the_other_side_for_an_estimate():
    bare = changed(finished(), rates=())
    assert "Your own estimate would do." in said(bare, "buyer")[0]
    assert "Your own estimate" not in said(bare, "supplier")[0]


@pytest.mark.parametrize("where", [{}, {"lane": "gone"}, {"team": "gone"}, {"step": "gone"}])
def test_a_rate_of_nothing_is_said(where):
    around = finished()
    rates = (*around.rates, Rate(id="lost", cost_per_hour=1, **where))
    (found,) = check(changed(around, rates=rates))
    assert (found.path, found.level) == ("process.rates.lost", "money")


def test_a_limit_on_an_arrow_that_is_no_rework_is_said():
    around = finished()
    flows = tuple(f.model_copy(update={"max_repeats": 2}) for f in around.flows[:1])
    (found,) = check(changed(around, flows=(*flows, *around.flows[1:])))
    assert "the limit is not used" in found.sentence


def test_a_rate_in_another_currency_is_a_rate():
    foreign = (Rate(id="r", lane="desk", cost_per_hour=20, currency="PHP"),)
    assert check(changed(finished(), rates=foreign)) == ()


def test_work_that_does_not_explain_the_people_is_said():
    around = finished()
    half = changed(around, cases_per_month=around.process.cases_per_month / 2)
    assert any("explains 50 % of the people" in sentence for sentence in said(half))


# --- responsibilities ---

ROLES = (Role(id="lead", name="Lead"), Role(id="boss", name="Boss"))


def duty(row, step, role, letter):
    return Raci(id=row, step=step, role=role, letter=letter)


def test_every_step_has_exactly_one_who_is_accountable():
    cells = (duty("1", "a", "lead", "R"), duty("2", "a", "lead", "A"), duty("3", "b", "lead", "A"),
             duty("4", "b", "boss", "A"))  # fmt: skip
    found = said(changed(finished(), roles=ROLES, raci=cells))
    assert found == ["For “b” Lead and Boss are accountable; it should be one of them."]
    found = said(changed(finished(), roles=ROLES, raci=cells[:1]))
    assert found == ["Nobody is accountable for “a”.", "Nobody is accountable for “b”."]


def test_the_matrix_shows_letters_in_their_order_for_tasks_that_matter():
    cells = (duty("1", "a", "lead", "A"), duty("2", "a", "lead", "R"), duty("3", "a", "boss", "I"))
    around = changed(finished(steps={"b": {"scope": "out"}}), roles=ROLES, raci=cells)
    (row,) = allocation(around.process).rows
    assert row.letters == {"lead": "RA", "boss": "I"}
    assert row.who("I") == ("boss",)
    assert row.settled


def test_a_duty_that_points_at_nothing_is_said():
    cells = (duty("1", "a", "lead", "A"), duty("2", "b", "lead", "A"), duty("3", "b", "gone", "R"))
    assert said(changed(finished(), roles=ROLES, raci=cells)) == [
        "A duty points at a role that is gone."
    ]


def test_nobody_asks_for_duties_before_there_are_roles():
    assert check(finished()) == ()


# --- the form before mapping ---

FORM = (
    SipocLine(
        id="1", supplier="Shop, Customer", input="A claim", step="Receive", customer="Clerks"
    ),
    SipocLine(id="2", step="Decide", output="A letter", customer="customer"),
)


def test_the_form_seeds_lanes_and_the_first_and_last_step():
    found = seed(Process(sipoc=FORM))
    assert [(lane.name, lane.party) for lane in found.lanes] == [
        ("Shop", "other"), ("Customer", "customer"), ("Clerks", "other"), ("The work", "other"),
    ]  # fmt: skip
    lane = {row.id: row.name for row in found.lanes}
    assert [(s.kind, s.name, lane[s.lane]) for s in found.steps] == [
        ("start", "A claim", "Shop"),
        ("task", "Receive", "The work"),
        ("task", "Decide", "The work"),
        ("end", "A letter", "Customer"),
    ]
    assert [(f.source, f.target) for f in found.flows] == [
        ("s1", "s2"), ("s2", "s3"), ("s3", "s4"),
    ]  # fmt: skip


def test_seeding_again_changes_nothing_and_a_map_keeps_its_steps():
    found = seed(Process(sipoc=FORM))
    assert seed(found) == found
    around = finished()
    seeded = seed(around.process.replace(sipoc=FORM))
    assert seeded.steps == around.steps
    assert [lane.name for lane in seeded.lanes] == ["Desk", "Shop", "Customer", "Clerks"]


def test_an_empty_form_seeds_nothing():
    empty = Process(sipoc=(SipocLine(id="1"),))
    assert seed(empty) == empty
