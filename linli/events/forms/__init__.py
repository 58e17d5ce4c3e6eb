"""The forms of matters: reports taken down by staff, and the steps of the course."""

from linli.events.forms.acts import ACTS, Act
from linli.events.forms.fields import CategoryField, DayForm, Photos, PhotosInput, StepForm, day_field, photos, words
from linli.events.forms.joint import PART_FORMS, PartAct
from linli.events.forms.reports import NewReport

__all__ = [
    "ACTS",
    "PART_FORMS",
    "Act",
    "CategoryField",
    "DayForm",
    "NewReport",
    "PartAct",
    "Photos",
    "PhotosInput",
    "StepForm",
    "day_field",
    "photos",
    "words",
]
