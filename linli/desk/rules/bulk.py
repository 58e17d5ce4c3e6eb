"""Which steps may be taken on many matters at once, and in macros; and which never."""

#: With these the same act and the same words are right for many: what belongs to the desk's routine, a reminder, a referral to
#: one place. In the order of the form.
IN_BULK: tuple[str, ...] = (
    "accept",
    "classify",
    "dispatch",
    "sign_for",
    "handle",
    "remind",
    "supervise",
    "extend",
    "defer",
    "resume",
    "refer_out",
    "to_mediation",
    "merge",
)

#: Never of many at once, nor in a macro: each rests on what somebody saw, did or decided in this one matter, and is answered
#: in words of its own. A result, a check or a closing in bulk is closing on paper. `split` and `move` differ by their nature.
NEVER_IN_BULK = frozenset(
    {
        *(
            "verify",
            "rework",
            "close",
            "reject",
            "void",
            "reopen",
            "follow_up",
            "reinspect",
            "check_truth",
            "self_handle",
        ),
        *("submit_result", "hand_back", "object", "uphold_objection", "dismiss_objection", "settle"),
        *("split", "move", "separate", "supplement"),
    }
)

#: Steps a macro may hold: those, and what is asked of one matter at a time.
IN_MACROS = frozenset(IN_BULK) - {"merge", "to_mediation"} | {"ask_check", "ask_supplement", "add_part", "escalate"}
MOST_STEPS = 6
