"""The map as a Mermaid flowchart: text that a contract's annex, a wiki or a repository can hold."""

import re

from negotiation.process.maps import Map
from negotiation.process.rows import Flow, Process, Step

from .map_next import share_text

_SHAPES = {
    "start": ('(["', '"])'),
    "end": ('(["', '"])'),
    "task": ('["', '"]'),
    "wait": ('[/"', '"/]'),
    "decision": ('{"', '"}'),
    "parallel": ('[["', '"]]'),
}


def write_mermaid(process: Process) -> str:
    """A flowchart with a subgraph for each lane, in the order of the tables.

    Names are quoted, so that no letter of theirs is read as Mermaid's grammar. An arrow with rework
    is dashed; its share and label stand on it.
    """
    chart = Map(process)
    key = {step.id: f"s{number}" for number, step in enumerate(process.steps, start=1)}
    lines = ["flowchart LR"]
    for number, lane in enumerate(process.lanes, start=1):
        inside = [step for step in process.steps if step.lane == lane.id]
        if inside:
            lines.append(f'  subgraph lane{number}["{_quoted(lane.name)}"]')
            lines += [f"    {_step(step, key[step.id])}" for step in inside]
            lines.append("  end")
    lines += [f"  {_step(s, key[s.id])}" for s in process.steps if s.lane not in chart.lane]
    lines += [_arrow(f, key) for f in process.flows if {f.source, f.target} <= key.keys()]
    return "\n".join(lines) + "\n"


def _step(step: Step, key: str) -> str:
    opened, closed = _SHAPES[step.kind]
    times = [f"{step.handling_min:g} min"] if step.handling_min else []
    times += [f"waits {step.wait_min:g} min"] if step.wait_min else []
    told = f"<br/>{', '.join(times)}" if times else ""
    return f"{key}{opened}{_quoted(step.name)}{told}{closed}"


def _arrow(flow: Flow, key: dict[str, str]) -> str:
    share = share_text(flow.probability) if flow.probability is not None else ""
    words = ", ".join(word for word in (_quoted(flow.label), share) if word)
    label = f'|"{words}"|' if words else ""
    return f"  {key[flow.source]} {'-.->' if flow.rework else '-->'}{label} {key[flow.target]}"


def _quoted(text: str) -> str:
    """Text inside Mermaid's quotes, with codes for marks that would end them or become HTML."""
    plain = re.sub(r"\s+", " ", text).strip()
    return plain.replace("#", "#35;").replace('"', "#quot;").replace("<", "#lt;").replace(
        ">", "#gt;"
    )  # fmt: skip
