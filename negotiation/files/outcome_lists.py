"""The lists of the outcomes chapter: the starter library, and words that tell how, not what."""

from dataclasses import dataclass
from functools import cache

from negotiation.files.lists import read_list
from negotiation.outcomes import HowWord, Measure, Outcome

_OF_MEASURE = (
    "kind", "category", "unit", "direction", "numerator", "denominator", "method", "frequency",
    "data_source", "root_cause",
)  # fmt: skip


@dataclass(frozen=True)
class Suggestion:
    """An outcome of the library with its measures, each under the words of its objective."""

    area: str
    outcome: Outcome
    measures: tuple[tuple[str, Measure], ...]


@cache
def how_words() -> tuple[HowWord, ...]:
    """Words that tell how the work is done, each with the reason."""
    return tuple(HowWord(row["word"], row["why"]) for row in read_list("how_words"))


@cache
def library() -> tuple[Suggestion, ...]:
    """The starter library: outcomes by area of work, in the order of the file."""
    rows = read_list("outcome_library")
    return tuple(_suggestion([row for row in rows if row["outcome"] == name])
                 for name in dict.fromkeys(row["outcome"] for row in rows))


def _suggestion(rows: list[dict[str, str]]) -> Suggestion:
    first = rows[0]
    outcome = Outcome(
        id=first["outcome"], text=first["outcome_text"], beneficiary=first["beneficiary"],
        value_kind=first["value_kind"],
    )  # fmt: skip
    measures = tuple((row["objective"], _measure(row, number)) for number, row in enumerate(rows))
    return Suggestion(first["area"], outcome, measures)


def _measure(row: dict[str, str], number: int) -> Measure:
    """A measure without levels, unless a level is so widely known that it says where from."""
    target = float(row["target"]) if row["target"] else None
    note = f"Target: {row['target_source']}." if row["target_source"] else ""
    named = {name: row[name] for name in _OF_MEASURE}
    return Measure(id=f"{row['outcome']}_{number + 1}", name=row["measure"], target=target,
                   note=note, **named)
