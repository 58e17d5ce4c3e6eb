"""What an opinion is, and what may be said with one. Pure."""

from django.db import models
from django.utils.translation import gettext_lazy as _

LONGEST_WORDS, LONGEST_PAGE = 2000, 200


class Kind(models.TextChoices):
    """What sort of opinion."""

    COMPLAINT = "complaint", _("Complaint")
    SUGGESTION = "suggestion", _("Suggestion")


def page_of(said: str) -> str:
    """The page an opinion is about: a path of this home without what was asked of it, which may name people; else nothing."""
    path = said.partition("?")[0].partition("#")[0]
    is_path = path.startswith("/") and not path.startswith("//") and path.isprintable()
    return path[:LONGEST_PAGE] if is_path else ""
