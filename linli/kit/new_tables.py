"""All migrations of a store that is still empty, in a fifth of the time."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.core.management import call_command
from django.db.migrations.state import ProjectState


def make_tables(*, verbosity: int = 0) -> None:
    """Django's `migrate`; of an empty store alone, as what moves rows is for homes that have some."""
    with each_model_alone():
        call_command("migrate", verbosity=verbosity, interactive=False, skip_checks=True)


@contextmanager
def each_model_alone() -> Iterator[None]:
    """A step of a migration draws the model it speaks of anew, and none of the models that point to it.

    Django draws all that are related at each step, here a hundred of them for almost every one, in case a type they share
    has changed. Steps that run code are shown all models anew, as they are after Django's own delayed steps.
    """
    name = "reload_model"
    before = getattr(ProjectState, name)
    setattr(ProjectState, name, _reload)
    try:
        yield
    finally:
        setattr(ProjectState, name, before)


def _reload(state: ProjectState, app_label: str, model_name: str, delay: bool = False) -> None:
    if "apps" not in state.__dict__:  # nothing is drawn yet
        return
    state.is_delayed = True
    state.apps.unregister_model(app_label, model_name)
    if model := state.models.get((app_label, model_name)):
        state.apps.render_multiple([model])
