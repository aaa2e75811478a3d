"""Frozen records that flow through the pipeline: the nouns everything else is written in.

Each step makes new records and never fills in old ones later. Times are aware and in UTC.
No I/O, no clock, no behaviour beyond derived names.
"""

from digest.records.drifts import Drift, LeanDrift, TopicDrift
from digest.records.events import EVENT_KINDS, HORIZON, Calendar, ComingEvent, Event, EventKind, ReadingBlock
from digest.records.groups import GroupPaper, GroupSection, GroupTurn, Service
from digest.records.issues import (
    Connection,
    DeliveryState,
    Foundation,
    Issue,
    KeepRate,
    NearMiss,
    Pick,
    Place,
    Point,
    Receipt,
    SourceYield,
    Theme,
    Wanting,
    Weekly,
)
from digest.records.items import Item, KnownWork, Parsed, Work, short_id
from digest.records.notes import Note, Noted, NoteHit
from digest.records.plans import PassRead, PlanEntry, PlannedReading, WeekPlan, Why
from digest.records.projects import (
    FoundWork,
    Milestone,
    ProjectNote,
    ProjectReview,
    ProjectSection,
    ProjectTrail,
    ReviewedWork,
    ReviewKind,
    WrapUp,
)
from digest.records.reviews import RisenTheme, SourceEarnings
from digest.records.sources import Fetched, Hints, Request, Response, Source, SourceState
from digest.records.verdicts import Evidence, Judged, Mark, MarkKind, Resource, Section, Verdict

__all__ = [
    "EVENT_KINDS",
    "HORIZON",
    "Calendar",
    "ComingEvent",
    "Connection",
    "DeliveryState",
    "Drift",
    "Event",
    "EventKind",
    "Evidence",
    "Fetched",
    "FoundWork",
    "Foundation",
    "GroupPaper",
    "GroupSection",
    "GroupTurn",
    "Hints",
    "Issue",
    "Item",
    "Judged",
    "KeepRate",
    "KnownWork",
    "LeanDrift",
    "Mark",
    "MarkKind",
    "Milestone",
    "NearMiss",
    "Note",
    "NoteHit",
    "Noted",
    "Parsed",
    "PassRead",
    "Pick",
    "Place",
    "PlanEntry",
    "PlannedReading",
    "Point",
    "ProjectNote",
    "ProjectReview",
    "ProjectSection",
    "ProjectTrail",
    "ReadingBlock",
    "Receipt",
    "Request",
    "Resource",
    "Response",
    "ReviewKind",
    "ReviewedWork",
    "RisenTheme",
    "Section",
    "Service",
    "Source",
    "SourceEarnings",
    "SourceState",
    "SourceYield",
    "Theme",
    "TopicDrift",
    "Verdict",
    "Wanting",
    "WeekPlan",
    "Weekly",
    "Why",
    "Work",
    "WrapUp",
    "short_id",
]
