"""The forms of disputes: what was sent becomes clean values."""

from linli.mediation.forms.acts import ACTS, CALL_BACK, OWN_PAGES, Act

__all__ = ["ACTS", "CALL_BACK", "OWN_PAGES", "Act"]
