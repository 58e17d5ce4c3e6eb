"""What is set apart: mail that no person wrote as a report, told by what its headers say (RFC 3834, RFC 2369, RFC 3464)."""

from email.message import Message

from django.utils.translation import gettext_lazy as _

from linli.intake.mail.boxes import Box
from linli.intake.mail.reading import Mail, header
from linli.kit.throttle import too_many

#: Why a message was set apart, by the code that is kept.
REASONS = {
    "auto_reply": _("An automatic reply."),
    "bounce": _("A message that says another could not be delivered."),
    "mailing_list": _("A circular: it went to many."),
    "loop": _("It comes from the mailbox itself."),
    "spam": _("The mail server takes it for spam."),
    "too_large": _("It is larger than 20 MB. Look at it in the mailbox, and enter it by hand."),
    "too_many": _("The same sender has sent very many within the hour. Look at them in the mailbox."),
    "nothing_reported": _("It holds neither words nor a photo."),
    "unreadable": _("It cannot be read. Look at it in the mailbox, and enter it by hand."),
}
#: What a person has to look at: it may be a report.
NEEDS_A_LOOK = frozenset({"too_large", "too_many", "unreadable"})
#: Mails an hour from one address.
PER_SENDER = 60


def why_apart(mail: Mail, message: Message, box: Box) -> str | None:
    """The reason to set it apart; None for a report."""
    said = {name: header(message, name).lower() for name in _ASKED}
    if message.get_content_type() == "multipart/report" or said["return-path"] == "<>" or _is_daemon(mail.sender):
        return "bounce"
    if mail.sender.lower() == box.user.lower():
        return "loop"
    if said["auto-submitted"].split(";")[0].strip() not in ("", "no") or said["x-autoreply"] or said["x-autorespond"]:
        return "auto_reply"
    if (
        said["list-id"]
        or said["list-unsubscribe"]
        or said["list-post"]
        or said["precedence"] in ("bulk", "junk", "list")
    ):
        return "mailing_list"
    if said["x-spam-flag"] == "yes":
        return "spam"
    if not (mail.text or mail.subject or mail.photos):
        return "nothing_reported"
    if mail.sender and too_many(f"mail {mail.sender.lower()}", most=PER_SENDER, within_s=3600):
        return "too_many"
    return None


_ASKED = (
    *("auto-submitted", "x-autoreply", "x-autorespond", "precedence", "return-path", "x-spam-flag"),
    *("list-id", "list-unsubscribe", "list-post"),
)


def _is_daemon(sender: str) -> bool:
    return sender.lower().partition("@")[0] in ("mailer-daemon", "postmaster", "mail-daemon")
