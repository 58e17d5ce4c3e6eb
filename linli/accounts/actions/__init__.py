"""All that can be done with accounts."""

from linli.accounts.actions.factors import (
    add_passkey,
    begin_authenticator,
    check_code,
    check_passkey,
    confirm_authenticator,
    factors_of,
    make_codes,
    remove_authenticator,
    remove_passkey,
)
from linli.accounts.actions.helping import (
    close_account,
    give_password,
    may_help,
    persons_helped,
    reset_factors,
    sign_out_everywhere,
)
from linli.accounts.actions.passwords import change_password, has_lapsed, has_to_change
from linli.accounts.actions.signing import (
    end_others,
    end_sessions,
    end_sign_in,
    note_lock,
    note_seen,
    note_sign_in,
    note_sign_out,
    rename_session,
)

__all__ = [
    "add_passkey",
    "begin_authenticator",
    "change_password",
    "check_code",
    "check_passkey",
    "close_account",
    "confirm_authenticator",
    "end_others",
    "end_sessions",
    "end_sign_in",
    "factors_of",
    "give_password",
    "has_lapsed",
    "has_to_change",
    "make_codes",
    "may_help",
    "note_lock",
    "note_seen",
    "note_sign_in",
    "note_sign_out",
    "persons_helped",
    "remove_authenticator",
    "remove_passkey",
    "rename_session",
    "reset_factors",
    "sign_out_everywhere",
]
