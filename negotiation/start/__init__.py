"""The deal room: who is there, what they accepted, and the way to a signature."""

from negotiation.calendars import long_day, short_day
from negotiation.start.brief import (
    VERBS,
    Act,
    Brief,
    brief,
    change_sentence,
    label,
    story,
    waiting,
)
from negotiation.start.gates import (
    Gate,
    next_gate,
    open_points,
    rail_notes,
    road_of,
    state_word,
)
from negotiation.start.overlap import (
    Band,
    Overlap,
    add_holidays,
    bands,
    hours_text,
    overlap,
    pairs,
)
from negotiation.start.overlap import sentences as overlap_sentences
from negotiation.start.part import (
    Acceptance,
    Contact,
    GroundRule,
    Holiday,
    Person,
    Place,
    Promise,
    Start,
    Task,
)
from negotiation.start.people import (
    Due,
    contacts,
    empty_contact,
    in_the_room,
    overdue,
    overdue_sentences,
)
from negotiation.start.road import Road, Step, hours_by_side, road, work_calendar
from negotiation.start.road import verdict as road_verdict
from negotiation.start.routes import (
    ROUTE_LABELS,
    ROUTES,
    Stop,
    duration,
    folded,
    stops,
    template_tasks,
    way,
)
from negotiation.start.routes import minutes as way_minutes
from negotiation.start.routes import verdict as way_verdict
from negotiation.start.rules import Answer, acceptance, answers, open_rules
from negotiation.start.sample import retold, told_on

__all__ = [
    "ROUTES", "ROUTE_LABELS", "VERBS", "Acceptance", "Act", "Answer", "Band", "Brief",
    "Contact", "Due", "Gate", "GroundRule", "Holiday", "Overlap", "Person", "Place", "Promise",
    "Road", "Start", "Step", "Stop", "Task", "acceptance", "add_holidays", "answers", "bands",
    "brief", "change_sentence", "contacts", "duration", "empty_contact", "folded",
    "hours_by_side", "hours_text", "in_the_room", "label", "long_day", "next_gate",
    "open_points", "open_rules", "overdue", "overdue_sentences", "overlap", "overlap_sentences",
    "pairs", "rail_notes", "retold", "road", "road_of", "road_verdict", "short_day",
    "state_word", "stops", "story", "template_tasks", "told_on", "waiting", "way",
    "way_minutes", "way_verdict", "work_calendar",
]
