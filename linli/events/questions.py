"""The extra questions of a category in the form of a report: asked once it is chosen, each told beside it what is wrong."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from linli.events.models import Category
from linli.events.rules import clean_answers
from linli.kit.refusal import BadInput

_PREFIX = "answer-"
#: Beside a question it need not be said again.
_SHORT: dict[str, Any] = {
    "answer_missing": _("Please answer this question."),
    "answer_unknown": _("Choose one of the given answers."),
    "answer_no_number": _("Write a number, such as 3 or 0.5."),
}


class AsksQuestions(forms.Form):
    """A form with a field `category`, whose questions are sent as `answer-<code>`.

    `problems` says what is wrong, by code of the question.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.problems: dict[str, str] = {}

    def answers(self) -> dict[str, str]:
        """The answers as they were sent."""
        return {name.removeprefix(_PREFIX): value for name, value in self.data.items() if name.startswith(_PREFIX)}

    def chosen(self) -> Category | None:
        """The category the form was sent with; None before it is sent, or if there is no such one."""
        return getattr(self, "cleaned_data", {}).get("category")

    def clean(self) -> dict[str, Any]:
        """Every question of the chosen category is answered as it may be."""
        clean: dict[str, Any] = super().clean() or {}
        category, answers = clean.get("category"), self.answers()
        for question in category.questions if category else []:
            try:
                clean_answers([question], answers)
            except BadInput as refusal:
                self.problems[question["code"]] = str(_SHORT.get(refusal.code, refusal.message))
        if self.problems:
            self.add_error(None, _("This sort of matter needs a little more. Please answer what is marked."))
        return clean
