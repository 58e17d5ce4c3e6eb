"""What commands may name here: departments, categories, macros. One query each, whatever there is."""

from linli.desk.models import Macro
from linli.desk.rules.commands import Known
from linli.desk.rules.names import Named
from linli.events.models import Category
from linli.people.models import Department, Person
from linli.people.rules import Scope


def known_to(person: Person, scope: Scope, category: int | None = None) -> Known:
    """All departments and categories in use, and the macros this person may run; first those meant for a category."""
    departments = Department.objects.filter(closed_on__isnull=True)
    categories = Category.objects.filter(pack__in_use=True, closed_on__isnull=True).order_by("code")
    macros = sorted(Macro.objects.usable_by(person, scope), key=lambda one: not category or one.category_id != category)
    return Known(
        tuple(Named(one.pk, one.pk, one.name, one.name_en) for one in departments),
        tuple(Named(str(one.pk), one.code, one.name, one.name_en) for one in categories),
        tuple(Named(str(one.pk), f"{one.pk}", one.name) for one in macros),
    )
