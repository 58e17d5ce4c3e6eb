"""Kinds of disputes, parties, bodies and papers: every code that is stored, with its words."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Kind(models.TextChoices):
    """What a dispute is about: the list of the justice reports (docs/glossary.md)."""

    FAMILY = "01", _("Marriage and family")
    NEIGHBOURS = "02", _("Between neighbours")
    HOUSING = "03", _("House and homestead")
    CONTRACT = "04", _("Contract")
    BUSINESS = "05", _("Production and business")
    DAMAGES = "06", _("Damages")
    FOREST_LAND = "07", _("Forest and land")
    DEMOLITION = "08", _("Land taking and demolition")
    POLLUTION = "09", _("Pollution")
    LABOUR = "10", _("Labour")
    TOURISM = "11", _("Tourism")
    CONSUMER = "12", _("Consumer")
    MEDICAL = "13", _("Medical")
    ROAD = "14", _("Road accident")
    PROPERTY_MANAGEMENT = "15", _("Property management")
    INTELLECTUAL = "16", _("Intellectual property")
    INTERNET = "17", _("Internet")
    OTHER = "99", _("Other dispute")


#: Personal status is for courts alone (法释〔2011〕5号): an agreement on such a matter is not confirmed as a whole.
NOT_CONFIRMED_AS_A_WHOLE = frozenset({Kind.FAMILY})


class MediationType(models.TextChoices):
    """Under which law it is mediated."""

    PEOPLES = "peoples", _("People's mediation")
    ADMINISTRATIVE = "administrative", _("Administrative mediation")
    TRADE = "trade", _("Trade and professional mediation")
    JUDICIAL = "judicial", _("Judicial mediation")
    COMMERCIAL = "commercial", _("Commercial mediation")
    PETITION = "petition", _("Mediation of a petition")


class Door(models.TextChoices):
    """How a dispute came here."""

    EVENT = "event", _("From an event")
    WINDOW = "window", _("Applied at the window")
    PHONE = "phone", _("Applied by telephone")
    ONLINE = "online", _("Applied online")
    TRANSFER = "transfer", _("Entrusted by a court or authority")
    EARLY = "early", _("Found early")


#: Doors through which one side applies itself.
APPLIED = frozenset({Door.WINDOW, Door.PHONE, Door.ONLINE})


class Entruster(models.TextChoices):
    """What kind of authority entrusts a dispute (委托调解函)."""

    COURT = "court", _("Court")
    POLICE = "police", _("Police")
    DEPARTMENT = "department", _("Government department")


class Side(models.TextChoices):
    """On which side a party stands."""

    APPLICANT = "applicant", _("Applicant")
    RESPONDENT = "respondent", _("Respondent")
    THIRD = "third", _("Third party")


#: Without one of each there is nobody to mediate between.
BOTH_SIDES = (Side.APPLICANT, Side.RESPONDENT)


class PersonKind(models.TextChoices):
    """What a party is in law."""

    NATURAL = "natural", _("Natural person")
    LEGAL = "legal", _("Legal person")
    UNINCORPORATED = "unincorporated", _("Unincorporated organisation")


class Consent(models.TextChoices):
    """Whether a party wants this mediation."""

    UNASKED = "unasked", _("Not asked yet")
    ASKED = "asked", _("Has been asked")
    AGREED = "agreed", _("Agrees to mediation")
    REFUSED = "refused", _("Refuses mediation")


class Way(models.TextChoices):
    """How somebody said something."""

    IN_PERSON = "in_person", _("In person")
    PHONE = "phone", _("By telephone")
    ONLINE = "online", _("On their own page")
    WRITTEN = "written", _("In writing")


class CompanionKind(models.TextChoices):
    """Who helps a party or the mediation (art. 20)."""

    AGENT = "agent", _("Agent with power of attorney")
    RELATIVE = "relative", _("Relative")
    NEIGHBOUR = "neighbour", _("Neighbour")
    COLLEAGUE = "colleague", _("Colleague")
    EXPERT = "expert", _("Expert")
    INTERPRETER = "interpreter", _("Interpreter")


class Level(models.TextChoices):
    """At which level a mediation body stands."""

    VILLAGE = "village", _("Village or community level")
    TOWNSHIP = "township", _("Township level")
    COUNTY = "county", _("County level")


class BodyKind(models.TextChoices):
    """What sort of mediation body it is."""

    PEOPLE = "people", _("People's mediation committee")
    SPECIALIST = "specialist", _("Specialist mediation committee")
    ELDERS = "elders", _("Elders' council")


class Language(models.TextChoices):
    """Languages in which people here talk."""

    MANDARIN = "mandarin", _("Mandarin")
    CANTONESE = "cantonese", _("Cantonese")
    LEIZHOU = "leizhou", _("Leizhou Min")
    HAKKA = "hakka", _("Hakka")
    ENGLISH = "english", _("English, spoken")
    SIGN = "sign", _("Sign language")


class NotAccepted(models.TextChoices):
    """Why a dispute is not mediated."""

    REFUSED = "refused", _("One side clearly refuses")
    OUT_OF_SCOPE = "out_of_scope", _("Not a civil dispute that may be mediated")
    OTHER_AUTHORITY = "other_authority", _("The law leaves it to another authority")
    IN_COURT = "in_court", _("A court has accepted or decided it")
    CRIMINAL = "criminal", _("It may be a crime or an offence against public order")
    NO_PARTY = "no_party", _("The other side is unknown")
    UNREACHABLE = "unreachable", _("A party cannot be reached")
    OTHER = "other", _("Another reason")


class Ending(models.TextChoices):
    """The eight ways a mediation ends (人民法院在线调解规则 art. 25)."""

    AGREEMENT = "agreement", _("Agreement reached")
    OWN_SETTLEMENT = "own_settlement", _("Settled among themselves")
    UNREACHABLE = "unreachable", _("A party cannot be reached")
    DECLINED = "declined", _("One side will not go on")
    TOO_FAR_APART = "too_far_apart", _("Too far apart")
    TERM_OVER = "term_over", _("Term over, not extended")
    REFUSES_TO_SIGN = "refuses_to_sign", _("A party refuses to sign")
    OTHER = "other", _("Ended otherwise")


#: Which endings go with which step.
ENDINGS_OF: dict[str, tuple[Ending, ...]] = {
    "fail": (Ending.TOO_FAR_APART, Ending.REFUSES_TO_SIGN, Ending.DECLINED),
    "withdraw": (Ending.OWN_SETTLEMENT, Ending.OTHER),
    "terminate": (Ending.TERM_OVER, Ending.UNREACHABLE, Ending.DECLINED, Ending.OTHER),
    "close": (Ending.AGREEMENT,),
}


class NextWay(models.TextChoices):
    """The ways that stay open, of which the parties are told (art. 26)."""

    ARBITRATION = "arbitration", _("Arbitration")
    ADMINISTRATIVE = "administrative", _("Administrative decision")
    COURT = "court", _("Action in court")


class AssignmentState(models.TextChoices):
    """How far the asking of a mediator has come."""

    PROPOSED = "proposed", _("Proposed")
    #: Beyond the proposals, by some of the sides; asked once all have named the same.
    NAMED = "named", _("Named by a side")
    ASKED = "asked", _("Asked to take it on")
    ACCEPTED = "accepted", _("Has taken it on")
    DECLINED = "declined", _("Has declined")
    OBJECTED = "objected", _("Objected to by a party")
    ENDED = "ended", _("No longer")


class Chosen(models.TextChoices):
    """How a mediator came to a dispute."""

    BY_PARTIES = "by_parties", _("Chosen by the parties")
    PROPOSED = "proposed", _("Chosen from three proposals")
    BY_COMMITTEE = "by_committee", _("Named by the committee")


class Suits(models.TextChoices):
    """Why a mediator is proposed. Facts about the match, nothing about how good somebody is."""

    SKILL = "skill", _("Knows this kind of dispute")
    LANGUAGE = "language", _("Speaks the parties' language")
    LOAD = "load", _("Has room for it now")
    PLACE = "place", _("Works nearby")


class Against(models.TextChoices):
    """What speaks against a mediator, as a fact; they may be proposed all the same."""

    EARLIER = "earlier", _("Had an earlier matter with one of the sides")


class Interest(models.TextChoices):
    """What a mediator declares (在线调解规则 art. 14)."""

    NONE = "none", _("None of these")
    RELATIVE = "relative", _("Close relative of a party or its agent")
    STAKE = "stake", _("Has an interest in the dispute")
    SAME_UNIT = "same_unit", _("Same unit as a party")
    EARLIER = "earlier", _("Had an earlier matter with a party")
    OTHER = "other", _("Another tie that may influence")


class Manner(models.TextChoices):
    """How a session is held."""

    TOGETHER = "together", _("Face to face")
    APART = "apart", _("One side at a time")
    INQUIRY = "inquiry", _("Inquiry")


class SessionState(models.TextChoices):
    """Whether a session took place."""

    PLANNED = "planned", _("Session planned")
    HELD = "held", _("Session held")
    CANCELLED = "cancelled", _("Session cancelled")


class SoundGone(models.TextChoices):
    """Why the sound of a session was deleted."""

    WITHDRAWN = "withdrawn", _("A consent was taken back")
    RETENTION = "retention", _("The time it is kept was over")
    MISTAKE = "mistake", _("It was added by mistake")


class Stance(models.TextChoices):
    """What a party says of a piece of evidence."""

    ACCEPTS = "accepts", _("Accepts it")
    DISPUTES = "disputes", _("Disputes it")


class AgreementForm(models.TextChoices):
    """In which form an agreement was made (art. 28)."""

    WRITTEN = "written", _("Written agreement")
    ORAL = "oral", _("Oral agreement, registered")


class AgreementState(models.TextChoices):
    """How far an agreement has come."""

    DRAFT = "draft", _("Draft agreement")
    OFFERED = "offered", _("Before the parties to sign")
    IN_FORCE = "in_force", _("In force")
    REPLACED = "replaced", _("Replaced by a later version")


class SignatureWay(models.TextChoices):
    """How somebody signed."""

    PHONE = "phone", _("On their own phone")
    PAPER = "paper", _("On paper, scanned")
    FINGERPRINT = "fingerprint", _("By fingerprint on paper, scanned")


class ObligationKind(models.TextChoices):
    """What sort of thing was promised."""

    PAY = "pay", _("Pay money")
    DELIVER = "deliver", _("Hand over a thing")
    DO = "do", _("Do something")
    REFRAIN = "refrain", _("Leave something be")
    APOLOGISE = "apologise", _("Apologise")


class ObligationState(models.TextChoices):
    """What became of a promise."""

    OWED = "owed", _("Still owed")
    CLAIMED = "claimed", _("Said to be done")
    PERFORMED = "performed", _("Performed")
    BREACHED = "breached", _("Not performed in time")
    WAIVED = "waived", _("Waived by who it was owed to")


#: Nothing more is expected of these.
OBLIGATION_SETTLED = frozenset({ObligationState.PERFORMED, ObligationState.WAIVED})


class ProofKind(models.TextChoices):
    """What shows that a promise was kept."""

    WORD = "word", _("Word of who receives")
    RECEIPT = "receipt", _("Signed receipt")
    TRANSFER = "transfer", _("Bank transfer slip")
    PHOTO = "photo", _("Photograph")


class CourtAnswer(models.TextChoices):
    """What a court answered to an application for judicial confirmation."""

    ACCEPTED = "accepted", _("Accepted by the court")
    CONFIRMED = "confirmed", _("Confirmed by ruling")
    REFUSED = "refused", _("Refused by the court")
    WITHDRAWN = "withdrawn", _("Application withdrawn")


class VisitWhy(models.TextChoices):
    """What a visit is for."""

    IN_FORCE = "in_force", _("After it came into force")
    PERFORMED = "performed", _("After all was performed")
    FIRST_LOOK = "first_look", _("After 90 days")
    LAST_LOOK = "last_look", _("After 180 days")


class CallBackResult(models.TextChoices):
    """What another unit found when it called the parties."""

    VERIFIED = "verified", _("Verified by call-back")
    NOT_VERIFIED = "not_verified", _("Not verified")
    UNREACHED = "unreached", _("Nobody reached")


class Purpose(models.TextChoices):
    """For what a file is opened."""

    MEDIATE = "mediate", _("To mediate it")
    SCREEN = "screen", _("To screen it")
    OVERSEE = "oversee", _("To oversee the committee's work")
    COMPLAINT = "complaint", _("To answer a complaint")
    COURT = "court", _("For a court")
    ARCHIVE = "archive", _("To keep the dossier")
    CALL_BACK = "call_back", _("To call the parties back")
    OWN = "own", _("A party's own page")


class ClockKind(models.TextChoices):
    """Which clock of a dispute."""

    SCREENING = "screening", _("Answer to the application")
    TERM = "term", _("Term of mediation")
    CONFIRMATION = "confirmation", _("Joint application for judicial confirmation")
