"""The journal in words: a sentence for every verb, in the language of the reader."""

from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from linli.events.rules import ClockKind, Door, Doubt, Rating, ReferredTo, Severity, Urgency
from linli.events.telling_accounts import OF_ACCOUNTS
from linli.events.telling_disputes import OF_DISPUTES
from linli.journal.models import Entry

#: What was done, by verb, as it stands in a timeline under the name of who did it.
SENTENCES: dict[str, Any] = {
    "event.reported": _("reported it"),
    "event.imported": _("was brought in from another system"),
    "event.check_asked": _("asked to check on the spot"),
    "event.truth_checked": _("checked on the spot"),
    "event.accepted": _("accepted it"),
    "event.rejected": _("did not accept it"),
    "event.self_handled": _("handled it at the grid"),
    "event.dispatched": _("dispatched it"),
    "event.signed_for": _("signed for it"),
    "event.objected": _("objected to the dispatch"),
    "event.objection_upheld": _("upheld the objection"),
    "event.objection_dismissed": _("dismissed the objection"),
    "event.objection_settled": _("settled which department takes it"),
    "event.part_added": _("had one more department handle it too"),
    "event.part_called_in": _("called in a department that was reserved"),
    "event.part_extension_asked": _("asked for more time for its part"),
    "event.part_extended": _("granted more time for a part"),
    "event.part_extension_refused": _("refused more time for a part"),
    "event.part_objected": _("objected to its own part"),
    "event.part_objection_upheld": _("upheld the objection to a part"),
    "event.part_objection_dismissed": _("dismissed the objection to a part"),
    "event.part_answered": _("answered for its part"),
    "event.part_sent_back": _("sent back the answer of a part"),
    "event.part_verified": _("verified a part"),
    "event.part_dropped": _("gave up a part"),
    "event.whistled": _("called departments to the spot"),
    "event.whistle_ended": _("ended the call to the spot"),
    "event.arrived": _("noted that a department is on the spot"),
    "event.excused": _("noted that a department does not come"),
    "event.handling_begun": _("began to handle it"),
    "event.handed_back": _("handed it back"),
    "event.result_submitted": _("submitted the result"),
    "event.verified": _("verified the result"),
    "event.rework_asked": _("asked for rework"),
    "event.closed": _("closed it"),
    "event.followed_up": _("followed up"),
    "event.drawn": _("was drawn by lot to be looked at again"),
    "event.reinspected": _("looked at it again, as the lot had fallen on it"),
    "event.unanswered": _("has had no answer by the deadline"),
    "event.reopened": _("reopened it"),
    "event.supplement_asked": _("asked for details"),
    "event.supplemented": _("added details"),
    "event.extension_asked": _("asked for an extension"),
    "event.extended": _("granted the extension"),
    "event.extension_refused": _("refused the extension"),
    "event.deferred": _("deferred it"),
    "event.resumed": _("took it up again"),
    "event.classified": _("changed category or severity"),
    "event.moved": _("moved it to another area"),
    "event.voided": _("voided it"),
    "event.referred_out": _("referred it elsewhere"),
    "event.sent_to_mediation": _("sent it to mediation"),
    "event.merged": _("merged it into another"),
    "event.took_in": _("merged another into it"),
    "event.separated": _("separated it again"),
    "event.supported": _("said it is the same as another"),
    "event.was_supported": _("said another is the same as this"),
    "event.support_withdrawn": _("took back that the two are the same"),
    "event.split": _("split it"),
    "event.split_off": _("split it off another"),
    "event.taken_back": _("took the report back"),
    "event.place_corrected": _("put the place right"),
    "event.answered": _("answered questions about it"),
    "event.noted": _("kept a note with it"),
    "event.contact_opened": _("opened the reporter's contact"),
    "event.contact_corrected": _("put the reporter's contact right"),
    "event.contact_forgotten": _("deleted the reporter's contact, by request or by the schedule"),
    "event.own_words_forgotten": _("deleted the reporter's own words, by request or by the schedule"),
    "event.contact_withdrawn": _("withdrew the contact"),
    "event.reporter_written_to": _("wrote to the reporter"),
    "event.reveal_asked": _("asked the desk to open the reporter's contact"),
    "event.reveal_granted": _("let the contact be opened for a time"),
    "event.reveal_refused": _("did not let the contact be opened"),
    "event.shielded": _("noted that it is about a department itself"),
    "event.unshielded": _("noted that it is about no department"),
    "event.said": _("wrote in the conversation"),
    "event.said_withdrawn": _("took back what they wrote"),
    "event.photo_received": _("sent a photo or video that had been announced"),
    "event.photo_refused": _("sent a photo or video that could not be taken"),
    "event.voice_received": _("sent a voice note that had been announced"),
    "event.voice_refused": _("sent a voice note that could not be taken"),
    "event.original_opened": _("opened the original of a photo or video"),
    "event.carried_over": _("was carried over to the redrawn grid"),
    "event.ran_on": _("goes on: it has waited as long as it may"),
    "event.due_soon": _("is due soon"),
    "event.reminded": _("pressed for it"),
    "event.supervised": _("had it supervised"),
    "event.supervision_overdue": _("is overdue for its supervisor"),
    "event.supervision_ended": _("ended the supervision"),
    "event.raised": _("handed it up to the next level"),
    "event.limits_moved": _("has other limits since the calendar was changed"),
    "event.clocks_started": _("has its clocks running since linli keeps them"),
    "event.milestone_done": _("noted a milestone as done"),
    "event.milestone_missed": _("missed a milestone"),
    "event.review_due": _("has come to its day of review"),
    "event.release_prepared": _("wants to make a photo public"),
    "event.picture_covered": _("covered something in a photo before it is public"),
    "event.picture_released": _("made a photo public"),
    "event.release_withdrawn": _("took a public photo back"),
    "event.release_dropped": _("decided not to make a photo public"),
    "figures.differ": _("figures do not agree with the matters they count"),
    "ledgers.differ": _("figures of ledgers do not agree with the disputes they count"),
    "figures.official_imported": _("brought in official figures"),
    "area.opened": _("opened the area"),
    "area.renamed": _("renamed the area"),
    "area.drawn": _("drew the boundary"),
    "area.redrawn": _("redrew the area"),
    "area.closed": _("closed the area"),
    "area.divisions_imported": _("brought in the national divisions"),
    "area.boundaries_imported": _("brought in boundaries"),
    "settlement.covered": _("put a settlement into the grid"),
    "settlement.uncovered": _("took a settlement out of the grid"),
    "place.added": _("added a place"),
    "place.closed": _("closed a place"),
    "appointment.made": _("made an appointment"),
    "appointment.ended": _("ended an appointment"),
    "appointment.leave_added": _("entered a leave"),
    "calendar.edited": _("changed the calendar of working days"),
    "calendar.brought_in": _("brought in a calendar of days off"),
    "calendar.taken_back": _("took a change of the calendar back"),
    "limit.changed": _("changed a limit of the steps"),
    "category.edited": _("edited the category"),
    "pack.loaded": _("loaded a pack of categories"),
    "pack.put_in_use": _("put a pack of categories in use"),
    "draw.planned": _("set how closed matters are drawn by lot"),
    "draw.frozen": _("froze the list of closed matters for a draw"),
    "draw.drawn": _("drew closed matters by lot"),
    "shift.handed_over": _("handed over the shift"),
    "shift.taken_over": _("took over the shift"),
    "shift.taken_back": _("took the note between shifts back"),
    "shift.asked": _("asked about a note between shifts"),
    "shift.answered": _("answered about a note between shifts"),
    "text.added": _("added a ready text"),
    "text.edited": _("edited a ready text"),
    "text.closed": _("closed a ready text"),
    "text.reopened": _("offered a ready text again"),
    "duty_list.brought_in": _("brought in a duty list"),
    "duty_list.put_in_use": _("put a duty list in use"),
    "duty_list.drafted": _("began a version of the duty list as a copy"),
    "duty_list.line_added": _("added a line to the duty list"),
    "duty_list.line_changed": _("changed a line of the duty list"),
    "duty_list.line_removed": _("removed a line from the duty list"),
    "duty_list.areas_followed": _("moved lines of the duty list to the areas of today"),
    "duty_list.taken_back": _("took back a version of the duty list"),
    "duty_list.discarded": _("discarded a version of the duty list"),
    "verification_rule.set": _("set how results are verified"),
    "verification_rule.removed": _("removed a rule of verification"),
    "verification_rule.put_back": _("put a rule of verification back in force"),
    "bulk.begun": _("began a step on many matters"),
    "bulk.ended": _("took a step on many matters"),
    "macro.kept": _("kept a macro"),
    "macro.closed": _("took a macro away"),
    "key.created": _("made a key for another system"),
    "key.rotated": _("rotated the key of another system"),
    "key.ends_soon": _("The key of another system ends soon"),
    "key.revoked": _("revoked the key of another system"),
    "person.added": _("added a person"),
    "person.closed": _("closed the account of a person"),
    "person.reopened": _("opened the account of a person again"),
    "emergency.asked": _("asked for an emergency access"),
    "emergency.approved": _("decided for an emergency access"),
    "emergency.granted": _("opened an emergency access by the second decision"),
    "emergency.refused": _("did not grant an emergency access"),
    "emergency.ended": _("ended an emergency access"),
    "emergency.looked": _("looked under an emergency access"),
    "device.registered": _("signed in on a phone"),
    "device.revoked": _("signed a phone out"),
    "screen.set_up": _("let a screen show the wall"),
    "screen.renewed": _("renewed the screen of a wall"),
    "screen.ended": _("ended the screen of a wall"),
    "screen.ends_soon": _("The screen of a wall ends soon"),
    "device.reports_wait": _("has kept reports that are not sent"),
    "briefing.scheduled": _("had a briefing made by schedule"),
    "briefing.schedule_changed": _("changed the schedule of a briefing"),
    "briefing.schedule_ended": _("ended the schedule of a briefing"),
    "briefing.asked": _("asked for a briefing"),
    "briefing.tried_again": _("had a briefing tried again"),
    "briefing.made": _("made a briefing"),
    "briefing.papers_made": _("made the files of a briefing"),
    "briefing.template_put": _("brought in a template of briefings"),
    "briefing.template_ended": _("ended a template of briefings"),
    "request.asked": _("asked about their own data"),
    "request.due_soon": _("A request about one's own data must be answered within three days"),
    "request.overdue": _("A request about one's own data was not answered in time"),
    "request.answered": _("answered a request about one's own data"),
    "request.copied": _("took the copy of their own data"),
    "hold.placed": _("held something back from deletion"),
    "hold.ended": _("ended a hold"),
    "sheet.filled_in": _("filled in a sheet about personal data"),
    "privacy.term_set": _("set a number of days about personal data"),
    "opinion.left": _("left a complaint or suggestion about linli"),
    "opinion.answered": _("answered a complaint or suggestion about linli"),
    "import.begun": _("began to bring in a table"),
    "import.cancelled": _("stopped bringing in a table"),
    "import.ended": _("brought in a table"),
    "import.failed": _("could not bring in a table"),
    "report.retaken": _("took in a report that had been set aside"),
    "report.settled": _("entered by hand a report that had been set aside"),
    "report.contact_forgotten": _("deleted the contact of a report that had been set aside"),
    "report.contact_corrected": _("corrected the contact of a report that had been set aside"),
    "act.retried": _("had an act from a phone tried again that a fault had stopped"),
    "act.settled": _("did by hand an act from a phone that a fault had stopped"),
    "robot.added": _("added the robot of a group"),
    "robot.removed": _("removed the robot of a group"),
    **OF_ACCOUNTS,
    "journal.anchored": _("anchored the journal outside the database"),
    "journal.verification_asked": _("had the journal verified"),
    "journal.verified": _("found the journal to be whole"),
    "journal.broken": _("found that the journal does not hold"),
    "journal.searched": _("searched the journal"),
    "journal.exported": _("took a table of the journal away"),
    "journal.anchors_taken": _("took the anchors of the journal away"),
    "export.asked": _("asked to take a list away"),
    "export.granted": _("let a list be taken away"),
    "export.refused": _("did not let a list be taken away"),
    "export.lapsed": _("gave up a list that nobody had answered"),
    "export.made": _("had a list made as a file"),
    "export.taken": _("fetched the file of a list"),
    "vault.rotated": _("made a new key of the vault"),
    "vault.key_taken": _("brought a key of the vault back from a backup"),
    "vault.retired": _("deleted an old key of the vault"),
    "webhook.subscribed": _("subscribed another system"),
    "webhook.edited": _("changed a subscription"),
    "webhook.paused": _("paused a subscription"),
    "webhook.resumed": _("took up a subscription again"),
    "webhook.gone": _("ended by itself: the receiver says it is gone"),
    "webhook.closed": _("closed a subscription"),
    "webhook.secret_changed": _("changed a secret"),
    "webhook.tried": _("sent a test delivery"),
    "webhook.sent_again": _("sent deliveries again"),
    "webhook.pusher_added": _("let another system push reports"),
    "webhook.pusher_edited": _("changed how another system is read"),
    "webhook.pusher_paused": _("paused a system that pushes"),
    "webhook.pusher_resumed": _("took a system that pushes up again"),
    "webhook.pusher_closed": _("closed a system that pushes"),
    **OF_DISPUTES,
}
#: Acts that nobody did: of these the matter itself is said to have done them.
_OF_ITSELF = frozenset(
    {
        "event.imported",
        "event.carried_over",
        "event.review_due",
        "event.due_soon",
        "event.ran_on",
        "event.unanswered",
        "event.supervision_overdue",
    }
)
#: Acts of the ladder, where nobody did them by hand.
_OF_THE_CLOCK = frozenset({"event.reminded", "event.supervised", "event.raised"})

#: Acts by which one of us would be known as the reporter.
_OF_REPORTERS = frozenset({"event.reported", "event.taken_back", "event.supported", "event.support_withdrawn"})
#: What a step came of, by the fact that says so.
_COMES_OF: dict[str, Any] = {"macro": _("by a macro"), "bulk": _("together with other matters")}

_RATED = dict(Rating.choices)
_REFERRED = dict(ReferredTo.choices)
_DOORS = dict(Door.choices)
_CLOCKS = dict(ClockKind.choices)
_FOUND = dict(Doubt.choices)
_CLASSED = {**dict(Severity.choices), **dict(Urgency.choices)}


def told(entry: Entry) -> str:
    """What was done, in words."""
    if entry.verb == "event.reported" and entry.by_id is not None and entry.facts.get("door"):
        return str(_("entered it for a reporter"))
    return str(SENTENCES.get(entry.verb, entry.verb))


def who(entry: Entry, *, knows_reporter: bool = True) -> str:
    """Who did it, as the sentence begins: a person, the matter itself, or the reporter, whose name nobody knows.

    `knows_reporter`: the reader may know which of us reported it; whoever entered it for another is no reporter.
    """
    is_reporter = entry.verb in _OF_REPORTERS and not entry.facts.get("door")
    if entry.by is not None and (knows_reporter or not is_reporter):
        return entry.by.name
    if entry.verb in _OF_THE_CLOCK:
        return str(_("The clock"))
    return str(_("This matter") if entry.verb in _OF_ITSELF else _("The reporter"))


def details(entry: Entry) -> list[str]:
    """Short words that belong to the act: numbers of other matters, a rating, a place it was referred to."""
    facts = entry.facts
    found = [_DOORS.get(facts.get("door", "")), facts.get("number")]
    found += [facts.get("into") if isinstance(facts.get("into"), str) else None]
    found += [
        _RATED.get(facts.get("rating", "")),
        _REFERRED.get(facts.get("to", "") if entry.verb == "event.referred_out" else ""),
    ]
    found += [_CLASSED.get(facts.get(name, "")) for name in ("severity", "urgency")]
    found += [words for name, words in _COMES_OF.items() if facts.get(name)]
    found.append(_CLOCKS.get(facts.get("kind", "")))
    if entry.verb == "event.truth_checked":
        found.append(_("as reported") if facts.get("is_true") else _("not as reported"))
    found += _from_a_phone(entry)
    as_it_is = [str(_FOUND[one]) for one in facts.get("as_it_is", ()) if one in _FOUND]
    found.append(_("sent as it is: %(found)s") % {"found": str(_(", ")).join(as_it_is)} if as_it_is else None)
    return [str(one) for one in found if one]


def _from_a_phone(entry: Entry) -> list[str | None]:
    """When it was made, where it came later."""
    if not came_later(entry):
        return []
    local = timezone.localtime(datetime.fromisoformat(entry.facts["made_at"]))
    is_same_day = local.date() == timezone.localdate(entry.at)
    time = local.strftime("%H:%M") if is_same_day else date_format(local, "Y-m-d H:i")
    return [_("made on a phone at %(time)s") % {"time": time}]


def came_later(entry: Entry) -> bool:
    """Whether it was made on a phone, so that its time is that of its arrival."""
    return bool(entry.facts.get("made_at"))


def warnings(entry: Entry) -> list[str]:
    """What whoever weighs it should see: a phone's clock that was off, and what a note was meant for that came too late."""
    facts, said = entry.facts, list[str]()
    if off := int(facts.get("clock_off_min") or 0):
        words = (
            _("the phone's clock was %(n)s minutes fast") if off > 0 else _("the phone's clock was %(n)s minutes slow")
        )
        said.append(words % {"n": abs(off)})
    if facts.get("meant") in SENTENCES:
        said.append(_("came after the matter had moved on; meant was: %(act)s") % {"act": SENTENCES[facts["meant"]]})
    return said
