from django.apps import AppConfig


class PortalConfig(AppConfig):
    name = "shouxin.portal"
    label = "portal"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from shouxin.operations.demo import later
        from shouxin.portal import errors, explanations, holdings, menu, notice_kinds  # noqa: F401 - signing up is their import
        from shouxin.portal.answers import events as answer_events  # noqa: F401 - likewise
        from shouxin.portal.answers import holdings as answer_holdings  # noqa: F401 - likewise
        from shouxin.portal.answers import services as answers  # noqa: F401 - likewise
        from shouxin.portal.changes import ending as change_ending  # noqa: F401 - likewise
        from shouxin.portal.changes import events as change_events  # noqa: F401 - likewise
        from shouxin.portal.correcting import events as correction_events  # noqa: F401 - likewise
        from shouxin.portal.entering import closing, events, secrets  # noqa: F401 - signing up is their import
        from shouxin.portal.published import events as list_events  # noqa: F401 - likewise
        from shouxin.portal.storing import events as storing_events  # noqa: F401 - likewise
        from shouxin.portal.surveys import events as survey_events  # noqa: F401 - likewise
        from shouxin.portal.surveys import holdings as survey_holdings  # noqa: F401 - likewise
        from shouxin.portal.surveys import keeping, services  # noqa: F401 - likewise
        from shouxin.portal.unstated import events as unstated_events  # noqa: F401 - likewise
        from shouxin.portal.wishing import events as wish_events  # noqa: F401 - likewise

        later.modules.register("portal", "shouxin.portal.demonstrating")
