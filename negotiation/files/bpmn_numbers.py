"""Our numbers inside a BPMN file: one namespace, elements in `extensionElements`.

    <np:map case_name=… >  of the process: its numbers, with <np:team>, <np:rate> and the arrows
                           that lead nowhere yet
    <np:lane>, <np:step>, <np:flow>  of the element they stand in

An attribute is a field of the row in `negotiation.process.rows`, with a capital letter instead of
an underscore (`handling_min` is `handlingMin`). A row's field that has its default is left out;
the map's numbers are all there, so that another map takes them in. What a party keeps to itself is
never written.
"""

import re
from collections.abc import Iterable
from typing import Any
from xml.etree.ElementTree import Element, SubElement

from negotiation.plain import printable
from negotiation.process.rows import Process, Rate, Team
from negotiation.values import Value

NAMESPACE = "urn:negotiation-playbook:process:1"
PREFIX = "np"
MAP_FIELDS = tuple(
    name for name, field in Process.model_fields.items() if not str(field.annotation).count("tuple")
)


def tag(word: str) -> str:
    """The full name of one of our elements."""
    return f"{{{NAMESPACE}}}{word}"


def attribute(field: str) -> str:
    """A field's name as an attribute: handling_min -> handlingMin."""
    return re.sub(r"_([a-z])", lambda found: found[1].upper(), field)


def write(parent: Element, word: str, row: Value, leave: Iterable[str] = ()) -> Element:
    """Put one of our elements below `parent`, with the fields of `row` that are not default.

    Its name carries the prefix as it is written; the root declares it.
    """
    return SubElement(parent, f"{PREFIX}:{word}", attributes(row, leave))


def attributes(row: Value, leave: Iterable[str] = ()) -> dict[str, str]:
    """The fields of `row` as attributes, without those in `leave` and those at their default."""
    found = {}
    for name, field in type(row).model_fields.items():
        value = getattr(row, name)
        if name not in leave and value != field.default and value is not None:
            found[attribute(name)] = written(value)
    return found


def written(value: Any) -> str:
    """A field's value as text that reads back to the same value."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return printable(value) if isinstance(value, str) else repr(value)


def fields(kind: type[Value], element: Element | None) -> dict[str, Any]:
    """The fields of a row of `kind` that one of our elements holds; others are ignored."""
    if element is None:
        return {}
    known = {attribute(name): name for name in kind.model_fields}
    return {known[key]: value for key, value in element.attrib.items() if key in known}


def write_map(parent: Element, process: Process) -> Element:
    """The numbers of the map, its teams, and the rates that both sides see."""
    told = {attribute(name): getattr(process, name) for name in MAP_FIELDS}
    numbers = {name: written(value) for name, value in told.items() if value is not None}
    whole = SubElement(parent, f"{PREFIX}:map", numbers)
    for team in process.teams:
        write(whole, "team", team)
    for rate in process.rates:
        if rate.space == "shared":
            write(whole, "rate", rate, leave=("space",))
    return whole


def read_map(whole: Element) -> dict[str, Any]:
    """The numbers, teams and rates that `write_map` wrote."""
    found = {key: value for key, value in fields(Process, whole).items() if key in MAP_FIELDS}
    found["teams"] = [fields(Team, row) for row in whole.iter(tag("team"))]
    rates = [fields(Rate, row) for row in whole.iter(tag("rate"))]
    # A file from elsewhere cannot put rows into a party's own space.
    found["rates"] = [{**row, "space": "shared"} for row in rates]
    return found
