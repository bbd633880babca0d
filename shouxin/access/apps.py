from django.apps import AppConfig


class AccessConfig(AppConfig):
    name = "shouxin.access"
    label = "access"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from shouxin.access import bench, explanations, holdings, menu, notice_kinds  # noqa: F401 - signing up is their import
        from shouxin.access.clients import events as client_events  # noqa: F401 - likewise
        from shouxin.access.clients import facts as client_facts  # noqa: F401 - likewise
        from shouxin.access.clients import grades as client_grades  # noqa: F401 - likewise
        from shouxin.access.clients import queries as client_queries  # noqa: F401 - likewise
        from shouxin.access.clients import ties as client_ties  # noqa: F401 - likewise
        from shouxin.access.emergency import events as emergency_events  # noqa: F401 - likewise
        from shouxin.access.emergency import facts as emergency_facts  # noqa: F401 - likewise
        from shouxin.access.emergency import ties as emergency_ties  # noqa: F401 - likewise
        from shouxin.access.grants import drafts, events, facts, grades, ties  # noqa: F401 - likewise
        from shouxin.access.highrisk import events as risk_events  # noqa: F401 - likewise
        from shouxin.access.highrisk import facts as risk_facts  # noqa: F401 - likewise
        from shouxin.access.highrisk import grades as risk_grades  # noqa: F401 - likewise
        from shouxin.access.ledger import events as ledger_events  # noqa: F401 - likewise
        from shouxin.access.reviews import events as review_events  # noqa: F401 - likewise
        from shouxin.access.sync import events as sync_events  # noqa: F401 - likewise
        from shouxin.access.sync import exchange, services
        from shouxin.access.webhooks import events as webhook_events  # noqa: F401 - likewise
        from shouxin.access.webhooks import reaching as webhook_hosts  # noqa: F401 - likewise
        from shouxin.access.webhooks import secrets as webhook_secrets  # noqa: F401 - likewise
        from shouxin.customers.registry import exchange as registry
        from shouxin.customers.registry import listeners, merging

        registry.forms.register("token", exchange.in_tokens)
        listeners.listeners.register("connected systems", services.note_changes)
        merging.register(merging.Part("connected systems", services.note_merge, services.note_unmerge))
        from shouxin.access.highrisk import merging as risk_merging  # noqa: F401 - likewise
        from shouxin.access.secrets import events as secret_events  # noqa: F401 - likewise
        from shouxin.access.secrets import queries as secret_queries  # noqa: F401 - likewise
