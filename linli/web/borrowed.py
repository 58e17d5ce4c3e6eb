"""Sentences of Django that our forms show. Named here so that our catalogue has them, which comes before Django's own."""

from django.utils.translation import gettext_noop as _
from django.utils.translation import ngettext_lazy

_("This field is required.")
_("Enter a valid date.")
_("Enter a valid date/time.")
_("Enter a number.")
_("Enter a whole number.")
_("Select a valid choice. That choice is not one of the available choices.")
_("Select a valid choice. %(value)s is not one of the available choices.")
_("“%(pk)s” is not a valid value.")
_("Ensure this value is less than or equal to %(limit_value)s.")
_("Ensure this value is greater than or equal to %(limit_value)s.")
_("Null characters are not allowed.")
_("No file was submitted. Check the encoding type on the form.")
_("The submitted file is empty.")
ngettext_lazy(
    "Ensure this value has at most %(limit_value)d character (it has %(show_value)d).",
    "Ensure this value has at most %(limit_value)d characters (it has %(show_value)d).",
    "limit_value",
)
