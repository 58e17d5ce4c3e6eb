"""Every step of the table of rules as it looks: words, icon, form."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from linli.events.forms.fields import StepForm
from linli.events.forms.joint import AddPart, BlowWhistle
from linli.events.forms.steps import (
    Accept,
    AskExtension,
    CheckTruth,
    Classify,
    Close,
    Defer,
    Dispatch,
    FollowUp,
    Merge,
    Move,
    Nothing,
    Object,
    Reason,
    ReferOut,
    Reinspect,
    Reject,
    Remark,
    SelfHandle,
    Settle,
    Split,
    SubmitResult,
    Supervise,
    Supplement,
    Verify,
)


@dataclass(frozen=True)
class Act:
    """How a step looks: its words, icon and form. `is_side`: behind the menu of further acts."""

    label: Any
    icon: str
    form: Callable[..., StepForm]
    is_side: bool = False


#: Every step of the table of rules, in words.
ACTS: dict[str, Act] = {
    "ask_check": Act(_("Ask for a check"), "scan-search", Remark),
    "check_truth": Act(_("Check on the spot"), "eye", CheckTruth),
    "accept": Act(_("Accept"), "check", Accept),
    "reject": Act(_("Do not accept"), "x", Reject),
    "self_handle": Act(_("Handle at the grid"), "circle-check", SelfHandle),
    "dispatch": Act(_("Dispatch"), "send", Dispatch),
    "whistle": Act(_("Call departments to the spot"), "megaphone", BlowWhistle, is_side=True),
    "end_whistle": Act(_("End the call to the spot"), "check-check", Reason),
    "add_part": Act(_("Add a department"), "users-round", AddPart, is_side=True),
    "sign_for": Act(_("Sign for"), "file-check", Nothing),
    "object": Act(_("Object"), "hand", Object, is_side=True),
    "uphold_objection": Act(_("Uphold the objection"), "thumbs-up", Remark),
    "dismiss_objection": Act(_("Dismiss the objection"), "thumbs-down", Reason),
    "settle": Act(_("Settle which department takes it"), "scale", Settle),
    "handle": Act(_("Begin to handle"), "play", Remark),
    "hand_back": Act(_("Hand back"), "undo-2", Reason, is_side=True),
    "submit_result": Act(_("Submit the result"), "clipboard-check", SubmitResult),
    "verify": Act(_("Verify: it is done"), "check-check", Verify),
    "rework": Act(_("Ask for rework"), "rotate-ccw", Reason),
    "close": Act(_("Close the matter"), "circle-check", Close),
    "follow_up": Act(_("Follow up"), "phone-call", FollowUp),
    "reinspect": Act(_("Look at it again"), "dices", Reinspect),
    "reopen": Act(_("Reopen"), "rotate-ccw", Reason),
    "ask_supplement": Act(_("Ask for details"), "message-square", Reason, is_side=True),
    "supplement": Act(_("Add details"), "paperclip", Supplement, is_side=True),
    "ask_extension": Act(_("Ask for an extension"), "calendar-clock", AskExtension, is_side=True),
    "extend": Act(_("Grant the extension"), "calendar-clock", Remark),
    "refuse_extension": Act(_("Refuse the extension"), "ban", Reason),
    "defer": Act(_("Defer"), "hourglass", Defer, is_side=True),
    "resume": Act(_("Take up again"), "play", Remark),
    "classify": Act(_("Change category or severity"), "tags", Classify, is_side=True),
    "move": Act(_("Move to another area"), "move", Move, is_side=True),
    "void": Act(_("Void"), "trash-2", Reason, is_side=True),
    "refer_out": Act(_("Refer elsewhere"), "external-link", ReferOut, is_side=True),
    "to_mediation": Act(_("To mediation"), "handshake", Remark, is_side=True),
    "merge": Act(_("Merge into another"), "git-merge", Merge, is_side=True),
    "remind": Act(_("Press for it"), "bell-ring", Remark, is_side=True),
    "supervise": Act(_("Have it supervised"), "gavel", Supervise, is_side=True),
    "end_supervision": Act(_("End the supervision"), "badge-check", Reason, is_side=True),
    "escalate": Act(_("Hand up to the next level"), "chevrons-up", Reason, is_side=True),
    "separate": Act(_("Separate again"), "unlink", Remark),
    "split": Act(_("Split"), "split", Split, is_side=True),
}
