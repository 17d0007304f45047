"""What BPMN's elements are called on our map, and what is said about those it has no place for."""

from xml.etree.ElementTree import Element

from .read_map import clean, listed

KINDS = {
    "startEvent": "start",
    "endEvent": "end",
    "intermediateCatchEvent": "wait",
    "intermediateThrowEvent": "wait",
    "exclusiveGateway": "decision",
    "eventBasedGateway": "decision",
    "inclusiveGateway": "decision",
    "complexGateway": "decision",
    "parallelGateway": "parallel",
    **dict.fromkeys(
        (
            "task", "userTask", "manualTask", "serviceTask", "scriptTask", "businessRuleTask",
            "sendTask", "receiveTask", "callActivity", "subProcess", "transaction",
            "adHocSubProcess",
        ),
        "task",
    ),
}  # fmt: skip
INSIDE = ("subProcess", "transaction", "adHocSubProcess")
_NAMES = {
    "startEvent": "Start",
    "endEvent": "End",
    "intermediateCatchEvent": "Wait",
    "intermediateThrowEvent": "Pass on",
    "userTask": "Task of a person",
    "manualTask": "Task by hand",
    "serviceTask": "Task of a system",
    "scriptTask": "Task of a script",
    "businessRuleTask": "Apply a rule",
    "sendTask": "Send a message",
    "receiveTask": "Receive a message",
    "callActivity": "Sub-process",
    "subProcess": "Sub-process",
    "transaction": "Sub-process",
    "adHocSubProcess": "Sub-process",
}
_EVENTS = {
    "timer": ("Wait for the time", "At a time", "Time is up"),
    "message": ("Wait for a message", "Send a message", "Message comes"),
    "signal": ("Wait for a signal", "Send a signal", "Signal comes"),
    "conditional": ("Wait for a condition", "Wait for a condition", "Condition holds"),
    "link": ("Continued from elsewhere", "Continues elsewhere", "Link"),
    "escalation": ("Wait for an escalation", "Escalate", "Escalation"),
    "error": ("Wait for an error", "Error", "Error"),
    "compensate": ("Wait to undo", "Undo", "Undo"),
    "cancel": ("Wait to cancel", "Cancel", "Cancelled"),
    "terminate": ("Stop everything", "Stop everything", "Stop everything"),
}
_SAID = {
    "inside": "Each of these sub-processes is one step here; what is inside was left out: {}.",
    "called": "Called by a step and left out, since a called process is one step here: {}.",
    "empty_pool": "These pools show no steps of their own; each is one step that waits and that "
    "no case is counted through: {}.",
    "pool": "The file has no pool or lane for these steps, so one lane was made: {}.",
    "no_lane": "These steps stand in no lane of the file; they were put where they are drawn, "
    "else into a lane of their pool: {}.",
    "decision": "These inclusive or complex gateways can take several ways at once; here they "
    "decide for one: {}.",
    "split": "Several ways lead on from these steps without a condition, so all are taken; a "
    "parallel step was put behind each: {}.",
    "border": "These events at a task's border became a way out of the task, without a "
    "probability: {}.",
    "border_lost": "These events at a task's border lead nowhere and were left out: {}.",
    "aside": "Steps beside the flow (event sub-processes, undoing steps) were left out: {}.",
    "repeat": "The file marks these steps as repeated or done several times; here each is done "
    "once per visit: {}.",
    "started": "Another pool's message begins these, so they are no start of their own here: {}.",
    "reply": "These messages reach a step that has its own way in; they are drawn, but no case is "
    "counted along them (probability 0): {}.",
    "link": "Continued by a link elsewhere in the drawing, here by an arrow: {}.",
    "dangling": "Arrows with a missing end were left out: {}.",
    "double": "Arrows that were there twice were taken once: {}.",
    "message_lost": "Messages with a missing end were left out: {}.",
    "implied": "Nothing begins or ends these parts of the file, so a start or an end was added: "
    "{}.",
    "unanswered": "A case would wait here for one message after another and never end; a way out "
    "was added, without a probability: {}.",
    "ids": "Ids of these rows do not fit here and were changed: {}.",
    "party": "Taken as a party's from the name: {}.",
    "chance": "Probabilities of these arrows were not between 0 and 1 and were left out: {}.",
    "time": "Durations of these steps could not be read and were left out: {}.",
}
_LEFT_OUT = {
    "dataObject": None,
    "dataObjectReference": "data objects",
    "dataStoreReference": "data stores",
    "textAnnotation": "notes in the drawing",
    "group": "groups",
    "choreographyTask": "choreography tasks",
    "callChoreography": "choreography tasks",
    "subChoreography": "choreography tasks",
    "callConversation": "conversations",
    "conversation": "conversations",
    "subConversation": "conversations",
}


class Notes:
    """Collects what was left out or assumed; each sentence is said once, with names."""

    def __init__(self) -> None:
        self._names: dict[str, list[str]] = {}
        self._more: list[str] = []

    def say(self, key: str, name: str) -> None:
        """`name` is one more example of what `key` says."""
        names = self._names.setdefault(key, [])
        if name not in names:
            names.append(name)

    def add(self, sentence: str) -> None:
        """A sentence of its own, said last."""
        if sentence not in self._more:
            self._more.append(sentence)

    def left_out(self, root: Element, model: str) -> None:
        """Count the elements that the map has no row for."""
        counts: dict[str, int] = {}
        for element in root.iter():
            word = _LEFT_OUT.get(element.tag.removeprefix(model))
            if word and element.tag.startswith(model):
                counts[word] = counts.get(word, 0) + 1
        if counts:
            told = ", ".join(f"{word} ({count})" for word, count in counts.items())
            self.add(f"The map has no place for these, and they were left out: {told}.")

    def sentences(self) -> list[str]:
        """The sentences, the ones about structure first."""
        told = [_SAID[key].format(listed(names)) for key, names in self._names.items()]
        return [*told, *self._more]


def local(element: Element, model: str) -> str:
    """The element's name when it is BPMN's, else ""."""
    return element.tag.removeprefix(model) if element.tag.startswith(model) else ""


def named(element: Element, model: str) -> str:
    """What a flow node is called: its name, else a word for its kind."""
    name = clean(element.get("name"))
    if name:
        return name
    word = local(element, model)
    event = next((e for e in _definitions(element, model)), "")
    if event in _EVENTS and word in ("intermediateCatchEvent", "intermediateThrowEvent"):
        return _EVENTS[event][word == "intermediateThrowEvent"]
    if event in _EVENTS and word == "boundaryEvent":
        return _EVENTS[event][2]
    return _NAMES.get(word, "Step")


def gateway_name(kind: str, ways_in: int, labels: list[str]) -> str:
    """A word for a gateway without a name, from what it does."""
    if len(labels) < 2:
        return "Come together" if ways_in > 1 or kind == "parallel" else "Go on"
    if kind == "parallel":
        return "At the same time"
    told = [label for label in labels if label]
    return clean(" or ".join(told) + "?") if len(told) == len(labels) <= 3 else "Which way?"


def _definitions(element: Element, model: str) -> list[str]:
    words = (local(child, model) for child in element)
    return [w.removesuffix("EventDefinition") for w in words if w.endswith("EventDefinition")]


def link_name(element: Element, model: str) -> str | None:
    """The name of a link event, "" when it has none; None when it is no link event."""
    for child in element:
        if local(child, model) == "linkEventDefinition":
            return clean(child.get("name")) or clean(element.get("name"))
    return None
