"""Django's migrations, without rendering the same models hundreds of times.

While migrations run, Django keeps the models as they stood at each point as classes, and makes those of a new table's
whole neighbourhood anew. Nearly everything here refers to people or customers, so that the neighbourhood is the house,
and an empty database waits three times as long as its tables take. A table that is new has nobody who refers to it yet:
its own class is enough, and it registers its relations with the others itself.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from unittest.mock import patch

from django.core.management import call_command
from django.db.migrations.state import ModelState, ProjectState


def migrate() -> None:
    """Bring the tables up to date, as their owner."""
    with rendered_once():
        call_command(
            "migrate", database="owner", verbosity=0, interactive=False, run_syncdb=True, skip_checks=True
        )


@contextmanager
def rendered_once() -> Iterator[None]:
    """Within: a state of migrations that gains a model renders that one alone."""
    original = ProjectState.add_model

    def add_model(state: ProjectState, model: ModelState) -> None:
        key = (model.app_label, model.name_lower)
        if "apps" not in state.__dict__ or key in state.models:
            original(state, model)
            return
        apps = state.__dict__.pop("apps")  # without it the original keeps the model and renders nothing
        original(state, model)
        state.__dict__["apps"] = apps
        apps.render_multiple([model])

    with patch.object(ProjectState, "add_model", add_model):
        yield
