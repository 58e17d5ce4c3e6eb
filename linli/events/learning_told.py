"""What a training or an evaluation came to, as lines for people."""

from collections.abc import Iterator

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from linli.events.learning import Evaluated, Labelled, Learnt
from linli.events.suggesting import model_path
from linli.kit.classifying import Report

_MOST_MISTAKEN = 12


def of_training(learnt: Learnt) -> Iterator[str]:
    """What it learnt from, and how often it was right about texts it had not seen."""
    yield from _read(learnt.labelled)
    if learnt.rare:
        yield _("Left out, too few to learn from: %(labels)s") % {"labels": _counted(learnt.rare)}
    if learnt.alike:
        yield ngettext(
            "%(count)s text is nearly the same as another; such texts are never learnt from and asked about at once.",
            "%(count)s texts are nearly the same as another; such texts are never learnt from and asked about at once.",
            learnt.alike,
        ) % {"count": f"{learnt.alike:,}"}
    yield _("Tried out in turns, each time on texts kept aside:")
    yield from _figures(learnt.report)
    yield _("Kept: %(file)s") % {"file": model_path()}


def of_evaluation(done: Evaluated) -> Iterator[str]:
    """How often the model was right, label by label, and what it takes for what."""
    yield from _read(done.labelled)
    if done.unknown:
        yield _("Labels the model has never learnt, counted as wrong: %(labels)s") % {"labels": _counted(done.unknown)}
    yield from _figures(done.report)
    yield _("among the first three: %(share).4f") % {"share": done.among_first}
    yield _("processor time: %(ms).2f ms a text") % {"ms": done.ms_each}


def _read(labelled: Labelled) -> Iterator[str]:
    count = len(labelled.texts)
    yield ngettext("%(count)s text with a label", "%(count)s texts with a label", count) % {"count": f"{count:,}"}
    if labelled.skipped:
        yield ngettext(
            "%(count)s row without text or label passed over",
            "%(count)s rows without text or label passed over",
            labelled.skipped,
        ) % {"count": f"{labelled.skipped:,}"}


def _counted(labels: list[tuple[str, int]]) -> str:
    return ", ".join(f"{label} ({count})" for label, count in labels[:30])


def _figures(report: Report) -> Iterator[str]:
    yield _("accuracy: %(share).4f") % {"share": report.accuracy}
    yield _("macro-F1: %(share).4f") % {"share": report.macro_f1}
    yield _("precision  recall  F1      texts  label")
    for name, one in report.labels.items():
        yield f"{one.precision:9.4f}  {one.recall:6.4f}  {one.f1:6.4f}  {one.support:5}  {name}"
    if report.mistaken:
        yield _("Taken for another, the commonest first:")
    nothing = _("nothing")
    for wanted, said, count in report.mistaken[:_MOST_MISTAKEN]:
        yield f"{count:5}  {wanted} → {said or nothing}"
