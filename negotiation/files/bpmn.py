"""BPMN 2.0 files in: pools, lanes, tasks, events, gateways and messages as rows of the map.

What the map has no row for is left out and said in a sentence. How it is read:

- every kind of task, and a sub-process without its inside, is one step;
- events are steps where nothing is handled ("wait"), starts and ends are such;
- exclusive, inclusive, complex and event-based gateways decide, parallel ones do not;
- a task with several ways out and no condition on them goes all of these ways: a parallel step is
  put behind it;
- an event at a task's border is another way out of the task;
- a message to another pool's first step brings the case there. A message to a step that has its own
  way in tells it something: it is drawn with probability 0, so that no case is counted twice.
"""

from negotiation.process.rows import Process

from .bpmn_draft import Draft
from .bpmn_write import write_bpmn
from .limits import MAP_BYTES
from .read_map import ReadMap
from .xml import parse, refused

__all__ = ["ReadMap", "read_bpmn", "write_bpmn"]

_MODELS = ("http://www.omg.org/spec/BPMN/20100524/MODEL", "http://schema.omg.org/spec/BPMN/2.0")


def read_bpmn(content: bytes, name: str = "This file") -> ReadMap:
    """The process in a BPMN 2.0 file, and what was left out or assumed.

    A file that `write_bpmn` wrote gives equal tables again. `name` is used in sentences. Raises
    `FieldError` (path "file") for whatever is no BPMN, too large, broken or hostile.
    """
    root = parse(content, MAP_BYTES)
    model, _, word = root.tag.rpartition("}")
    if word != "definitions" or model[1:] not in _MODELS:
        raise refused(f"{name} is XML, but not a BPMN 2.0 file: it begins with <{word[:40]}>.")
    draft = Draft(root, model + "}")
    draft.read()
    process: Process = draft.process()
    if not process.steps:
        raise refused(f"{name} holds no steps: no task, event or gateway was found in it.")
    return ReadMap(process, tuple(draft.notes.sentences()))
