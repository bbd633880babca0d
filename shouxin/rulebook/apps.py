from django.apps import AppConfig


class RulebookConfig(AppConfig):
    name = "shouxin.rulebook"
    label = "rulebook"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Sign up what the lower floors need from here: events, and the rules the gate decides by."""
        from shouxin.rulebook import drafts, events, explanations, facts, jobs, menu  # noqa: F401 - importing signs them up
        from shouxin.rulebook import notice_kinds as _notice_kinds  # noqa: F401 - likewise
        from shouxin.rulebook.policies import events as policy_events  # noqa: F401 - likewise
        from shouxin.rulebook.policies import facts as policies
        from shouxin.rulebook.purposes import naming  # noqa: F401 - likewise
        from shouxin.rulebook.recipients import events as recipient_events  # noqa: F401 - likewise
        from shouxin.rulebook.regions import events as region_events  # noqa: F401 - likewise

        events.register()
        facts.register()
        policies.register()
        jobs.register()
