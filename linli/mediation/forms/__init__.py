"""The forms of disputes: what was sent becomes clean values."""

from linli.mediation.forms.acts import ACTS, OWN_PAGES, Act
from linli.mediation.forms.by_heads import ANSWER, ANSWER_NAME, BY_HEADS, CALL_BACK, CALL_BACK_NAME

__all__ = ["ACTS", "ANSWER", "ANSWER_NAME", "BY_HEADS", "CALL_BACK", "CALL_BACK_NAME", "OWN_PAGES", "Act"]
