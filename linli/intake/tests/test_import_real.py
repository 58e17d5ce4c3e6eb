"""Real files and the maps that fit them. Their words are not ours: they are read where they lie."""

import csv
import gzip
from collections import Counter
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import pytest

from linli.areas.models import Area
from linli.events.models import Event
from linli.events.testing import World
from linli.intake.importing import Report, import_events, read_map
from linli.intake.tests.files import AT
from linli.journal.proving import verify_chain

MAPS = Path(__file__).resolve().parents[3] / "examples" / "maps"
pytestmark = pytest.mark.real


def run(path: Path, map_name: str, folder: Path) -> Report:
    report = Report()
    chosen = read_map(MAPS / f"{map_name}.toml")
    import_events(path, chosen, report, at=AT, refused_to=folder / "refused.csv")
    return report


def rows(path: Path) -> Iterator[dict[str, str]]:
    csv.field_size_limit(1_000_000)
    with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def test_all_labelled_messages_come_in(world: World, shared: Path, tmp_path: Path) -> None:
    path = shared / "data" / "messages" / "tipdm2020_labelled.csv.gz"
    report = run(path, "tipdm2020_labelled", tmp_path)
    assert (report.new, report.refused.total()) == (2648, 0)
    untimed = sum(not row["created_at"] for row in rows(path))
    assert report.notes.counts["time", "created_at"] == untimed == 1832
    labels = Counter(row["label_l1"] for row in rows(path))
    domains = Counter(Event.objects.values_list("category__code", flat=True))
    assert domains["D"] == labels["环境保护"]
    assert domains["C"] == labels["城乡建设"] + labels["交通运输"]
    assert None not in domains
    again = run(path, "tipdm2020_labelled", tmp_path)
    assert (again.new, again.known) == (0, 2648)


def test_all_answered_messages_come_in_closed_with_their_answers(world: World, shared: Path, tmp_path: Path) -> None:
    path = shared / "data" / "messages" / "tipdm2020_replies.csv.gz"
    report = run(path, "tipdm2020_replies", tmp_path)
    assert (report.new, report.refused.total()) == (1723, 0)
    assert Event.objects.filter(state="closed").exclude(outcome="").count() == 1723
    assert sum(len(outcome) for outcome in Event.objects.values_list("outcome", flat=True)) == sum(
        len(row["reply"].strip()) for row in rows(path)
    )
    assert list(verify_chain()) == []


def test_all_petitions_of_fuzhou_come_in(world: World, shared: Path, tmp_path: Path) -> None:
    path = shared / "data" / "messages" / "fuzhou12345_rivers.csv.gz"
    Area.objects.filter(pk="440881101").update(name="仓山区")
    report = run(path, "fuzhou12345_rivers", tmp_path)
    assert (report.new, report.refused.total()) == (891, 0)
    assert Event.objects.filter(area="440881101").count() == 489
    days = {row["id"]: int(row["days_to_final_reply"]) for row in rows(path)}
    took = Event.objects.values_list("external_no", "reported_at", "ended_at")
    assert {number: (ended - opened).days for number, opened, ended in took} == days


def test_boston_keeps_its_times_and_lists_what_closes_before_it_opens(
    world: World, shared: Path, tmp_path: Path
) -> None:
    whole = shared / "data" / "requests311" / "boston_2015.csv.gz"
    part = list(islice(rows(whole), 38_500, 41_000))
    neighbourhood = Counter(row["neighborhood"] for row in part).most_common(1)[0][0]
    Area.objects.filter(pk="440881101").update(name=neighbourhood)
    path = tmp_path / "part.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(part[0]))
        writer.writeheader()
        writer.writerows(part)
    report = run(path, "boston_2015", tmp_path)
    backwards = {row["case_id"] for row in part if row["closed_at"] and row["closed_at"] < row["opened_at"]}
    with (tmp_path / "refused.csv").open(encoding="utf-8-sig", newline="") as file:
        listed = {row["number"]: row["reason"] for row in csv.DictReader(file)}
    assert listed == dict.fromkeys(backwards, "closed_before_opened")
    assert len(backwards) > 20
    assert report.new == len(part) - len(backwards) == Event.objects.count()
    assert Event.objects.filter(area="440881101").count() == sum(
        row["neighborhood"] == neighbourhood and row["case_id"] not in backwards for row in part
    )
    promised = [row for row in part if row["target_at"] and row["case_id"] not in backwards]
    assert Event.objects.exclude(due_at=None).filter(ended_at__isnull=False).count() == sum(
        bool(row["closed_at"]) for row in promised
    )
    # Whoever has an open matter knows until when.
    assert not Event.objects.open().filter(due_at=None).exists()
