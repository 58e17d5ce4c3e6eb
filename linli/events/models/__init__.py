"""What is stored of events: the matter, who has a part in it and until when, pictures, sealed contacts, categories."""

from linli.events.models.calendar import CalendarEdit
from linli.events.models.categories import Category, Pack
from linli.events.models.clocks import Clock
from linli.events.models.conversation import Mention, Message
from linli.events.models.deferrals import Deferral, Milestone
from linli.events.models.duties import DispatchChoice, Duty, DutyList
from linli.events.models.limits import StepLimit
from linli.events.models.matters import IS_OPEN, IS_WAITING, RUNS_OUT_AT, STEPPED_AT, Event, EventQuerySet, NumberSeries
from linli.events.models.objections import Objection
from linli.events.models.parts import Hand, Part, Remark
from linli.events.models.pictures import AwaitedPicture, Picture, PictureKind, Release, ReleaseQuerySet, Voice
from linli.events.models.reinspections import Draw, DrawPlan, DrawQuerySet, Reinspection, ReinspectionQuerySet
from linli.events.models.relaying import ReporterMessage, Reveal, Shield
from linli.events.models.reporters import Contact, Receipt, Statement, Support
from linli.events.models.supervision import Supervision
from linli.events.models.verification import ASKED, Reopening, VerificationRule
from linli.events.models.views import IndexedUpTo, SavedView
from linli.events.models.whistles import Call, Whistle

__all__ = [
    "ASKED",
    "IS_OPEN",
    "IS_WAITING",
    "RUNS_OUT_AT",
    "STEPPED_AT",
    "AwaitedPicture",
    "CalendarEdit",
    "Call",
    "Category",
    "Clock",
    "Contact",
    "Deferral",
    "DispatchChoice",
    "Draw",
    "DrawPlan",
    "DrawQuerySet",
    "Duty",
    "DutyList",
    "Event",
    "EventQuerySet",
    "Hand",
    "IndexedUpTo",
    "Mention",
    "Message",
    "Milestone",
    "NumberSeries",
    "Objection",
    "Pack",
    "Part",
    "Picture",
    "PictureKind",
    "Receipt",
    "Reinspection",
    "ReinspectionQuerySet",
    "Release",
    "ReleaseQuerySet",
    "Remark",
    "Reopening",
    "ReporterMessage",
    "Reveal",
    "SavedView",
    "Shield",
    "Statement",
    "StepLimit",
    "Supervision",
    "Support",
    "VerificationRule",
    "Voice",
    "Whistle",
]
