"""The elements of an alert as the standard lists them, each with how it is read: CAP 1.2 §3.2.1 to §3.2.4, in its order.

CAP 1.1 has the same elements; what it calls otherwise is in the tables of older words.
"""

from dataclasses import dataclass

from linli.kit.cap import values
from linli.kit.cap.values import Reader

NAMESPACES = {"urn:oasis:names:tc:emergency:cap:1.2": "1.2", "urn:oasis:names:tc:emergency:cap:1.1": "1.1"}
SIGNATURE = ("http://www.w3.org/2000/09/xmldsig#", "Signature")
STATUSES = ("Actual", "Exercise", "System", "Test", "Draft")
MESSAGE_TYPES = ("Alert", "Update", "Cancel", "Ack", "Error")
SCOPES = ("Public", "Restricted", "Private")
CATEGORIES = (
    *("Geo", "Met", "Safety", "Security", "Rescue", "Fire", "Health", "Env", "Transport", "Infra", "CBRNE", "Other"),
)
RESPONSE_TYPES = (*("Shelter", "Evacuate", "Prepare", "Execute", "Avoid", "Monitor", "Assess", "AllClear", "None"),)
URGENCIES = ("Immediate", "Expected", "Future", "Past", "Unknown")
SEVERITIES = ("Extreme", "Severe", "Moderate", "Minor", "Unknown")
CERTAINTIES = ("Observed", "Likely", "Possible", "Unlikely", "Unknown")
#: Of CAP 1.0 (CAP 1.2 §3.2.2 certainty).
_OLDER_CERTAINTIES = {"Very Likely": "Likely"}
#: The four levels of warnings by their colours, matched by what each level is called: 特别严重, 严重, 较重, 一般.
_COLOURS = {
    "Red": "Extreme",
    "红色": "Extreme",
    "Orange": "Severe",
    "橙色": "Severe",
    "Yellow": "Moderate",
    "黄色": "Moderate",
    "Blue": "Minor",
    "蓝色": "Minor",
}


@dataclass(frozen=True)
class Field:
    """An element: where its value goes, how it is read, how many there may be, and what is told when there is none."""

    name: str
    into: str
    read: Reader
    most: int = 1
    missing: str = ""


def _kind(name: str, into: str, known: tuple[str, ...]) -> Field:
    """What a message cannot do without: it says whether it is real, what it does, and for whom."""
    return Field(name, into, values.one_of(known, unknown="unknown_kind"), missing="missing")


_MANY = 1000
#: Read by one of these, an element may be there and say nothing.
MAY_BE_EMPTY: frozenset[Reader] = frozenset(
    {
        values.line,
        values.text,
        values.embedded,
        values.quoted,
        values.references,
        values.language,
        values.uri,
        values.address,
    }
)

ALERT = (
    Field("identifier", "identifier", values.name, missing="missing"),
    Field("sender", "sender", values.name, missing="missing"),
    Field("sent", "sent_at", values.sent, missing="missing"),
    _kind("status", "status", STATUSES),
    _kind("msgType", "message_type", MESSAGE_TYPES),
    Field("source", "source", values.line),
    _kind("scope", "scope", SCOPES),
    Field("restriction", "restriction", values.text),
    Field("addresses", "addresses", values.quoted),
    Field("code", "codes", values.line, most=_MANY),
    Field("note", "note", values.text),
    Field("references", "references", values.references),
    Field("incidents", "incidents", values.quoted),
)
INFO = (
    Field("language", "language", values.language),
    Field("category", "categories", values.one_of(CATEGORIES), most=50, missing="missing_here"),
    Field("event", "event", values.line, missing="missing_here"),
    Field("responseType", "response_types", values.one_of(RESPONSE_TYPES), most=50),
    Field("urgency", "urgency", values.one_of(URGENCIES), missing="missing_here"),
    Field(
        "severity", "severity", values.one_of(SEVERITIES, _COLOURS, other="colour_as_severity"), missing="missing_here"
    ),
    Field("certainty", "certainty", values.one_of(CERTAINTIES, _OLDER_CERTAINTIES), missing="missing_here"),
    Field("audience", "audience", values.text),
    Field("eventCode", "event_codes", values.named, most=_MANY),
    Field("effective", "effective_at", values.moment),
    Field("onset", "onset_at", values.moment),
    Field("expires", "expires_at", values.moment),
    Field("senderName", "sender_name", values.line),
    Field("headline", "headline", values.line),
    Field("description", "description", values.text),
    Field("instruction", "instruction", values.text),
    Field("web", "web", values.address),
    Field("contact", "contact", values.line),
    Field("parameter", "parameters", values.named, most=_MANY),
)
RESOURCE = (
    Field("resourceDesc", "description", values.line, missing="missing_here"),
    Field("mimeType", "mime_type", values.mime_type, missing="missing_here"),
    Field("size", "size", values.size),
    Field("uri", "uri", values.uri),
    Field("derefUri", "content", values.embedded),
    Field("digest", "digest", values.digest),
)
AREA = (
    Field("areaDesc", "description", values.text, missing="missing_here"),
    Field("polygon", "polygons", values.polygon, most=_MANY),
    Field("circle", "circles", values.circle, most=_MANY),
    Field("geocode", "geocodes", values.named, most=5 * _MANY),
    Field("altitude", "altitude_ft", values.feet),
    Field("ceiling", "ceiling_ft", values.feet),
)
