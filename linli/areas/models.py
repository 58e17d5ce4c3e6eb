"""What is stored of the ground: areas of every level, their boundaries over time, and places of note in them."""

from datetime import date

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from linli.areas.codes import DEFAULT, Numbering
from linli.kit.keys import KeyField, new_key


class Kind(models.TextChoices):
    """What sort of area it is. A kind says more than the level: several kinds share the lowest level."""

    PROVINCE = "province", _("Province")
    CITY = "city", _("City")
    COUNTY = "county", _("County")
    TOWNSHIP = "township", _("Township")
    SUBDISTRICT = "subdistrict", _("Sub-district")
    ZONE = "zone", _("Development zone")
    VILLAGE = "village", _("Village")
    COMMUNITY = "community", _("Community")
    GRID = "grid", _("Grid")
    SPECIAL_GRID = "special_grid", _("Special grid")
    NATURAL_VILLAGE = "natural_village", _("Natural village")
    VILLAGE_GROUP = "village_group", _("Villagers' group")


#: Kinds that answer for matters. A natural village or villagers' group is a settlement: it names a place, while the
#: grid that covers it answers (domain note: there is no national code for natural villages).
ANSWERING = frozenset(Kind) - {Kind.NATURAL_VILLAGE, Kind.VILLAGE_GROUP}
SETTLEMENTS = frozenset({Kind.NATURAL_VILLAGE, Kind.VILLAGE_GROUP})


class HomeNumbering(models.Model):
    """The digits per level chosen for this home: one row at most; none means the default."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    widths = models.CharField(max_length=40)
    levels = models.CharField(max_length=200)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(id=1), name="one_numbering_per_home")]


def stored_numbering() -> Numbering:
    """The numbering chosen for this home, or the default."""
    row = HomeNumbering.objects.first()
    if row is None:
        return DEFAULT
    return Numbering(tuple(int(width) for width in row.widths.split(",")), tuple(row.levels.split(",")))


class AreaQuerySet(models.QuerySet["Area"]):
    """Named sets of areas."""

    def valid_on(self, day: date) -> "AreaQuerySet":
        """Areas that exist on that day: opened, and not yet closed."""
        return self.filter(valid_from__lte=day).filter(Q(valid_to__isnull=True) | Q(valid_to__gt=day))

    def open(self) -> "AreaQuerySet":
        """Areas not closed."""
        return self.filter(valid_to__isnull=True)

    def children_of(self, code: str) -> "AreaQuerySet":
        """The areas one level below, closed ones included."""
        return self.filter(parent_id=code)


class Area(models.Model):
    """One area of any level. The code is its path; it is never edited and never used again."""

    code = models.CharField(max_length=30, primary_key=True)
    name = models.CharField(max_length=100)
    level = models.CharField(max_length=20)
    kind = models.CharField(max_length=20, choices=Kind)
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children")
    #: The national (or other official) code as given by the source, never parsed.
    national_code = models.CharField(max_length=30, blank=True, db_index=True)
    valid_from = models.DateField(default=date(1949, 10, 1))
    #: First day on which it no longer exists.
    valid_to = models.DateField(null=True, blank=True)
    successor = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="predecessors")
    #: Drawn for a demonstration; shown as such wherever it appears.
    is_demo = models.BooleanField(default=False)

    objects = AreaQuerySet.as_manager()

    class Meta:
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=models.F("valid_from")),
                name="area_closes_after_it_opens",
            ),
            models.CheckConstraint(
                condition=Q(successor__isnull=True) | Q(valid_to__isnull=False),
                name="only_closed_areas_have_successors",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_open(self) -> bool:
        """Not closed."""
        return self.valid_to is None


class Settlement(models.Model):
    """A grid covers (part of) a natural village or villagers' group: many to many, cut either way."""

    grid = models.ForeignKey(Area, models.CASCADE, related_name="settlements")
    settlement = models.ForeignKey(Area, models.CASCADE, related_name="covered_by")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["grid", "settlement"], name="settlement_once_per_grid")]


class Boundary(models.Model):
    """The outline of an area for a time. Geometry is WKB of a (multi)polygon, lon/lat in degrees, CGCS2000 = WGS-84."""

    id = KeyField(primary_key=True, default=new_key)
    area = models.ForeignKey(Area, models.CASCADE, related_name="boundaries")
    geometry = models.BinaryField()
    west = models.FloatField()
    south = models.FloatField()
    east = models.FloatField()
    north = models.FloatField()
    #: Square metres on the ellipsoid's authalic sphere.
    area_m2 = models.FloatField()
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)
    #: Where it came from: file name and coordinate system as given.
    source = models.CharField(max_length=200, blank=True)
    source_crs = models.CharField(max_length=10, default="wgs84")
    #: What was repaired on import, in words; empty if nothing.
    repaired = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["area"], condition=Q(valid_to__isnull=True), name="one_current_boundary"),
        ]


class GroundVersion(models.Model):
    """A number drawn anew at every change of boundaries, so that every process knows when its index is old. One row.

    It is no count: a change taken back and another one after it would be the same count.
    """

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    number = models.PositiveBigIntegerField(default=0)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(id=1), name="one_ground_version")]


class PlaceKind(models.TextChoices):
    """What sort of place; places have no residents' files."""

    SCHOOL = "school", _("School")
    MARKET = "market", _("Market")
    CLINIC = "clinic", _("Clinic")
    FACTORY = "factory", _("Factory")
    PARK = "park", _("Park or square")
    HALL = "hall", _("Hall or temple")
    OFFICE = "office", _("Office")
    WATER = "water", _("Reservoir or pond")
    ROAD = "road", _("Road or bridge")
    OTHER = "other", _("Other place")


class Place(models.Model):
    """A place people know, by which they say where something is."""

    id = KeyField(primary_key=True, default=new_key)
    area = models.ForeignKey(Area, models.PROTECT, related_name="places")
    name = models.CharField(max_length=100)
    kind = models.CharField(max_length=20, choices=PlaceKind)
    lon = models.FloatField(null=True, blank=True)
    lat = models.FloatField(null=True, blank=True)
    closed_on = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["name"]
