from django.apps import AppConfig


class CustomersConfig(AppConfig):
    name = "shouxin.customers"
    label = "customers"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from shouxin.customers import bench, drafts, explanations, holdings, menu, serving, tidying  # noqa: F401 - signing up is their import
        from shouxin.customers import notice_kinds as _notice_kinds  # noqa: F401 - likewise
        from shouxin.customers import reaching as _reaching  # noqa: F401 - likewise
        from shouxin.customers.attachments import events as attachment_events  # noqa: F401 - likewise
        from shouxin.customers.attachments import keeping as attachment_keeping  # noqa: F401 - likewise
        from shouxin.customers.attachments import menu as attachment_menu  # noqa: F401 - likewise
        from shouxin.customers.attachments import scanning as attachment_scanning  # noqa: F401 - likewise
        from shouxin.customers.bulk import signing_up as bulk_signing_up  # noqa: F401 - likewise
        from shouxin.customers.cleanup import events as cleanup_events  # noqa: F401 - likewise
        from shouxin.customers.cleanup import jobs as cleanup_jobs  # noqa: F401 - likewise
        from shouxin.customers.collection import signing_up as collection_signing_up  # noqa: F401 - likewise
        from shouxin.customers.collection_forms import events as form_events  # noqa: F401 - likewise
        from shouxin.customers.consents import events as consent_events  # noqa: F401 - likewise
        from shouxin.customers.consents import facts as consent_facts  # noqa: F401 - likewise
        from shouxin.customers.consents import joining as consent_joining  # noqa: F401 - likewise
        from shouxin.customers.dialling import events as dial_events  # noqa: F401 - likewise
        from shouxin.customers.duplicates import events as duplicate_events  # noqa: F401 - likewise
        from shouxin.customers.duplicates import jobs as duplicate_jobs  # noqa: F401 - likewise
        from shouxin.customers.handover import events as handover_events  # noqa: F401 - likewise
        from shouxin.customers.handover import presenting as handover_names  # noqa: F401 - likewise
        from shouxin.customers.handover import ties as handover_ties  # noqa: F401 - likewise
        from shouxin.customers.intake import events as intake_events  # noqa: F401 - likewise
        from shouxin.customers.intake import jobs
        from shouxin.customers.intake import keeping as intake_keeping  # noqa: F401 - likewise
        from shouxin.customers.intake import naming as intake_names  # noqa: F401 - likewise
        from shouxin.customers.intake import ties as intake_ties  # noqa: F401 - likewise
        from shouxin.customers.preferences import events as limit_events  # noqa: F401 - likewise
        from shouxin.customers.preferences import finding as limit_finding  # noqa: F401 - likewise
        from shouxin.customers.promises import events as promise_events  # noqa: F401 - likewise
        from shouxin.customers.promises import ties as promise_ties  # noqa: F401 - likewise
        from shouxin.customers.public_forms import signing_up as public_forms_signing_up  # noqa: F401 - likewise
        from shouxin.customers.quality import events as quality_events  # noqa: F401 - likewise
        from shouxin.customers.quality import jobs as quality_jobs
        from shouxin.customers.quality import menu as quality_menu  # noqa: F401 - likewise
        from shouxin.customers.registry import events, facts, regional, sealing_up, themselves  # noqa: F401 - likewise
        from shouxin.customers.registry import jobs as registry_jobs  # noqa: F401 - likewise
        from shouxin.customers.relationships import events as relation_events  # noqa: F401 - likewise
        from shouxin.customers.relationships import guardians  # noqa: F401 - likewise
        from shouxin.customers.segments import events as segment_events  # noqa: F401 - likewise
        from shouxin.customers.segments import services as segment_services  # noqa: F401 - likewise

        jobs.register()
        quality_jobs.register()
        bench.register()
