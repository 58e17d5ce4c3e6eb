"""The forms of the acts on the register: what each asks for, turned into clean values."""

import json
import unicodedata
from datetime import timedelta
from typing import Any

from django import forms
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from linli.areas.actions import kinds_below
from linli.areas.codes import within
from linli.areas.crs import Crs
from linli.areas.models import ANSWERING, SETTLEMENTS, Area, Kind, PlaceKind
from linli.kit.day_field import DayField
from linli.people.models import Department, Person
from linli.people.rules import Role, Scope, roles_to_give

#: Bytes of a file of outlines; the outline of a whole county has some 200,000.
MAX_FILE = 1_500_000
MAX_PIECES = 20
_NAME = 100
_MOST_PEOPLE = 2000


class OutlinesField(forms.FileField):
    """A GeoJSON file; the value is its features as (properties, geometry), in their order."""

    widget = forms.FileInput(attrs={"accept": ".geojson,.json,application/geo+json"})

    def clean(self, data: Any, initial: Any = None) -> list[tuple[dict[str, Any], Any]]:
        """The features. Whether their geometry is an outline is checked by the action."""
        file = super().clean(data, initial)
        if not file:
            return []
        if file.size > MAX_FILE:
            raise forms.ValidationError(
                _("A file of outlines may have 1.5 MB at most. Simplify the outlines, or take out other areas."),
                code="too_large",
            )
        return _features(_json_of(file.read()))


def _json_of(content: bytes) -> Any:
    try:
        return json.loads(content.decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise forms.ValidationError(
            _("The file is not in UTF-8. Export it as GeoJSON once more."), code="not_utf8"
        ) from None
    except (ValueError, RecursionError) as error:
        line = getattr(error, "lineno", 1)
        raise forms.ValidationError(
            _("The file is no GeoJSON: it cannot be read from line %(line)s on."),
            code="not_json",
            params={"line": line},
        ) from None


def _features(content: Any) -> list[tuple[dict[str, Any], Any]]:
    kind = content.get("type") if isinstance(content, dict) else None
    rows = content.get("features") if kind == "FeatureCollection" else [content]
    if not isinstance(rows, list) or not rows or not all(isinstance(row, dict) for row in rows):
        raise forms.ValidationError(_("The file holds no outlines."), code="no_outlines")
    if len(rows) > MAX_PIECES:
        raise forms.ValidationError(
            _("The file holds %(found)s outlines; %(most)s at most. Take out what does not belong here."),
            code="too_many",
            params={"found": len(rows), "most": MAX_PIECES},
        )
    return [_feature(row) for row in rows]


def _feature(row: dict[str, Any]) -> tuple[dict[str, Any], Any]:
    if row.get("type") != "Feature":
        return {}, row
    properties = row.get("properties")
    return properties if isinstance(properties, dict) else {}, row.get("geometry")


class PersonField(forms.CharField):
    """A person chosen by name; where two have the same name, by the user name behind it."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=140, **kwargs)
        self.among = Person.objects.none()
        self.widget.attrs.update({"list": "people", "autocomplete": "off"})

    def clean(self, value: Any) -> Any:
        """The person. Telephone numbers are not looked up."""
        words = unicodedata.normalize("NFKC", super().clean(value))
        name, _mark, username = words.rstrip(")").rpartition(" (")
        found = list(self.among.filter(username=username, name=name)[:1] if name else [])
        found = found or list(self.among.filter(Q(name=words) | Q(username=words))[:2])
        if len(found) != 1:
            raise forms.ValidationError(
                _("Several people have this name. Choose one of the list.")
                if found
                else _("Nobody has this name. Choose one of the list."),
                code="which_person",
            )
        return found[0]


class AreaForm(forms.Form):
    """A form of an act on one area. `values()` are the keyword arguments of the action."""

    def __init__(self, *args: Any, area: Area, scope: Scope, **kwargs: Any) -> None:
        self.area, self.scope = area, scope
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        self.prepare()

    def prepare(self) -> None:
        """Fill in the choices this area offers."""

    def values(self) -> dict[str, Any]:
        """What the action takes."""
        return dict(self.cleaned_data)

    def choose(self, name: str, choices: list[tuple[str, Any]]) -> None:
        """Give a field of choices its choices."""
        self.fields[name].choices = choices  # type: ignore[attr-defined]


def crs_field() -> forms.ChoiceField:
    """In which coordinates a file was drawn."""
    return forms.ChoiceField(
        label=_("Coordinates of the file"),
        choices=Crs.choices,
        initial=Crs.WGS84,
        help_text=_("Drawn on Amap, Tencent or Baidu maps? Then choose theirs; it is converted."),
    )


class Rename(AreaForm):
    """Another name."""

    name = forms.CharField(label=_("Name of the area"), max_length=_NAME)

    def prepare(self) -> None:
        """Begin with the present name."""
        self.fields["name"].initial = self.area.name


class Open(AreaForm):
    """A new area in this one; its code is given by itself."""

    kind = forms.ChoiceField(label=_("Kind"))
    name = forms.CharField(label=_("Name of the area"), max_length=_NAME)
    national_code = forms.RegexField(
        r"^[0-9]{1,30}$",
        label=_("National code"),
        required=False,
        help_text=_("If it has one of its own; digits only."),
        error_messages={"invalid": _("A national code has digits only.")},
    )
    file = OutlinesField(label=_("Outline (GeoJSON)"), required=False, help_text=_("It can be drawn later as well."))
    crs = crs_field()

    def prepare(self) -> None:
        """Offer the kinds of the level below."""
        self.choose("kind", [(kind.value, kind.label) for kind in kinds_below(self.area)])

    def clean_national_code(self) -> str:
        """Full-width digits turned."""
        return unicodedata.normalize("NFKC", self.cleaned_data["national_code"])

    def clean_file(self) -> Any:
        """The one outline, or None."""
        return _only_outline(self.cleaned_data["file"])


class Draw(AreaForm):
    """The outline of an area that has none, or whose outline follows from nothing else."""

    file = OutlinesField(label=_("Outline (GeoJSON)"))
    crs = crs_field()

    def clean_file(self) -> Any:
        """The one outline."""
        return _only_outline(self.cleaned_data["file"])


def _only_outline(features: list[tuple[dict[str, Any], Any]]) -> Any:
    if len(features) > 1:
        raise forms.ValidationError(_("One outline is needed; the file holds several."), code="several")
    return features[0][1] if features else None


class Redraw(AreaForm):
    """The outlines that take the place of a grid's."""

    file = OutlinesField(
        label=_("New outlines (GeoJSON)"),
        help_text=_("One feature for each new grid. Together they cover the ground of the old one."),
    )
    name_field = forms.CharField(
        label=_("Property that holds the name"),
        max_length=60,
        required=False,
        initial="name",
        help_text=_("Names can be changed before anything is stored."),
    )
    crs = crs_field()

    def outlines(self) -> list[tuple[str, Any]]:
        """Name and geometry of each, nameless ones numbered after the old grid."""
        field = self.cleaned_data["name_field"] or "name"
        return [
            (str(properties.get(field) or f"{self.area.name}-{number}").strip()[:_NAME], geometry)
            for number, (properties, geometry) in enumerate(self.cleaned_data["file"], 1)
        ]


class RedrawAgain(AreaForm):
    """What the preview sends back: geometries as they were, names as they are now."""

    outlines_json = forms.CharField(max_length=4_000_000)
    crs = forms.ChoiceField(choices=Crs.choices)
    source = forms.CharField(max_length=200, required=False)

    def outlines(self) -> list[tuple[str, Any]]:
        """Name and geometry of each. Raises `ValidationError` for what no preview sent."""
        geometries = _json_of(self.cleaned_data["outlines_json"].encode())
        if not isinstance(geometries, list) or not 0 < len(geometries) <= MAX_PIECES:
            raise forms.ValidationError(_("The file holds no outlines."), code="no_outlines")
        names = [self.data.get(f"name-{number}", "").strip()[:_NAME] for number in range(1, len(geometries) + 1)]
        return list(zip(names, geometries, strict=True))


class AddPlace(AreaForm):
    """A place people know."""

    name = forms.CharField(label=_("Name of the place"), max_length=_NAME)
    kind = forms.ChoiceField(label=_("What sort of place"), choices=PlaceKind.choices)
    lon = forms.FloatField(label=_("Longitude"), required=False)
    lat = forms.FloatField(label=_("Latitude"), required=False)

    def prepare(self) -> None:
        """Degrees with six decimals, as the map writes them."""
        for name in ("lon", "lat"):
            self.fields[name].widget.attrs.update({"step": "any", "inputmode": "decimal"})


class Cover(AreaForm):
    """Which settlement a grid covers; or, from the settlement, which grid covers it."""

    other = forms.ModelChoiceField(Area.objects.none(), label=_("Natural village or villagers' group"))

    def prepare(self) -> None:
        """The other side: settlements for a grid, grids for a settlement, of the same village and not joined yet."""
        beside = Area.objects.open().filter(parent=self.area.parent_id)
        if self.area.kind in SETTLEMENTS:
            self.fields["other"].label = _("Grid")
            rows = beside.filter(kind__in=[Kind.GRID, Kind.SPECIAL_GRID]).exclude(settlements__settlement=self.area)
        else:
            rows = beside.filter(kind__in=SETTLEMENTS).exclude(covered_by__grid=self.area)
        self.fields["other"].queryset = rows.order_by("code")  # type: ignore[attr-defined]


class Close(AreaForm):
    """Which area takes over what is open."""

    successor = forms.ModelChoiceField(
        Area.objects.none(),
        label=_("Area that takes over"),
        required=False,
        empty_label=_("None"),
        help_text=_("Open matters and places go there."),
    )

    def prepare(self) -> None:
        """The areas beside it, and the one it lies in."""
        rows = Area.objects.open().filter(Q(parent=self.area.parent_id) | Q(pk=self.area.parent_id))
        rows = rows.filter(kind__in=ANSWERING).exclude(pk=self.area.pk)
        self.fields["successor"].queryset = rows.order_by("-level", "code")  # type: ignore[attr-defined]


class Appoint(AreaForm):
    """A person, a role, from when to when."""

    person = PersonField(label=_("Person"), help_text=_("Begin to type the name, then choose."))
    role = forms.ChoiceField(label=_("Role"))
    department = forms.ModelChoiceField(
        Department.objects.filter(closed_on__isnull=True),
        label=_("Department"),
        required=False,
        empty_label=_("None"),
        help_text=_("A department officer needs one."),
    )
    held_as = forms.ChoiceField(
        label=_("Holds it as"),
        choices=[("holder", _("Holder")), ("deputy", _("Deputy: stands in while no holder is there"))],
        widget=forms.RadioSelect,
        initial="holder",
    )
    from_on = DayField(label=_("From"), initial=timezone.localdate)
    last_on = DayField(label=_("Last day"), required=False, help_text=_("Leave it empty if the end is open."))

    def prepare(self) -> None:
        """Roles the keeper may give, and people who work in the keeper's area or nowhere yet."""
        roles = roles_to_give(self.scope.roles_in(self.area.code))
        self.choose("role", [(role.value, role.label) for role in roles])
        self.fields["person"].among = people_near(self.scope)  # type: ignore[attr-defined]

    @property
    def people(self) -> list[Person]:
        """Who can be chosen, by name and user name only."""
        return list(people_near(self.scope).only("name", "username")[:_MOST_PEOPLE])

    def values(self) -> dict[str, Any]:
        """The last day becomes the first day after it."""
        values = super().values()
        last, is_deputy = values.pop("last_on"), values.pop("held_as") == "deputy"
        to_on = last + timedelta(days=1) if last else None
        return values | {"role": Role(values["role"]), "to_on": to_on, "is_deputy": is_deputy}


def people_near(scope: Scope) -> Any:
    """Active people with an appointment in the areas whose register is kept, and those with none anywhere."""
    mine = [one.area for one in scope.held if roles_to_give([one.role])]
    near = within(*mine, field="appointments__area") if mine else Q(pk__in=[])
    rows = Person.objects.filter(is_active=True).filter(near | Q(appointments__isnull=True))
    return rows.order_by("username").distinct()


class EndAppointment(forms.Form):
    """From when on it is no longer held."""

    on = DayField(label=_("Ends on"), initial=timezone.localdate, help_text=_("Held until the day before."))


class AddLeave(forms.Form):
    """The days somebody is away, first and last included."""

    first_on = DayField(label=_("First day away"), initial=timezone.localdate)
    last_on = DayField(label=_("Last day away"), initial=timezone.localdate)
