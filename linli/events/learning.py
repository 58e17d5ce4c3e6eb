"""Learning categories from texts whose category a person has chosen: a county's own matters, or a file."""

import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from linli.events.models import Event
from linli.events.rules import State
from linli.events.suggesting import model_path
from linli.kit import classifying, likeness
from linli.kit.progress import progress
from linli.kit.refusal import BadInput, Refused
from linli.kit.tables import columns_of, read_rows

#: A label with fewer texts cannot be learnt and tried out.
FEWEST_OF_A_LABEL = 5
#: The newest matters tell how things are called now; more of them would only take longer.
MOST_TEXTS = 20_000
#: The chore learns from so many matters at least, and again after so many more.
FEWEST_OF_OUR_OWN, AGAIN_AFTER = 300, 100
#: Ended like this, a matter's category was nobody's choice, or of no account.
_NO_LABEL = (State.VOIDED, State.REJECTED, State.MERGED)


@dataclass(frozen=True)
class Labelled:
    """Texts with their labels; `skipped` counts those without text or label."""

    texts: list[str]
    labels: list[str]
    skipped: int = 0

    @property
    def counts(self) -> list[tuple[str, int]]:
        """How many texts each label has, the commonest first."""
        return sorted(Counter(self.labels).items(), key=lambda one: (-one[1], one[0]))


@dataclass(frozen=True)
class Learnt:
    """What a training came to. `alike`: so many texts are near-duplicates of another; `rare`: labels left out."""

    model: classifying.Model
    report: classifying.Report
    labelled: Labelled
    alike: int
    rare: list[tuple[str, int]]


def read_labelled(path: Path, text: Sequence[str], label: str) -> Labelled:
    """The rows of a table; several columns of text are read as one. Raises `BadInput`, for a column that is not there too."""
    columns = columns_of(path)
    for wanted in (*text, label):
        if wanted not in columns:
            raise BadInput(
                "no_column",
                _("%(file)s has no column “%(column)s”. It has: %(columns)s."),
                file=path.name,
                column=wanted,
                columns=", ".join(columns),
            )
    texts: list[str] = []
    labels: list[str] = []
    skipped = 0
    for _line, row in progress(read_rows(path), label=str(_("Reading"))):
        words, name = "\n".join(row[one] for one in text).strip(), row[label].strip()
        if words and name:
            texts.append(words)
            labels.append(name)
        else:
            skipped += 1
    if not texts:
        raise BadInput("no_texts", _("%(file)s has no row with both a text and a label."), file=path.name)
    return Labelled(texts, labels, skipped)


def our_own() -> Labelled:
    """The county's matters whose category a person has accepted, by code of the pack in use, the newest first."""
    rows = list(_chosen().order_by("-reported_at").values_list("title", "text", "category__code")[:MOST_TEXTS])
    kept = [(f"{title}\n{text}".strip(), code) for title, text, code in rows if title or text]
    return Labelled([text for text, _code in kept], [code for _text, code in kept], len(rows) - len(kept))


def _chosen() -> "QuerySet[Event]":
    return Event.objects.filter(accepted_at__isnull=False, category__pack__in_use=True).exclude(state__in=_NO_LABEL)


def train(labelled: Labelled, *, newest: datetime | None = None, folds: int = classifying.FOLDS) -> Learnt:
    """Learn, try out on texts kept aside, and keep the model. Raises `Refused` where there is too little to learn from.

    `newest` marks a model of the county's own matters: up to when they were reported.
    """
    rare = [one for one in labelled.counts if one[1] < FEWEST_OF_A_LABEL]
    left_out = {label for label, _count in rare}
    kept = [pair for pair in zip(labelled.texts, labelled.labels, strict=True) if pair[1] not in left_out]
    if len({label for _text, label in kept}) < 2:
        words = _("There must be two labels with %(count)s texts each at least. There are: %(labels)s.")
        told = ", ".join(f"{label} ({count})" for label, count in labelled.counts[:20]) or "-"
        raise Refused("too_little_to_learn", words, count=FEWEST_OF_A_LABEL, labels=told)
    texts, labels = [text for text, _label in kept], [label for _text, label in kept]
    groups = likeness.groups_of(texts)
    steps = progress(range(folds), total=folds, label=str(_("Trying out")))
    trial = classifying.try_out(texts, labels, groups=groups, folds=steps)
    report = trial.report
    facts = {"texts": len(texts), "accuracy": report.accuracy, "macro_f1": report.macro_f1}
    if newest is not None:
        facts["newest"] = newest.timestamp()
    model = classifying.learn(texts, labels, sharpness=trial.sharpness, facts=facts)
    classifying.save(model, model_path())
    return Learnt(model, report, labelled, len(texts) - len(set(groups)), rare)


@dataclass(frozen=True)
class Evaluated:
    """How right the model of this home is. `unknown`: labels it never learnt, with how many texts; they count as wrong."""

    report: classifying.Report
    labelled: Labelled
    unknown: list[tuple[str, int]]
    among_first: float
    ms_each: float


def evaluate(labelled: Labelled) -> Evaluated:
    """Ask the model of this home about each text. Raises `Refused` if there is none."""
    model = _loaded()
    start = time.process_time()
    said = [
        [one.label for one in model.suggest(text)]
        for text in progress(labelled.texts, total=len(labelled.texts), label=str(_("Asking")))
    ]
    spent = time.process_time() - start
    report = classifying.Report.of(labelled.labels, [names[0] if names else "" for names in said])
    among = sum(label in names for label, names in zip(labelled.labels, said, strict=True))
    unknown = [one for one in labelled.counts if one[0] not in model.labels]
    return Evaluated(report, labelled, unknown, among / len(said), 1000 * spent / len(said))


def _loaded() -> classifying.Model:
    try:
        return classifying.load(model_path())
    except FileNotFoundError:
        raise Refused("no_model", _("Nothing has been learnt yet. Run “linli categories train” first.")) from None
    except ValueError:
        raise Refused(
            "damaged_model", _("%(file)s cannot be read. Run “linli categories train” again."), file=str(model_path())
        ) from None


def learn_again(at: datetime) -> bool:
    """The nightly chore: learn from the county's own choices once there are enough new ones. Whether it learnt.

    A model that was trained on a file stays until somebody trains from the county's own matters.
    """
    known = _known()
    if known is not None and "newest" not in known:
        return False
    since = known["newest"] if known else 0.0
    fresh = _chosen().filter(reported_at__gt=datetime.fromtimestamp(since, at.tzinfo)).order_by()
    enough = AGAIN_AFTER if known else FEWEST_OF_OUR_OWN
    if fresh[:enough].count() < enough:
        return False
    try:
        train(our_own(), newest=at, folds=1)
    except Refused:
        return False
    return True


def _known() -> dict[str, float] | None:
    try:
        return classifying.load(model_path()).facts
    except (FileNotFoundError, ValueError):
        return None
