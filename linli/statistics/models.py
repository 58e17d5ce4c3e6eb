"""What was counted ahead: for every matter what it adds, the sums of that, and how far the journal was followed.

Written by `counting` alone, in the worker; nothing of it is needed for an act, and all of it can be made anew from the rows.
At the end what others published, beside it: series of official figures, and their values. A correction is a new version of a
value, and the old one stays.
"""

from django.db import models
from django.db.models import F, Q

from linli.areas.models import Area
from linli.kit.keys import KeyField
from linli.people.models import Person
from linli.statistics.rules import STANDING_AT
from linli.statistics.rules.cubes import COUNTED


class Counted(models.Model):
    """What one matter was counted as. The difference to what it is now is what an act changes in the sums."""

    event = KeyField(primary_key=True)
    area = models.CharField(max_length=30)
    category = models.BigIntegerField(null=True)
    department = models.CharField(max_length=40, null=True)
    reported_on = models.DateField()
    due_at = models.DateTimeField(null=True)
    due_on = models.DateField(null=True)
    dispatch_at = models.DateTimeField(null=True)
    dispatch_on = models.DateField(null=True)
    ended_on = models.DateField(null=True)
    #: Its figures, as `rules.cubes.BIT` numbers them.
    bits = models.BigIntegerField()
    #: Hours of each interval, in the order of `rules.INTERVALS`.
    took = models.JSONField(default=list)
    #: The finest map cell.
    x = models.IntegerField(null=True)
    y = models.IntegerField(null=True)

    class Meta:
        indexes = [
            # What is still to come today and later: a narrow range, whatever the size of the table, and all that is asked of it.
            models.Index(
                fields=["due_at", "area", "category", "department", "due_on", "bits"],
                condition=models.Q(due_at__isnull=False),
                name="counted_to_come",
            ),
            models.Index(
                fields=["dispatch_at", "area"],
                condition=models.Q(dispatch_at__isnull=False),
                name="counted_by_dispatch_limit",
            ),
            # The same for one department, of whose villages no days are kept: what is to come until the end of the month.
            models.Index(
                fields=["department", "due_at", "area"],
                condition=models.Q(department__isnull=False, due_at__isnull=False),
                name="counted_by_lead_and_limit",
            ),
        ]


class Cell(models.Model):
    """Sums over the matters of an area on a day or in a month; its columns are the figures (`rules.cubes`)."""

    id = models.BigAutoField(primary_key=True)
    kind = models.CharField(max_length=6)
    area = models.CharField(max_length=30)
    facet = models.CharField(max_length=40, blank=True)
    day = models.DateField()

    class Meta:
        # One area, whatever its cells are told apart by, in a span of days.
        constraints = [models.UniqueConstraint(fields=["kind", "area", "day", "facet"], name="one_cell_of_a_kind")]
        # All areas of a level, one category or department, in a span of days.
        indexes = [models.Index(fields=["kind", "facet", "day", "area"], name="cells_of_a_facet")]


#: Figures that came after the first release: code of then, beside this during an upgrade, writes cells without them.
_LATER = frozenset(STANDING_AT.values())
for _code in COUNTED:
    Cell.add_to_class(
        _code, models.IntegerField(default=0, db_default=0) if _code in _LATER else models.IntegerField(default=0)
    )


class Took(models.Model):
    """How many matters took how many hours for an interval: of the same cells, by the day of the end."""

    id = models.BigAutoField(primary_key=True)
    kind = models.CharField(max_length=6)
    area = models.CharField(max_length=30)
    facet = models.CharField(max_length=40, blank=True)
    day = models.DateField()
    interval = models.CharField(max_length=20)
    #: Hours as text to how many matters.
    hours = models.JSONField(default=dict)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind", "area", "facet", "day", "interval"], name="one_took_of_a_kind")
        ]


class MapCell(models.Model):
    """Matters in a cell of the map, told apart by area so that nobody sees more than their own."""

    id = models.BigAutoField(primary_key=True)
    zoom = models.SmallIntegerField()
    #: `YYYYMM` of the report; empty: of all months.
    month = models.CharField(max_length=6, blank=True)
    x = models.IntegerField()
    y = models.IntegerField()
    #: No finer than a village.
    area = models.CharField(max_length=30)
    reported = models.IntegerField(default=0)
    open = models.IntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["zoom", "month", "x", "y", "area"], name="one_map_cell_of_an_area")
        ]
        indexes = [models.Index(fields=["area"], name="map_cells_of_area")]


class Follower(models.Model):
    """How far the journal was followed, and how far a walk over all matters has come. One row."""

    id = models.BigAutoField(primary_key=True)
    #: Chain to position (journal.following).
    place = models.JSONField(default=dict)
    #: Raised with every change of the sums: whoever reads them looks before and after.
    version = models.PositiveBigIntegerField(default=0)
    #: When the place was the end of the journal last.
    counted_at = models.DateTimeField(null=True)
    #: The figures that were counted (`rules.cubes.EDITION`).
    edition = models.TextField(blank=True)
    #: The matter a walk has reached: its area, when it was reported, its key. Empty at the beginning, and while none goes on.
    walked_to = models.JSONField(null=True)
    is_walking = models.BooleanField(default=True)
    #: The nightly comparison: the last day it was finished, and the area it has reached since.
    compared_on = models.DateField(null=True)
    compared_to = models.CharField(max_length=30, blank=True)


class Difference(models.Model):
    """A sum that was not what the rows say, as the comparison found it. Gone once all is counted anew."""

    id = models.BigAutoField(primary_key=True)
    found_at = models.DateTimeField()
    #: As `comparing.Place` names a number.
    kind = models.CharField(max_length=6)
    area = models.CharField(max_length=30)
    facet = models.CharField(max_length=40, blank=True)
    day = models.CharField(max_length=10, blank=True)
    column = models.CharField(max_length=40)
    stored = models.BigIntegerField()
    recounted = models.BigIntegerField()

    class Meta:
        ordering = ["id"]


class OfficialSeries(models.Model):
    """An indicator of an area as one source publishes it."""

    id = models.BigAutoField(primary_key=True)
    indicator = models.CharField(max_length=100)
    area = models.ForeignKey(Area, models.PROTECT, related_name="+", db_index=False)
    unit = models.CharField(max_length=30)
    source = models.CharField(max_length=200)
    #: The figure or rate of ours that is shown beside it; empty: none is.
    figure = models.CharField(max_length=30, blank=True)

    class Meta:
        ordering = ["area", "indicator", "source", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["area", "indicator", "unit", "source"], name="one_official_series_of_a_name"
            )
        ]

    def __str__(self) -> str:
        return self.indicator


class OfficialValue(models.Model):
    """What was published for a period, in one version."""

    id = models.BigAutoField(primary_key=True)
    series = models.ForeignKey(OfficialSeries, models.PROTECT, related_name="values", db_index=False)
    first_on = models.DateField()
    last_on = models.DateField()
    value = models.DecimalField(max_digits=20, decimal_places=4)
    #: Against the year before, in percent, as it was printed; empty: none was.
    change_percent = models.DecimalField(max_digits=9, decimal_places=2, null=True, blank=True)
    published_on = models.DateField()
    note = models.CharField(max_length=300, blank=True)
    #: Empty: whoever has the machine.
    imported_by = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+", db_index=False)
    imported_at = models.DateTimeField()
    #: A later version took its place then.
    replaced_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["series", "-last_on", "-first_on", "-id"]
        indexes = [models.Index(fields=["series", "first_on", "last_on"], name="official_versions")]
        constraints = [
            models.UniqueConstraint(
                fields=["series", "first_on", "last_on"],
                condition=Q(replaced_at__isnull=True),
                name="one_official_value_in_force",
            ),
            models.CheckConstraint(condition=Q(first_on__lte=F("last_on")), name="official_periods_run_forwards"),
        ]
