"""What is stored of disputes: only codes, keys and times in the clear; words and people behind seals."""

from linli.mediation.models.afterwards import CallBack, CallBackDraw, Confirmation, FollowUp
from linli.mediation.models.agreements import Agreement, Obligation, Proof, Signature
from linli.mediation.models.bodies import Body, Mediator
from linli.mediation.models.complaints import Complaint
from linli.mediation.models.counted import COUNTED_FIGURES, CountedDispute, LedgerCell, LedgerFollower, LedgerHours
from linli.mediation.models.disputes import IS_OPEN, Dispute, DisputeQuerySet, NumberSeries, Outline, village_of
from linli.mediation.models.entrusted import EntrustmentLetter
from linli.mediation.models.issued import IssuedPaper, IssuedPaperQuerySet
from linli.mediation.models.looking import Clock, Look, TermRule
from linli.mediation.models.parties import IN_FORCE, Assignment, Companion, Party, keys_of
from linli.mediation.models.sealed import KeptFile, Sealed, bound_to, place_of, sealed_words
from linli.mediation.models.sessions import Evidence, Note, Record, Recording, Session

__all__ = [
    "COUNTED_FIGURES",
    "IN_FORCE",
    "IS_OPEN",
    "Agreement",
    "Assignment",
    "Body",
    "CallBack",
    "CallBackDraw",
    "Clock",
    "Companion",
    "Complaint",
    "Confirmation",
    "CountedDispute",
    "Dispute",
    "DisputeQuerySet",
    "EntrustmentLetter",
    "Evidence",
    "FollowUp",
    "IssuedPaper",
    "IssuedPaperQuerySet",
    "KeptFile",
    "LedgerCell",
    "LedgerFollower",
    "LedgerHours",
    "Look",
    "Mediator",
    "Note",
    "NumberSeries",
    "Obligation",
    "Outline",
    "Party",
    "Proof",
    "Record",
    "Recording",
    "Sealed",
    "Session",
    "Signature",
    "TermRule",
    "bound_to",
    "keys_of",
    "place_of",
    "sealed_words",
    "village_of",
]
