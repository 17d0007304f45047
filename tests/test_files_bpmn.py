"""BPMN files become maps and maps become BPMN files; what is hostile becomes a sentence."""

import random
import string
from pathlib import Path

import pytest

from negotiation.files.bpmn import read_bpmn, write_bpmn
from negotiation.files.deal_file import sample
from negotiation.files.limits import MAP_BYTES
from negotiation.process.maps import Map
from negotiation.process.rows import Flow, Lane, Process, Rate, Step, Team
from negotiation.values import FieldError
from tests.process_toys import shared

MODEL = "http://www.omg.org/spec/BPMN/20100524/MODEL"
QBP = "http://www.qbp-simulator.com/Schema201212"
SHARED = Path(__file__).resolve().parents[2] / "shared" / "data" / "bpmn"


def bpmn(*parts, top=""):
    """A BPMN document of one process from its elements, each written as `word id name=…`."""
    return document(f'<process id="p" name="Claims">{"".join(parts)}</process>{top}')


def document(inside):
    return (
        f'<definitions xmlns="{MODEL}" xmlns:qbp="{QBP}" id="d" targetNamespace="t">'
        f"{inside}</definitions>"
    ).encode()


def node(word, key, name="", inside="", **more):
    extra = "".join(f' {k}="{v}"' for k, v in more.items())
    return f'<{word} id="{key}" name="{name}"{extra}>{inside}</{word}>'


def flow(source, target, name="", condition="", key=""):
    told = f"<conditionExpression>{condition}</conditionExpression>" if condition else ""
    return (
        f'<sequenceFlow id="{key or f"{source}_{target}"}" name="{name}" '
        f'sourceRef="{source}" targetRef="{target}">{told}</sequenceFlow>'
    )


def read(*parts, top=""):
    found = read_bpmn(bpmn(*parts, top=top))
    return found.process, " ".join(found.notes)


def arrows(process):
    return {(f.source, f.target) for f in process.flows}


def kinds(process):
    return {s.id: s.kind for s in process.steps}


LINE = (node("startEvent", "s"), node("task", "a", "Check"), node("endEvent", "e"))


def test_tasks_events_and_gateways_become_steps_of_their_kind():
    process, _ = read(
        node("startEvent", "s", "Claim arrives"),
        node("userTask", "a", "Check the\nclaim"),
        node("intermediateCatchEvent", "w", "", "<timerEventDefinition/>"),
        node("eventBasedGateway", "g"),
        node("parallelGateway", "p"),
        node("callActivity", "c"),
        node("endEvent", "e"),
        flow("s", "a"), flow("a", "w"), flow("w", "g"), flow("g", "p", "yes"), flow("g", "c", "no"),
        flow("p", "e"), flow("c", "e"),
    )  # fmt: skip
    assert kinds(process) == {
        "s": "start", "a": "task", "w": "wait", "g": "decision", "p": "parallel", "c": "task",
        "e": "end",
    }  # fmt: skip
    assert [s.name for s in process.steps] == [
        "Claim arrives", "Check the claim", "Wait for the time", "yes or no?", "Come together",
        "Sub-process", "End",
    ]  # fmt: skip
    assert {f.probability for f in process.flows} == {None}
    assert [lane.name for lane in process.lanes] == ["Claims"]


def test_a_task_with_several_ways_out_gets_a_parallel_step_and_it_is_said():
    process, notes = read(
        *LINE, node("task", "b", "Pay"),
        flow("s", "a"), flow("a", "b"), flow("a", "e"), flow("b", "e"),
    )  # fmt: skip
    assert arrows(process) == {
        ("s", "a"), ("a", "a-all"), ("a-all", "b"), ("a-all", "e"), ("b", "e"),
    }  # fmt: skip
    assert kinds(process)["a-all"] == "parallel"
    assert "a parallel step was put behind each: “Check”" in notes


def test_conditions_on_the_ways_out_of_a_task_choose_one_of_them():
    process, notes = read(
        node("startEvent", "s"), node("task", "a", "Check", default="a_e"), node("endEvent", "e"),
        node("task", "b", "Pay"),
        flow("s", "a"), flow("a", "b", condition="${ok}"), flow("a", "e"), flow("b", "e"),
    )  # fmt: skip
    assert {f.target: f.label for f in process.flows if f.source == "a"} == {
        "b": "${ok}", "e": "otherwise",
    }  # fmt: skip
    assert "parallel" not in notes


def test_an_event_at_the_border_is_a_way_out_of_its_task_without_a_probability():
    process, notes = read(
        *LINE, node("task", "b", "Remind"),
        '<boundaryEvent id="t" attachedToRef="a"><timerEventDefinition/></boundaryEvent>',
        '<boundaryEvent id="lost" attachedToRef="a" name="Undo it"/>',
        flow("s", "a"), flow("a", "e"), flow("t", "b"), flow("b", "e"),
    )  # fmt: skip
    way = next(f for f in process.flows if f.target == "b")
    assert (way.source, way.label, way.probability) == ("a", "Time is up", None)
    assert "lead nowhere and were left out: “Undo it”" in notes


def test_a_sub_process_is_one_step_and_its_inside_is_said_to_be_left_out():
    process, notes = read(
        node("startEvent", "s"),
        node("subProcess", "a", "Fix it", node("task", "deep", "Deep") + node("task", "d2", "X")),
        node("endEvent", "e"), flow("s", "a"), flow("a", "e"),
    )  # fmt: skip
    assert list(kinds(process)) == ["s", "a", "e"]
    assert "what is inside was left out: “Fix it”" in notes


def test_nested_lanes_are_flat_with_both_names_and_a_step_in_no_lane_is_told():
    lanes = (
        '<laneSet id="ls"><lane id="l1" name="Supplier"><childLaneSet id="c">'
        '<lane id="l2" name="Desk"><flowNodeRef>a</flowNodeRef></lane>'
        '<lane id="l3" name="Back office"/></childLaneSet></lane>'
        '<lane id="l4" name="Customer"><flowNodeRef>s</flowNodeRef></lane></laneSet>'
    )
    process, notes = read(lanes, *LINE, flow("s", "a"), flow("a", "e"))
    assert [(lane.name, lane.party) for lane in process.lanes] == [
        ("Supplier / Desk", "other"), ("Supplier / Back office", "other"),
        ("Customer", "customer"), ("Claims", "other"),
    ]  # fmt: skip
    assert {s.id: s.lane for s in process.steps}["a"] == "l2"
    assert "These steps stand in no lane of the file" in notes
    assert "“Customer (customer)”" in notes


TWO_POOLS = (
    '<collaboration id="c"><participant id="pa" name="Customer" processRef="p"/>'
    '<participant id="pb" name="Service desk" processRef="q"/>'
    '<participant id="pc" name="Bank"/>'
    '<messageFlow id="m1" name="order" sourceRef="a" targetRef="s2"/>'
    '<messageFlow id="m2" name="answer" sourceRef="b2" targetRef="b"/>'
    '<messageFlow id="m3" sourceRef="b2" targetRef="pc"/>'
    '<messageFlow id="m4" sourceRef="b2" targetRef="nowhere"/></collaboration>'
    '<process id="p">'
    + "".join(LINE) + node("receiveTask", "b", "Read the answer")
    + flow("s", "a") + flow("a", "b") + flow("b", "e")
    + '</process><process id="q">'
    + node("startEvent", "s2", "Order comes") + node("task", "b2", "Answer")
    + node("endEvent", "e2")
    + flow("s2", "b2") + flow("b2", "e2") + "</process>"
)  # fmt: skip


def test_a_message_to_another_pools_start_brings_the_case_there_and_an_answer_does_not():
    found = read_bpmn(document(TWO_POOLS))
    process, notes = found.process, " ".join(found.notes)
    assert kinds(process)["s2"] == "wait"
    assert {("a", "a-all"), ("a-all", "s2"), ("a-all", "b")} <= arrows(process)
    told = {(f.source, f.target): f.probability for f in process.flows}
    assert told["b2", "b"] == told["b2", "pc"] == 0.0
    assert told["b2", "e2"] == 1.0
    assert [lane.name for lane in process.lanes] == ["Customer", "Service desk", "Bank"]
    for words in ("Order comes", "Answer → Read the answer", "“Bank”", "missing end"):
        assert words in notes


def test_a_case_that_would_wait_for_messages_for_ever_gets_a_way_out():
    found = read_bpmn(
        document(
            TWO_POOLS.replace(flow("b", "e"), flow("b", "b"))
        )
    )
    way = next(f for f in found.process.flows if f.label == "no message comes")
    assert (way.source, way.probability) == ("b", None)
    assert kinds(found.process)[way.target] == "end"
    assert "never end; a way out was added" in " ".join(found.notes)


def test_what_another_tool_adds_to_our_file_is_read_beside_our_numbers():
    ours = write_bpmn(
        Process(
            steps=(Step(id="a", name="Check", handling_min=4), Step(id="b", name="Pay")),
            flows=(Flow(id="f", source="a", target="b", probability=1.0),),
        )
    ).decode()
    added = node("userTask", "new", "Ask") + flow("a", "new", key="g")
    process = read_bpmn(ours.replace("</process>", added + "</process>").encode()).process
    assert {s.id: s.handling_min for s in process.steps} == {
        "a": 4, "a-all": None, "b": None, "new": None,
    }  # fmt: skip
    assert arrows(process) == {("a", "a-all"), ("a-all", "b"), ("a-all", "new")}


def test_dangling_and_double_arrows_are_left_out_and_said():
    process, notes = read(
        *LINE, flow("s", "a"), flow("s", "a", key="again"), flow("a", "ghost", "to nowhere"),
        flow("a", "e"),
    )  # fmt: skip
    assert arrows(process) == {("s", "a"), ("a", "e")}
    assert len(process.flows) == 2
    assert "“to nowhere”" in notes
    assert "twice were taken once: “Start → Check”" in notes


def test_a_process_that_begins_and_ends_without_saying_gets_a_start_and_an_end():
    process, notes = read(node("task", "a", "Check"), node("task", "b", "Pay"), flow("a", "b"))
    assert list(kinds(process).values()) == ["start", "task", "task", "end"]
    assert "a start or an end was added" in notes


def test_link_events_join_and_repeated_steps_are_said():
    process, notes = read(
        *LINE,
        node("intermediateThrowEvent", "x", "A", '<linkEventDefinition name="A"/>'),
        node("intermediateCatchEvent", "y", "A", '<linkEventDefinition name="A"/>'),
        node("task", "b", "Each", "<multiInstanceLoopCharacteristics/>"),
        flow("s", "a"), flow("a", "x"), flow("y", "b"), flow("b", "e"),
    )  # fmt: skip
    assert ("x", "y") in arrows(process)
    assert "repeated or done several times; here each is done once per visit: “Each”" in notes


def test_several_processes_without_pools_get_a_lane_each():
    found = read_bpmn(
        document(
            '<process id="p" name="Claims">' + "".join(LINE) + '</process><process id="q">'
            + node("startEvent", "s2") + node("endEvent", "e2") + flow("s2", "e2") + "</process>"
        )
    )  # fmt: skip
    assert [lane.name for lane in found.process.lanes] == ["Claims", "Process"]


def test_ids_that_do_not_fit_are_changed_the_same_way_each_time():
    parts = (node("startEvent", "ä.1"), node("endEvent", "e:2"), flow("ä.1", "e:2"))
    process, notes = read(*parts)
    assert [s.id for s in process.steps] == ["1", "e-2"]
    assert process == read(*parts)[0]
    assert "do not fit here and were changed" in notes


# --- simulation data


def qbp_file(kind, mean, arg1, arg2, unit="minutes"):
    info = (
        '<qbp:processSimulationInfo id="i" processInstances="10" currency="EUR">'
        '<qbp:arrivalRateDistribution type="EXPONENTIAL" mean="NaN" arg1="360" arg2="NaN">'
        "<qbp:timeUnit>minutes</qbp:timeUnit></qbp:arrivalRateDistribution>"
        '<qbp:timetables><qbp:timetable id="t" default="true" name="Office"><qbp:rules>'
        '<qbp:rule fromTime="09:00:00.000+00:00" toTime="17:00:00.000+00:00" fromWeekDay="MONDAY" '
        'toWeekDay="FRIDAY"/></qbp:rules></qbp:timetable></qbp:timetables>'
        '<qbp:resources><qbp:resource id="r1" name="Clerk" totalAmount="3" costPerHour="25" '
        'timetableId="t"/></qbp:resources><qbp:elements>'
        '<qbp:element id="x" elementId="a">'
        f'<qbp:durationDistribution type="{kind}" mean="{mean}" arg1="{arg1}" arg2="{arg2}">'
        f"<qbp:timeUnit>{unit}</qbp:timeUnit></qbp:durationDistribution>"
        "<qbp:resourceIds><qbp:resourceId>r1</qbp:resourceId></qbp:resourceIds></qbp:element>"
        '</qbp:elements><qbp:sequenceFlows><qbp:sequenceFlow elementId="g_e" '
        'executionProbability="0.7"/><qbp:sequenceFlow elementId="g_a" '
        'executionProbability="1.3"/></qbp:sequenceFlows></qbp:processSimulationInfo>'
    )
    return read(
        *LINE, node("exclusiveGateway", "g"), flow("s", "a"), flow("a", "g"), flow("g", "e"),
        flow("g", "a"), top=info,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "mean", "arg1", "arg2", "minutes", "cv"),
    [
        ("FIXED", 600, 0, 0, 10, 0),
        ("NORMAL", 600, 150, "NaN", 10, 0.25),
        ("EXPONENTIAL", "NaN", 600, "NaN", 10, 1),
        ("UNIFORM", "", 300, 900, 10, 600 / 12**0.5 / 600),
        ("TRIANGULAR", 600, 300, 900, 10, (270_000 / 18 * 1.0) ** 0.5 / 600),
        ("GAMMA", 600, 90_000, 0, 10, 0.5),
        ("LOGNORMAL", 600, 90_000, 0, 10, 0.5),
    ],
)
def test_simulation_times_are_seconds_and_stand_where_each_distribution_keeps_them(
    kind, mean, arg1, arg2, minutes, cv
):
    process, _ = qbp_file(kind, mean, arg1, arg2)
    check = next(s for s in process.steps if s.id == "a")
    assert check.handling_min == pytest.approx(minutes)
    assert check.handling_cv == pytest.approx(cv)


def test_simulation_data_bring_teams_rates_shares_and_cases_a_month():
    process, notes = qbp_file("FIXED", 600, 0, 0)
    assert process.teams == (Team(id="r1", name="Clerk", lane=process.lanes[0].id, people=3),)
    assert process.steps[1].team == "r1"
    assert [(r.team, r.cost_per_hour, r.currency) for r in process.rates] == [("r1", 25, "EUR")]
    assert {f.id: f.probability for f in process.flows if f.source == "g"} == {
        "g_e": 0.7, "g_a": None,
    }  # fmt: skip
    # 8 hours on 5 days of 52/12 weeks, one case every 360 seconds.
    assert process.cases_per_month == pytest.approx(8 * 5 * 52 / 12 * 10)
    assert process.arrival_cv == 1
    assert "as seconds whatever unit they name" in notes
    assert "not between 0 and 1" in notes


# --- out and in again


def everything():
    """A map with every field set, odd ids, and rows that point nowhere."""
    return Process(
        case_name="claim <&>", cases_per_month=1234.5, hours_per_fte_month=150, shrinkage=0.25,
        occupancy=0.8, arrival_cv=1.5, open_hours_per_day=10, open_days_per_month=22,
        lead_target_hours=48,
        lanes=(Lane(id="1", name="Agents", party="supplier"), Lane(id="x", name=" Empty  lane ")),
        teams=(Team(id="1", name="Desk", lane="1", people=9, hours_per_fte_month=140),
               Team(id="t", name="No lane")),
        steps=(
            Step(id="1", name="Begin", lane="1", kind="start"),
            Step(id="x", name="Two ways", lane="x", team="1", handling_min=0.1 + 0.2,
                 handling_cv=0.5, wait_min=7, wait_cv=1, wait_cause="approval", material_cost=2,
                 value_add="VA", system="CRM", automation_share=0.3, error_rate=0.04,
                 evidence="measured", wait_evidence="agreed", source="log", owner="Ana",
                 scope="in", data_class="personal",
                 pain='a "b" <c>\nline\ttab', note="first\r\nsecond & third"),
            Step(id="d", name="Which?", lane="gone", kind="decision"),
            Step(id="-p", name="Both", kind="parallel"),
            Step(id="definitions", name="Sleep", kind="wait", lane="1"),
            Step(id="end", name="Fertig ✓", kind="end", lane="1"),
        ),
        flows=(
            Flow(id="lost", source="gone", target="x", label="?"),
            Flow(id="1", source="1", target="x"),
            Flow(id="f2", source="x", target="d", probability=0.9, evidence="agreed"),
            Flow(id="f3", source="x", target="end", probability=0.1, label="gives up"),
            Flow(id="f4", source="d", target="x", probability=0.0, rework=True, max_repeats=2),
            Flow(id="f5", source="d", target="-p"),
            Flow(id="f6", source="-p", target="definitions"),
            Flow(id="f7", source="-p", target="end"),
            Flow(id="lost2", source="x", target="gone"),
            Flow(id="f8", source="definitions", target="end"),
        ),
        rates=(
            Rate(id="r1", lane="1", cost_per_hour=21.5, currency="USD", evidence="agreed",
                 source="card"),
            Rate(id="r2", space="buyer", lane="1", cost_per_hour=98.7654321),
        ),
    )  # fmt: skip


@pytest.mark.parametrize("process", [everything(), sample().process, Process(steps=(
    Step(id="a", name="Alone"),))], ids=["everything", "sample", "alone"])  # fmt: skip
def test_out_and_in_again_gives_equal_tables_and_equal_bytes(process):
    content = write_bpmn(process)
    found = read_bpmn(content)
    assert found.process == shared(process)
    assert found.notes == ()
    assert write_bpmn(found.process) == content


def test_a_party_s_own_rates_do_not_leave_and_none_are_planted_in_its_space():
    content = write_bpmn(everything())
    assert b"98.7654321" not in content and b"buyer" not in content
    planted = content.replace(b'<np:rate id="r1"', b'<np:rate id="r1" space="supplier"')
    assert read_bpmn(planted).process.rates[0].space == "shared"


def test_a_number_changed_by_hand_to_nonsense_is_refused_at_its_step():
    content = write_bpmn(everything()).replace(b'waitMin="7.0"', b'waitMin="a week"')
    assert refusal(content) == (
        "Step “Two ways”, wait min: 'a week' is not a number; write it like 1.65 (a point, no "
        "thousands separators). Nothing was taken."
    )


def test_the_elements_come_in_the_order_of_the_schema():
    from xml.etree.ElementTree import fromstring

    order = {
        "collaboration": ["participant"],
        "process": ["extensionElements", "laneSet", "flowNode", "sequenceFlow"],
        "lane": ["extensionElements", "flowNodeRef"],
        "flowNode": ["documentation", "extensionElements", "incoming", "outgoing",
                     "timerEventDefinition"],
        "sequenceFlow": ["extensionElements", "conditionExpression"],
    }  # fmt: skip
    nodes = {"startEvent", "task", "intermediateCatchEvent", "exclusiveGateway",
             "parallelGateway", "endEvent"}  # fmt: skip

    def word(element):
        found = element.tag.removeprefix(f"{{{MODEL}}}")
        return "flowNode" if found in nodes else found

    for process in (everything(), sample().process):
        root = fromstring(write_bpmn(process))
        for element in root.iter():
            if word(element) in order:
                places = [order[word(element)].index(word(child)) for child in element]
                assert places == sorted(places), element.get("id")
        ids = [e.get("id") for e in root.iter() if e.get("id") and e.tag.startswith(f"{{{MODEL}}}")]
        assert len(ids) == len(set(ids))
        refs = {e.text for e in root.iter() if word(e) in ("incoming", "outgoing", "flowNodeRef")}
        assert refs <= set(ids)
        assert all(i[0] in string.ascii_letters + "_" for i in ids)


def test_every_lane_step_and_flow_is_drawn_where_the_layout_puts_it():
    from xml.etree.ElementTree import fromstring

    for process in (everything(), sample().process):
        root = fromstring(write_bpmn(process))
        plane = next(e for e in root.iter() if e.tag.endswith("}BPMNPlane"))
        drawn = [e.get("bpmnElement") for e in plane]
        ids = {e.get("id") for e in root.iter() if e.tag.startswith(f"{{{MODEL}}}")}
        lines = len(process.flows) - len(Map(process).dangling)
        assert len(drawn) == len(set(drawn)) == 1 + len(process.lanes) + len(process.steps) + lines
        assert set(drawn) <= ids
        assert root[-1].tag.endswith("}BPMNDiagram")
        pool, *shapes = (e[0] for e in plane if e.tag.endswith("Shape"))
        left, top, width, height = (float(pool.get(n)) for n in ("x", "y", "width", "height"))
        for bounds in shapes:
            x, y, w, h = (float(bounds.get(n)) for n in ("x", "y", "width", "height"))
            assert left <= x and top <= y and x + w <= left + width and y + h <= top + height
        edges = [e for e in plane if e.tag.endswith("Edge")]
        assert all(sum(c.tag.endswith("waypoint") for c in e) >= 2 for e in edges)


@pytest.mark.skipif(not SHARED.is_dir(), reason="the reference files lie outside the project")
def test_every_reference_file_comes_in_goes_out_and_comes_in_equal():
    files = sorted(SHARED.glob("*.bpmn"))
    assert len(files) == 19
    for path in files:
        first = read_bpmn(path.read_bytes(), path.name)
        again = read_bpmn(write_bpmn(first.process), path.name)
        assert again.process == first.process, path.name
        assert again.notes == ()
        assert any(step.kind == "start" for step in first.process.steps)


# --- hostile and broken files


def refusal(content):
    with pytest.raises(FieldError) as caught:
        read_bpmn(content, "mine.bpmn")
    assert caught.value.path == "file"
    return caught.value.sentence


LAUGHS = '<!DOCTYPE a [<!ENTITY l "ha"><!ENTITY m "&l;&l;&l;&l;">]><a>&m;</a>'


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (LAUGHS.encode(), "defines a document type or entities"),
        (LAUGHS.encode("utf-16"), "defines a document type or entities"),
        (b'<!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>', "defines a document type"),
        (f'<definitions xmlns="{MODEL}">&secret;</definitions>'.encode(), "The file is broken"),
        (b"<a>" * 200 + b"</a>" * 200, "nests more than 100 levels"),
        (b" " * (MAP_BYTES + 1), "larger than 5 MB"),
        (b"<a/>" + b" " * 50_000_000, "larger than 5 MB"),
        (bpmn(*LINE)[:-30], "The file is broken: line 1 is not XML"),
        (b"", "The file is empty"),
        (b"step,minutes\nCheck,5\n", "The file is broken"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "not a BPMN 2.0 file: it begins with <svg>"),
        (b'<?xml version="1.0" encoding="klingon"?><a/>', "encoding is unknown"),
        (document('<process id="p"/>'), "holds no steps"),
        (bpmn(*(node("task", f"t{i}") for i in range(401))), "a map holds up to 400"),
    ],
)  # fmt: skip
def test_what_is_hostile_broken_or_something_else_is_refused_in_a_sentence(content, words):
    assert words in refusal(content)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "iso-8859-1", "windows-1252"])
def test_every_usual_encoding_is_read(encoding):
    text = bpmn(node("task", "a", "Prüfen")).decode()
    content = f'<?xml version="1.0" encoding="{encoding}"?>{text}'.encode(encoding)
    assert [s.name for s in read_bpmn(content).process.steps][1] == "Prüfen"


def test_many_elements_are_refused_before_they_fill_the_memory():
    assert "more than 100,000 elements" in refusal(b"<a>" + b"<b/>" * 100_000 + b"</a>")


def test_files_cut_short_or_changed_anywhere_give_a_map_or_a_sentence():
    chance = random.Random(11)
    sources = [document(TWO_POOLS), write_bpmn(everything()), write_bpmn(sample().process)]
    letters = b"<>/&\"'= \x00\xffa9-{}" + bytes(range(32))
    for _ in range(600):
        content = bytearray(chance.choice(sources))
        for _ in range(chance.randint(1, 4)):
            place = chance.randrange(len(content))
            match chance.randrange(4):
                case 0:
                    content[place] = chance.choice(letters)
                case 1:
                    del content[place : place + chance.randint(1, 80)]
                case 2:
                    content[place:place] = content[place : place + chance.randint(1, 200)]
                case _:
                    found = content.find(b'"', place)
                    content[found:found] = chance.choice([b"9", b"-", b"x", b"e400", b"nan"])
        try:
            read_bpmn(bytes(content))
        except FieldError as error:
            assert error.path == "file" and error.sentence.endswith((".", ")"))
