"""Somebody with marks that stand nowhere else, and every door by which they come in; `test_marked_secrets` looks for them."""

import random
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from linli.events.testing import GRID, World
from linli.intake import mail
from linli.intake.bulk import working
from linli.intake.doors import ImportRun, RunState
from linli.intake.testing import Door, a_report
from linli.intake.tests.acts import phone_of, taken_in
from linli.intake.tests.files import COLUMNS, MAP, good, table
from linli.intake.tests.open311 import make_key, post
from linli.intake.tests.test_mail import Mailbox, written
from linli.intake.tests.test_webhooks_in import Pushing
from linli.mediation.testing import Mediation
from linli.mediation.tests.test_public_apply import TOLD
from linli.people.models import Person
from linli.privacy.models import PersonRequest


@dataclass(frozen=True)
class Marked:
    """Somebody, with marks that stand nowhere else."""

    number: int

    @property
    def name(self) -> str:
        return f"密{self.number}鼠阿婆"

    @property
    def telephone(self) -> str:
        return f"1398765{self.number:04}"

    @property
    def id_number(self) -> str:
        return f"44088119550101{self.number:04}"

    @property
    def address(self) -> str:
        return f"鼠{self.number}巷门牌"

    @property
    def mail(self) -> str:
        return f"mouse{self.number}@secret.example"

    @property
    def words(self) -> str:
        """All of it, as somebody types it into one line."""
        return f"{self.name} {self.telephone} {self.id_number} {self.address}"

    @property
    def marks(self) -> tuple[str, ...]:
        return self.name, self.telephone, self.id_number, self.address, self.mail


@dataclass
class Everything:
    """The house, and what lies outside of the doors."""

    here: Mediation
    door: Door
    pushing: Pushing
    mailbox: Mailbox
    home: Path

    @property
    def world(self) -> World:
        return self.here.world

    def of(self, person: Person | None) -> Client:
        client = Client(raise_request_exception=False)
        if person is not None:
            client.force_login(person)
        return client


# --- the doors ----------------------------------------------------------------------------------------------------------


def by_the_public_form(house: Everything, who: Marked) -> None:
    sent = {"text": "村口水沟堵了", "township": "440881101", "contact": who.words}
    assert house.of(None).post("/report", sent).headers["Location"] == "/receipt"


def by_the_hatch(house: Everything, who: Marked) -> None:
    sent = a_report(random.Random(who.number), area=GRID, contact=who.words)
    assert house.door.post("/intake/v1/reports", sent)[0] == 201


def in_a_batch(house: Everything, who: Marked) -> None:
    sent = [a_report(random.Random(who.number), area=GRID, contact=who.words)]
    assert [one["status"] for one in house.door.post("/intake/v1/batch", sent)[1]] == [201]


def pushed_by_another_system(house: Everything, who: Marked) -> None:
    assert house.pushing.push(f"m{who.number}", phone=who.words)[0] in (200, 201, 202)


def pushed_and_set_aside(house: Everything, who: Marked) -> None:
    assert house.pushing.push(f"m{who.number}", phone=who.words, town="无此镇", where=None)[0] in (200, 201, 202)


def by_open311(house: Everything, who: Marked) -> None:
    told = {"first_name": who.name, "last_name": who.address, "phone": who.telephone, "email": who.mail}
    assert post(make_key(), **told)[0]["service_request_id"]


def by_mail(house: Everything, who: Marked) -> None:
    house.mailbox.put(written(From=f"{who.name} <{who.mail}>", Message_ID=f"<{who.number}@x>"))
    mail.fetch_all(timezone.now())


def by_telephone(house: Everything, who: Marked) -> None:
    sent = {"door": "telephone", "words": "沟又堵了", "text": "水沟堵塞", "area": GRID, "contact": who.words}
    assert house.of(house.world.cast.desk).post(reverse("events:call"), sent).status_code == 302


def applying_for_mediation(house: Everything, who: Marked) -> None:
    sent = TOLD | {"own_name": who.name, "own_telephone": who.telephone, "other_name": who.address}
    assert house.of(None).post("/mediation/apply", sent).headers["Location"] == "/mediation/applied"


def at_the_mediation_window(house: Everything, who: Marked) -> None:
    sent = {"area": "440881101201", "kind": "02", "summary": "两家为水沟争执", "mediation_type": "peoples"}
    for side in ("applicant", "respondent"):
        sent |= {f"{side}_kind": "natural", f"{side}_language": "mandarin"}
    sent |= {"applicant_name": who.name, "applicant_telephone": who.telephone, "respondent_name": who.id_number}
    sent |= {"applicant_address": who.address}
    answer = house.of(house.world.cast.desk).post(f"{reverse('mediation:new')}?door=window", sent)
    assert answer.status_code == 302, answer.context["form"].errors


def following_an_area(house: Everything, who: Marked) -> None:
    sent = {"address": who.mail, "pace": "daily"}
    assert house.of(None).post("/area/440881101/follow", sent).status_code in (200, 302)


def asking_for_their_rights(house: Everything, who: Marked) -> None:
    """At the window, with a number to be corrected and a name for the letter."""
    sent = {
        "kind": "correct",
        "reach": who.telephone,
        "new_reach": who.mail,
        "name": who.name,
        "words": who.words,
        "seen": "on",
    }
    assert house.of(house.world.cast.security).post(reverse("privacy:window"), sent).status_code in (200, 302)
    assert PersonRequest.objects.exists()


def reached_by_notices(house: Everything, who: Marked) -> None:
    """Somebody of the staff says at which mailbox they are reached."""
    sent = {"kind": "mail", "address": who.mail, "secret": "", "name": ""}
    assert house.of(house.world.cast.verifier).post(reverse("notices:add"), sent).status_code == 302


def in_a_table(house: Everything, who: Marked) -> None:
    """A table of another system: columns that nobody may read stand beside those that are, of a row refused too."""
    unread = {
        "来电人": who.name,
        "联系电话": who.telephone,
        "身份证号": who.id_number,
        "address": f"{who.address} {who.mail}",
    }
    rows = table(good(**unread), good(no="8", where="999", **unread), columns=(*COLUMNS, *unread))
    keeper = house.of(house.world.cast.county)
    keeper.post(reverse("bulk:index"), {"table": SimpleUploadedFile("hotline.csv", rows.encode())})
    run = ImportRun.objects.get()
    file = SimpleUploadedFile("hotline.toml", MAP.encode())
    keeper.post(reverse("bulk:look", args=[run.pk]), {"how": "own", "file": file})
    _bring_in()
    keeper.post(reverse("bulk:begin", args=[run.pk]))
    _bring_in()
    run.refresh_from_db()
    assert (run.state, run.new, run.refused) == (RunState.DONE, 1, 1)
    assert who.telephone not in keeper.get(reverse("bulk:run", args=[run.pk])).content.decode()


def _bring_in() -> None:
    while working.work(timezone.now()):
        pass


def in_acts_of_the_field_app(house: Everything, who: Marked) -> None:
    """One that is done and one that is refused, each with what no act asks for, beside its values and among them."""
    phone = phone_of(house.door, house.world.cast.worker)
    report = phone.reports(seed=who.number)
    for step, outcome in (("note", "done"), ("no_such_step", "refused")):
        act = phone.acts(report, step, text="去看过了", contact=who.words)
        assert phone.send(act | {"contact": who.words})[0] == 201
        taken_in()
        assert phone.sees(act)["outcome"] == outcome


DOORS: tuple[Callable[[Everything, Marked], None], ...] = (
    *(
        by_the_public_form,
        by_the_hatch,
        in_a_batch,
        pushed_by_another_system,
        pushed_and_set_aside,
        by_open311,
        by_mail,
    ),
    *(by_telephone, applying_for_mediation, at_the_mediation_window, following_an_area),
    *(in_a_table, in_acts_of_the_field_app, asking_for_their_rights, reached_by_notices),
)
