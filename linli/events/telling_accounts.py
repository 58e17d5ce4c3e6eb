"""The journal in words, of accounts: signing in and what guards it."""

from typing import Any

from django.utils.translation import gettext_lazy as _

#: As `telling.SENTENCES`.
OF_ACCOUNTS: dict[str, Any] = {
    "account.signed_in": _("signed in"),
    "account.signed_out": _("signed out"),
    "account.locked": _("has to wait after failed tries to sign in"),
    "account.password_changed": _("changed the password"),
    "account.password_given": _("gave a new password"),
    "account.factor_added": _("set up a second factor"),
    "account.factor_removed": _("removed a second factor"),
    "account.factors_reset": _("reset the second factors"),
    "account.linked": _("linked the account with the single sign-on"),
    "account.unlinked": _("removed the link with the single sign-on"),
    "account.codes_made": _("made recovery codes"),
    "account.code_used": _("signed in with a recovery code"),
    "account.closed": _("closed the account"),
    "account.signed_out_elsewhere": _("signed out on other devices"),
    "account.signed_out_by": _("signed somebody out everywhere"),
}
