"""Everything the interface answers: a line each. The addresses, the document and the page are made of this table."""

from django.utils.translation import gettext_lazy as _

from linli.events.rules import State
from linli.intake.api import answers, figures, matters, registers
from linli.intake.api.declaring import (
    AFTER,
    AREA,
    CODE,
    CURSOR,
    DAY,
    LIMIT,
    MOMENT,
    TRUTH,
    Operation,
    Parameter,
    choice,
)

_WITHIN = Parameter("area", AREA, _("Only of this area and all inside it."), example="440881101")
_MATTER = Parameter("matter", CODE, _("The key of a matter, or its number."), is_needed=True)
_CODE = Parameter("code", AREA, _("The code of an area."), is_needed=True)
_FROM = Parameter("from", DAY, _("The first day."), is_needed=True, example="2026-11-01")
_TO = Parameter("to", DAY, _("The last day, at most 366 days after the first."), is_needed=True, example="2026-11-16")

OPERATIONS: tuple[Operation, ...] = (
    Operation(
        "matters",
        "matters",
        "matters",
        _("Matters, the latest report first"),
        _("To keep a copy, read all pages once, note `place` of the first, and then ask `/changes` from there."),
        answers.Matters,
        matters.listed,
        (
            _WITHIN,
            Parameter("category", CODE, _("Only of this category; with a time of report.")),
            Parameter("state", choice(State.values), _("Only in this state; with a time of report.")),
            Parameter("department", CODE, _("Only those in which it has a part; with a time of report.")),
            Parameter(
                "reported_from",
                MOMENT,
                _("Reported then or later; alone it reaches over 366 days."),
                example="2026-11-01T00:00:00Z",
            ),
            Parameter("reported_before", MOMENT, _("Reported before then; alone it reaches back over 366 days.")),
            AFTER,
            LIMIT,
        ),
    ),
    Operation(
        "matter",
        "matters/{matter}",
        "matters",
        _("One matter"),
        _("By its key, which never changes, or by its number."),
        answers.Matter,
        matters.one,
        in_path=(_MATTER,),
    ),
    Operation(
        "course",
        "matters/{matter}/course",
        "matters",
        _("What was done to a matter"),
        _("Acts in the order in which they were written down. Who did them is not told."),
        answers.Course,
        matters.course,
        (AFTER, LIMIT),
        (_MATTER,),
    ),
    Operation(
        "changes",
        "changes",
        "matters",
        _("Matters that changed since a place in the journal"),
        _("Ask with `after`, keep what comes, note `place`, ask again with it: nothing is lost and nothing is twice."),
        answers.Changes,
        matters.changed,
        (Parameter("after", CURSOR, _("`place` of the answer before; without it from the beginning.")), LIMIT),
    ),
    Operation(
        "areas",
        "areas",
        "areas",
        _("Areas, by their codes"),
        _("The code of an area begins with that of the area around it."),
        answers.Areas,
        registers.areas,
        (
            _WITHIN,
            Parameter("parent", AREA, _("Only those right below this one.")),
            Parameter("level", CODE, _("Only of this level, one of `levels` of `/codes`."), example="township"),
            Parameter("closed", TRUTH, _("With those that no longer exist."), otherwise=False),
            AFTER,
            LIMIT,
        ),
    ),
    Operation(
        "area", "areas/{code}", "areas", _("One area"), _("Open or closed."), answers.Area, registers.area, (), (_CODE,)
    ),
    Operation(
        "outline",
        "areas/{code}/outline",
        "areas",
        _("The outline of an area"),
        _("As a GeoJSON feature; 404 where none is known."),
        answers.Outline,
        registers.outline,
        (),
        (_CODE,),
        "application/geo+json",
    ),
    Operation(
        "categories",
        "categories",
        "registers",
        _("Categories in use"),
        _("A tree by `parent`, with limits. Questions to reporters are in Open311."),
        answers.Categories,
        registers.categories,
        (AFTER, LIMIT),
    ),
    Operation(
        "departments",
        "departments",
        "registers",
        _("Departments"),
        _("Of the area of the key, of those inside it and of those around it."),
        answers.Departments,
        registers.departments,
        (AFTER, LIMIT),
    ),
    Operation(
        "calendar",
        "calendar",
        "registers",
        _("Working days"),
        _("Statutory holidays and make-up days as the county keeps them."),
        answers.Calendar,
        registers.calendar,
        (_FROM, _TO),
    ),
    Operation(
        "codes",
        "codes",
        "registers",
        _("All words of the interface"),
        _("In both languages: states, urgencies, sorts of areas, acts."),
        answers.Codes,
        registers.codes,
    ),
    Operation(
        "figures",
        "figures",
        "figures",
        _("Figures of an area and a period"),
        _(
            "Those of the statistics. Small numbers are kept back, as for everybody who does not see the matters themselves."
        ),
        answers.Figures,
        figures.figures,
        (
            Parameter("area", AREA, _("The area, with all inside it."), is_needed=True, example="440881"),
            _FROM,
            _TO,
            Parameter("by", choice(figures.TOLD_APART), _("Told apart by areas below, category, department or month.")),
        ),
    ),
    Operation(
        "definitions",
        "figures/definitions",
        "figures",
        _("What every figure means"),
        _("Name, formula, what is left out and the source, in both languages."),
        answers.Definitions,
        figures.definitions,
    ),
)
TAGS = {
    "matters": _("Matters"),
    "areas": _("Areas"),
    "registers": _("Registers"),
    "figures": _("Figures"),
}
