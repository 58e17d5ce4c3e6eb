"""What a system administrator does with webhooks: subscribe another system, pause, change secrets, send again, let one push."""

import re
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from linli.areas.codes import lineage
from linli.areas.models import Area
from linli.intake.webhooks import making, mapping, sending, signing
from linli.intake.webhooks.models import Delivery, Pusher, Scheme, Standing, Subscription, WithSecret
from linli.intake.webhooks.rules import MOST_SUBSCRIPTIONS, OVERLAP, Group, State
from linli.journal.actions import record
from linli.journal.models import ChainHead
from linli.kit.addresses import read_address
from linli.kit.refusal import BadInput, NotYours, Refused
from linli.people.actions import scope_of
from linli.people.models import Person
from linli.people.rules import Role


def require_keeper(by: Person, area: str, at: datetime) -> None:
    """Raises `NotYours` unless the person is system administrator of this area."""
    if Role.SYSTEM_ADMIN not in scope_of(by, at).roles_in(area):
        raise NotYours("not_yours", _("Webhooks are kept by the system administrator. Ask the one of this county."))


# --- out ---------------------------------------------------------------------------------------------------------------


@transaction.atomic
def subscribe(
    *, name: str, address: str, groups: Iterable[str], area: Area, by: Person, at: datetime
) -> tuple[Subscription, str]:
    """A new subscription and its secret, which nobody can read again. It is told of what is done from now on.

    Raises `BadInput`, `Refused` (name taken, too many), `NotYours`.
    """
    require_keeper(by, area.code, at)
    if Subscription.objects.in_use().count() >= MOST_SUBSCRIPTIONS:
        raise Refused(
            "too_many_subscriptions",
            _("There are %(most)s subscriptions, and each needs lanes of its own. Close one first."),
            most=MOST_SUBSCRIPTIONS,
        )
    read_address(address)
    secret = signing.new_secret()
    subscription = Subscription(
        name=_name(name), address=address.strip(), groups=_groups(groups), area=area, created_at=at
    )
    subscription.put_secret(secret)
    # The lock on the head of the chain: every act is either before or after this one.
    head = ChainHead.objects.select_for_update().filter(pk=lineage(area.code)[0]).first()
    subscription.position = head.length if head else 0
    _save_new(subscription)
    record("webhook.subscribed", on=subscription, by=by, at=at, groups=subscription.groups)
    return subscription, secret


@transaction.atomic
def edit(
    subscription: Subscription, *, name: str, address: str, groups: Iterable[str], by: Person, at: datetime
) -> None:
    """Change what it is called, where it is and what it is told from the next act on. Raises `BadInput`, `Refused`."""
    locked = _locked(subscription, by, at)
    read_address(address)
    moved = address.strip() != locked.address
    locked.name, locked.address, locked.groups = _name(name), address.strip(), _groups(groups)
    if moved:
        locked.failures, locked.rest_until = 0, None
    _save(locked)
    record("webhook.edited", on=locked, by=by, at=at, groups=locked.groups, moved=moved)
    subscription.refresh_from_db()


@transaction.atomic
def pause(subscription: Subscription, *, by: Person, at: datetime) -> None:
    """Send nothing until it is taken up again; what is done meanwhile waits."""
    locked = _locked(subscription, by, at)
    _stand(locked, Standing.PAUSED, Standing.ACTIVE)
    record("webhook.paused", on=locked, by=by, at=at)
    subscription.refresh_from_db()


@transaction.atomic
def resume(subscription: Subscription, *, by: Person, at: datetime) -> None:
    """Take it up again after a pause, or after the receiver had ended it: from where it stopped."""
    locked = _locked(subscription, by, at)
    _stand(locked, Standing.ACTIVE, Standing.PAUSED, Standing.GONE)
    Subscription.objects.filter(pk=locked.pk).update(failures=0, rest_until=None)
    record("webhook.resumed", on=locked, by=by, at=at)
    subscription.refresh_from_db()


@transaction.atomic
def close(subscription: Subscription, *, by: Person, at: datetime) -> None:
    """Nothing is sent to it ever again; what waited is given up, the log stays for its time."""
    locked = _locked(subscription, by, at)
    _stand(locked, Standing.CLOSED, Standing.ACTIVE, Standing.PAUSED, Standing.GONE)
    sending.give_up(locked, at)
    record("webhook.closed", on=locked, by=by, at=at)
    subscription.refresh_from_db()


@transaction.atomic
def rotate(one: Any, *, by: Person, at: datetime) -> str:
    """A new secret for a subscription or a pusher, which nobody can read again. For a day the old one holds beside it."""
    locked = _locked(one, by, at)
    secret = signing.new_secret()
    _reseal(locked, secret, at)
    record("webhook.secret_changed", on=locked, by=by, at=at, old_until=locked.old_until)
    one.refresh_from_db()
    return secret


@transaction.atomic
def try_out(subscription: Subscription, *, by: Person, at: datetime) -> Delivery:
    """Send a delivery about nothing. Raises `Refused` unless the subscription is in use."""
    locked = _locked(subscription, by, at)
    if locked.standing != Standing.ACTIVE:
        raise Refused("not_active", _("It is not in use now. Take it up again first."))
    delivery = making.trial_delivery(locked, at)
    # Somebody waits for it.
    Subscription.objects.filter(pk=locked.pk).update(rest_until=None)
    record("webhook.tried", on=locked, by=by, at=at, message=delivery.webhook_id)
    return delivery


@transaction.atomic
def send_again(delivery: Delivery, *, by: Person, at: datetime) -> None:
    """Send one delivery again, now, whatever came of it before; under the same id. Raises `Refused`."""
    locked = _locked(delivery.subscription, by, at)
    _require_reachable(locked)
    if not _again(Delivery.objects.filter(pk=delivery.pk), at):
        raise Refused("under_way", _("It is being sent just now. Refresh the page."))
    Subscription.objects.filter(pk=locked.pk).update(rest_until=None)
    record("webhook.sent_again", on=locked, by=by, at=at, message=delivery.webhook_id)
    delivery.refresh_from_db()


@transaction.atomic
def send_given_up_again(subscription: Subscription, *, since: datetime, by: Person, at: datetime) -> int:
    """Send everything again that was made since a moment and given up; how many. Raises `Refused`."""
    locked = _locked(subscription, by, at)
    _require_reachable(locked)
    count = _again(Delivery.objects.filter(subscription=locked, state=State.GIVEN_UP, made_at__gte=since), at)
    Subscription.objects.filter(pk=locked.pk).update(rest_until=None)
    record("webhook.sent_again", on=locked, by=by, at=at, since=since, count=count)
    return count


def _again(deliveries: Any, at: datetime) -> int:
    """Those under way are left alone: their answer is still to come."""
    idle = deliveries.exclude(state=State.UNKNOWN, due_at__gt=at, attempt__ended_at__isnull=True)
    return int(idle.update(state=State.WAITING, due_at=at, tries=0, wanted_since=at, finished_at=None))


def _require_reachable(subscription: Subscription) -> None:
    if subscription.standing in (Standing.CLOSED, Standing.GONE):
        raise Refused("not_active", _("It is not in use now. Take it up again first."))


# --- in ----------------------------------------------------------------------------------------------------------------

_NAME_IN_ADDRESS = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")


@transaction.atomic
def let_push(
    *, name: str, title: str, area: Area, scheme: str, text: str, by: Person, at: datetime
) -> tuple[Pusher, str]:
    """Let another system push reports, and the secret it signs with. Raises `BadInput`, `Refused`, `NotYours`."""
    require_keeper(by, area.code, at)
    if not _NAME_IN_ADDRESS.fullmatch(name):
        raise BadInput("bad_name", _("Up to 40 small letters, digits and dashes, such as hotline-12345."), field="name")
    secret = signing.new_secret()
    pusher = Pusher(name=name, title=_name(title), area=area, scheme=_scheme(scheme), mapping=text, created_at=at)
    mapping.read_mapping(text)
    pusher.put_secret(secret)
    _save_new(pusher)
    record("webhook.pusher_added", on=pusher, by=by, at=at, name=name)
    return pusher, secret


@transaction.atomic
def edit_pusher(pusher: Pusher, *, title: str, scheme: str, text: str, by: Person, at: datetime) -> None:
    """Change what it is called, how it signs and how it is read. Raises `BadInput`."""
    locked = _locked(pusher, by, at)
    mapping.read_mapping(text)
    locked.title, locked.scheme, locked.mapping = _name(title), _scheme(scheme), text
    locked.save(update_fields=["title", "scheme", "mapping"])
    record("webhook.pusher_edited", on=locked, by=by, at=at, name=locked.name)
    pusher.refresh_from_db()


@transaction.atomic
def pause_pusher(pusher: Pusher, *, by: Person, at: datetime) -> None:
    """Turn away what it pushes until it is taken up again."""
    locked = _locked(pusher, by, at)
    _stand(locked, Standing.PAUSED, Standing.ACTIVE)
    record("webhook.pusher_paused", on=locked, by=by, at=at, name=locked.name)
    pusher.refresh_from_db()


@transaction.atomic
def resume_pusher(pusher: Pusher, *, by: Person, at: datetime) -> None:
    """Take what it pushes again."""
    locked = _locked(pusher, by, at)
    _stand(locked, Standing.ACTIVE, Standing.PAUSED)
    record("webhook.pusher_resumed", on=locked, by=by, at=at, name=locked.name)
    pusher.refresh_from_db()


@transaction.atomic
def close_pusher(pusher: Pusher, *, by: Person, at: datetime) -> None:
    """It pushes no more; its name is free again."""
    locked = _locked(pusher, by, at)
    _stand(locked, Standing.CLOSED, Standing.ACTIVE, Standing.PAUSED)
    record("webhook.pusher_closed", on=locked, by=by, at=at, name=locked.name)
    pusher.refresh_from_db()


# --- both --------------------------------------------------------------------------------------------------------------


def _locked(one: Any, by: Person, at: datetime) -> Any:
    """The row as it is stored now, for this transaction alone. Raises `NotYours`, and `Refused` once it is closed."""
    require_keeper(by, one.area_id, at)
    locked = type(one).objects.select_for_update().get(pk=one.pk)
    if locked.standing == Standing.CLOSED:
        raise Refused("moved_on", _("It is closed. Add a new one instead."))
    return locked


def _stand(one: Any, after: Standing, *before: Standing) -> None:
    if not type(one).objects.filter(pk=one.pk, standing__in=before).update(standing=after):
        raise Refused("moved_on", _("Somebody was quicker. Refresh the page."))


def _reseal(one: WithSecret, secret: str, at: datetime) -> None:
    one.keep_old_secret()
    one.old_until = at + OVERLAP
    one.put_secret(secret)
    one.save(update_fields=["sealed_old_secret", "old_until", "sealed_secret"])


def _save_new(one: Any) -> None:
    _unless_taken(one, force_insert=True)


def _save(one: Any) -> None:
    _unless_taken(one, update_fields=["name", "address", "groups", "failures", "rest_until"])


def _unless_taken(one: Any, **how: Any) -> None:
    try:
        with transaction.atomic():
            one.save(**how)
    except IntegrityError:
        raise Refused("name_taken", _("There is one named %(name)s. Choose another name."), name=one.name) from None


def _name(name: str) -> str:
    name = name.strip()
    if not name or len(name) > 60 or not name.isprintable():
        raise BadInput(
            "bad_key_name", _("A name of 1 to 60 characters is needed: of the system, not of a person."), field="name"
        )
    return name


def _groups(groups: Iterable[str]) -> list[str]:
    chosen = set(groups)
    if not chosen or chosen - set(Group.values):
        raise BadInput("no_groups", _("Choose at least one sort of acts."), field="groups")
    return [one for one in Group.values if one in chosen]


def _scheme(scheme: str) -> str:
    if scheme not in Scheme.values:
        raise BadInput("bad_scheme", _("Choose how it signs."), field="scheme")
    return scheme
