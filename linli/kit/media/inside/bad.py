"""Why a file is not taken: a code, which the other side turns into a sentence."""


class Bad(Exception):
    """`code` is one of `linli.kit.media.why.WHY`; `facts` go into its sentence."""

    def __init__(self, code: str, **facts: str | int) -> None:
        super().__init__(code)
        self.code = code
        self.facts = facts
