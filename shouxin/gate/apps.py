from collections.abc import Mapping
from typing import TYPE_CHECKING

from django.apps import AppConfig

if TYPE_CHECKING:
    from shouxin.core.policy import FieldRule


class GateConfig(AppConfig):
    name = "shouxin.gate"
    label = "gate"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from shouxin.gate import bench, events, explanations, facts, holdings, jobs, menu, providers, ties  # noqa: F401 - signing up is their import
        from shouxin.vault import fields

        jobs.register()

        def catalogue() -> "Mapping[str, FieldRule]":
            return facts.rules["rulebook"].fields()  # which signs up later than this

        fields.catalogues.register("rulebook", catalogue)
