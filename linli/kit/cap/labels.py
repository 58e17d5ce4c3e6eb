"""Words of the standard as people read them."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

LABELS: dict[str, "Promise"] = {
    # status
    "Actual": _("Actual"),
    "Exercise": _("Exercise"),
    "System": _("System"),
    "Test": _("Test"),
    "Draft": _("Draft"),
    # msgType
    "Alert": _("First alert"),
    "Update": _("Update"),
    "Cancel": _("Cancellation"),
    "Ack": _("Acknowledgement"),
    "Error": _("Error"),
    # severity
    "Extreme": _("Extreme"),
    "Severe": _("Severe"),
    "Moderate": _("Moderate"),
    "Minor": _("Minor"),
    "Unknown": _("Unknown"),
}


def label(word: str) -> str:
    """The word in the language active now; one without a label as it is."""
    return str(LABELS.get(word, word))
