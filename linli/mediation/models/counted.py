"""What the ledgers counted ahead: what each dispute adds, the sums of that, and how far the journal was followed.

Written by `ledgers.counting` alone, in the worker; no act needs any of it, and all of it can be made anew from the rows.
"""

from django.db import models

from linli.kit.keys import KeyField

#: The columns of a cell: every figure of a ledger (`ledgers.figures`) that is counted ahead.
COUNTED_FIGURES: tuple[str, ...] = (
    *("registered", "screened_in", "engaged", "heard", "agreed", "performed"),
    *("over_90", "held_90", "over_180", "held_180", "not_accepted", "accepted", "closed"),
    *("concluded", "settled", "failed", "within_30"),
    *("agreements", "settled_90", "kept_90", "settled_180", "kept_180"),
    *("confirmable", "applied", "applied_in_time", "confirmed"),
    *("due", "done_in_time", "done_late", "waived", "not_done"),
    *("called", "verified", "not_verified", "unreached", "open", "in_mediation"),
)


class CountedDispute(models.Model):
    """What one dispute was counted as. The difference to what it is now is what an act changes in the sums."""

    dispute = KeyField(primary_key=True)
    area = models.CharField(max_length=30)
    kind = models.CharField(max_length=2)
    #: Pairs of a day and the figures that count there, as bits of `COUNTED_FIGURES`; the day is empty for what is so now.
    items = models.JSONField(default=list)
    #: Day, stretch and the hours it took.
    took = models.JSONField(default=list)
    #: When it is something else although nobody does anything: an agreement is 90 or 180 days old, a promise falls due.
    next_at = models.DateTimeField(null=True)
    #: Called back more than once: such call-backs do not add up over days and are read from their rows.
    is_called_again = models.BooleanField(default=False)

    class Meta:
        indexes = [
            models.Index(
                fields=["next_at"], condition=models.Q(next_at__isnull=False), name="counted_disputes_to_come"
            ),
            models.Index(fields=["area"], condition=models.Q(is_called_again=True), name="counted_disputes_called"),
            # Of a village all are read: it has no sums of its own.
            models.Index(fields=["area"], name="counted_disputes_by_area"),
        ]


class LedgerCell(models.Model):
    """Sums over the disputes of an area and a kind on a day, in a month, or now; its columns are `COUNTED_FIGURES`."""

    id = models.BigAutoField(primary_key=True)
    #: `d`, `m` or `n`, and the width of the area's code.
    grain = models.CharField(max_length=4)
    area = models.CharField(max_length=30)
    #: The first of a month; of what is so now: always the same.
    day = models.DateField()
    kind = models.CharField(max_length=2)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["grain", "area", "day", "kind"], name="one_ledger_cell_of_a_kind")
        ]
        indexes = [
            # A matrix of a county reads some thousands of cells, and one figure of each.
            models.Index(
                fields=[
                    "grain",
                    "area",
                    "day",
                    "kind",
                    *("registered", "accepted", "concluded", "settled", "agreements"),
                ],
                name="ledger_cells_of_a_matrix",
            )
        ]


for _code in COUNTED_FIGURES:
    LedgerCell.add_to_class(_code, models.IntegerField(default=0))


class LedgerHours(models.Model):
    """How many disputes took how many hours for a stretch: of the same areas, days and months."""

    id = models.BigAutoField(primary_key=True)
    grain = models.CharField(max_length=4)
    area = models.CharField(max_length=30)
    day = models.DateField()
    stretch = models.CharField(max_length=20)
    #: As `ledgers.taken` has them.
    hours = models.JSONField(default=list)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["grain", "area", "day", "stretch"], name="one_of_ledger_hours_of_a_stretch")
        ]


class LedgerFollower(models.Model):
    """How far the journal was followed, and how far a walk over all disputes has come. One row."""

    id = models.BigAutoField(primary_key=True)
    #: Chain to position (journal.following).
    place = models.JSONField(default=dict)
    #: Raised with every change of the sums: whoever reads them looks before and after.
    version = models.PositiveBigIntegerField(default=0)
    counted_at = models.DateTimeField(null=True)
    #: What was counted, and how (`ledgers.facts.edition`).
    edition = models.TextField(blank=True)
    #: The dispute a walk has reached; empty at its beginning.
    walked_to = KeyField(null=True)
    is_walking = models.BooleanField(default=True)
    #: The nightly comparison: the last day it was finished, the area it has reached since, and how many numbers differ.
    #: While any does, pages read the rows.
    compared_on = models.DateField(null=True)
    compared_to = models.CharField(max_length=30, blank=True)
    differing = models.PositiveIntegerField(default=0)
