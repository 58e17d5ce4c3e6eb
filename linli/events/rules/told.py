"""Who has to be told of each step."""

from enum import StrEnum


class Audience(StrEnum):
    """Who may have to be told of a step."""

    GRID = "grid"
    DESK = "desk"
    HANDLERS = "handlers"
    CHECKERS = "checkers"
    REPORTER = "reporter"


A = Audience
#: Who is told of each step besides nobody; the one who acts is never told of it.
TOLD: dict[str, tuple[Audience, ...]] = {
    "report": (A.GRID, A.DESK),
    "ask_check": (A.GRID,),
    "check_truth": (A.DESK,),
    "accept": (A.DESK, A.REPORTER),
    "reject": (A.REPORTER,),
    "self_handle": (A.DESK,),
    "dispatch": (A.HANDLERS,),
    "whistle": (A.DESK, A.GRID),
    "add_part": (A.DESK, A.HANDLERS),
    "object": (A.DESK,),
    "settle": (A.DESK,),
    "dismiss_objection": (A.HANDLERS,),
    "hand_back": (A.DESK,),
    "submit_result": (A.CHECKERS, A.DESK),
    "verify": (A.DESK,),
    "rework": (A.HANDLERS,),
    "close": (A.REPORTER, A.GRID, A.HANDLERS),
    "reopen": (A.DESK, A.GRID),
    "ask_supplement": (A.REPORTER, A.GRID),
    "supplement": (A.DESK, A.HANDLERS),
    "ask_extension": (A.DESK,),
    "extend": (A.HANDLERS,),
    "refuse_extension": (A.HANDLERS,),
    "defer": (A.HANDLERS, A.REPORTER),
    "resume": (A.HANDLERS,),
    "move": (A.GRID, A.DESK),
    "void": (A.REPORTER,),
    "refer_out": (A.REPORTER,),
    "merge": (A.REPORTER,),
}
