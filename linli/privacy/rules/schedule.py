"""The retention schedule: of each kind of data how long it is kept, from when, what happens then, and who says so.

Where no law names a time it is a proposal that a county approves: until then nothing is deleted by it. Sources are cited in their
own language: they are names.
"""

from dataclasses import dataclass
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _


class Then(models.TextChoices):
    """What happens when its time is over."""

    DELETE = "delete", _("It is deleted")
    EMPTY = "empty", _("Its content is deleted, a digest stays")
    ARCHIVE = "archive", _("The archive decides")
    STAYS = "stays", _("It stays")


#: Where a proposal comes from.
PROPOSAL = "建议，须由县批准"


@dataclass(frozen=True)
class Keeping:
    """One kind of data. `days` None: no number of days ends it. `setting`: the setting that says the number instead."""

    code: str
    what: Any
    days: int | None
    since: Any
    then: Then
    source: str
    setting: str = ""

    @property
    def is_proposal(self) -> bool:
        """Whether a county has to approve it before anything is deleted by it."""
        return self.source == PROPOSAL and self.then == Then.DELETE


SCHEDULE: dict[str, Keeping] = {
    one.code: one
    for one in (
        Keeping(
            "sent",
            _("Reports as they were sent"),
            30,
            _("after it was taken in"),
            Then.EMPTY,
            "个人信息保护法第十九条；设置 LINLI_SENT_KEPT_DAYS",
            setting="SENT_KEPT_DAYS",
        ),
        Keeping("contact", _("Ways to reach reporters"), 180, _("after the matter ended"), Then.DELETE, PROPOSAL),
        Keeping("own_words", _("Reporters' own words"), 1095, _("after the matter ended"), Then.DELETE, PROPOSAL),
        Keeping(
            "matter",
            _("Matters with words, photos and course"),
            None,
            _("as long as the county keeps its files"),
            Then.ARCHIVE,
            "档案法；由县档案主管部门定",
        ),
        Keeping(
            "dossier",
            _("Mediation dossiers"),
            0,
            _("after the dispute ended, by the term set there"),
            Then.ARCHIVE,
            "卷宗保管期限建议，须由县批准",
        ),
        Keeping(
            "sound",
            _("Sound of mediation sessions"),
            0,
            _("when the term of the dossier is over, or consent was taken back"),
            Then.DELETE,
            "个人信息保护法第十五条、第四十七条",
        ),
        Keeping(
            "follower",
            _("Mail addresses of followers"),
            0,
            _("when they stop, or have not confirmed"),
            Then.DELETE,
            "个人信息保护法第十五条、第四十七条",
        ),
        Keeping("opinion", _("Complaints and suggestions"), 1095, _("after the answer"), Then.DELETE, PROPOSAL),
        Keeping("request", _("Requests of persons"), 1095, _("after the answer"), Then.DELETE, PROPOSAL),
        Keeping(
            "sheet",
            _("Impact assessments, breach reports, processors"),
            None,
            _("three years at least"),
            Then.STAYS,
            "个人信息保护法第五十六条",
        ),
        Keeping("notice", _("Notices that were read"), 90, _("after they were read"), Then.DELETE, "内部管理需要"),
        Keeping(
            "session", _("Sign-ins and cookies"), 0, _("when they have expired"), Then.DELETE, "个人信息保护法第十九条"
        ),
        Keeping(
            "account",
            _("Accounts and appointments of staff"),
            None,
            _("as long as the journal names them"),
            Then.STAYS,
            "网络安全法（日志留存）",
        ),
        Keeping(
            "journal",
            _("The journal of acts and looks"),
            None,
            _("for good; the law asks for six months at least"),
            Then.STAYS,
            "网络安全法（日志留存不少于六个月）",
        ),
    )
}
#: The kinds that a county sets by a rule of its own; longer ones are slips of the hand.
TO_APPROVE = [one for one in SCHEDULE.values() if one.is_proposal]
FEWEST_DAYS, MOST_DAYS = 30, 36_500
