from django.apps import AppConfig


class RightsConfig(AppConfig):
    name = "shouxin.rights"
    label = "rights"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from shouxin.rights import explanations, menu, notice_kinds  # noqa: F401 - signing up is their import
        from shouxin.rights.arranged import events as arranged_events  # noqa: F401 - signing up is its import
        from shouxin.rights.arranged import holdings as arranged_holdings  # noqa: F401 - likewise
        from shouxin.rights.cases import events, holdings, keeping, proving, retaining, ties  # noqa: F401 - likewise
        from shouxin.rights.feedback import events as feedback_events  # noqa: F401 - likewise
        from shouxin.rights.feedback import holdings as feedback_holdings  # noqa: F401 - likewise
        from shouxin.rights.feedback import keeping as feedback_keeping  # noqa: F401 - likewise
        from shouxin.rights.feedback import ties as feedback_ties  # noqa: F401 - likewise
        from shouxin.rights.packages import events as package_events  # noqa: F401 - likewise
        from shouxin.rights.packages import holdings as package_holdings  # noqa: F401 - likewise
        from shouxin.rights.packages import keeping as package_keeping  # noqa: F401 - likewise
        from shouxin.rights.satisfaction import events as score_events  # noqa: F401 - likewise
        from shouxin.rights.satisfaction import holdings as score_holdings  # noqa: F401 - likewise
        from shouxin.rights.satisfaction import keeping as score_keeping  # noqa: F401 - likewise
        from shouxin.rights.tracing import events as story_events  # noqa: F401 - likewise
        from shouxin.rights.tracing import holdings as story_holdings  # noqa: F401 - likewise
