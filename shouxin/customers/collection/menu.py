"""Collecting in the menu, on the workbench, and on the pages of rooms below."""

from django.utils.translation import gettext_lazy as _

from shouxin.core.policy import Permission
from shouxin.customers.collection import presenting, queries
from shouxin.customers.collection_forms import queries as forms
from shouxin.kit import clock, menu, panels, workbench

for _title, _url, _needed, _icon, _order, _text in (
    (
        _("填写表单"),
        "customers:collect",
        Permission.CUSTOMERS_FORM_FILL,
        "edit_note",
        32,
        _("替客户填写已发布的收集表单。"),
    ),
    (
        _("收集计划"),
        "customers:plans",
        Permission.CUSTOMERS_FORM_READ,
        "flag",
        42,
        _("为什么收集、收集哪些、多少人、到什么时候。"),
    ),
    (
        _("收集表单"),
        "customers:forms",
        Permission.CUSTOMERS_FORM_READ,
        "assignment",
        43,
        _("编制、发布和停用收集表单及其告知。"),
    ),
):
    menu.register(
        menu.MenuEntry(
            group="collection",
            title=_title,
            url_name=_url,
            permissions=frozenset({_needed.value}),
            icon=_icon,
            order=_order,
            text=_text,
        )
    )

for _key, _title, _count, _url, _needed, _query, _order in (
    (
        "forms-waiting",
        _("待审批的收集表单"),
        lambda actor: forms.waiting(actor).count(),
        "customers:forms",
        Permission.CUSTOMERS_FORM_PUBLISH,
        "show=waiting",
        22,
    ),
    (
        "plans-waiting",
        _("待审批的收集计划"),
        lambda actor: queries.waiting(actor).count(),
        "customers:plans",
        Permission.CUSTOMERS_PLAN_APPROVE,
        "show=waiting",
        23,
    ),
    (
        "plans-ending",
        _("即将到期的收集计划"),
        lambda actor: queries.ending(actor, clock.now()).count(),
        "customers:plans",
        Permission.CUSTOMERS_PLAN_DRAFT,
        "show=ending",
        70,
    ),
):
    workbench.register(
        workbench.WorkbenchCard(
            key=_key,
            title=_title,
            count=_count,
            url_name=_url,
            permission=_needed.value,
            query=_query,
            order=_order,
        )
    )

for _key, _place, _template, _context in (
    ("collection.fill", "customer.verbs", "fill_verb", presenting.fill_verb),
    ("collection.answers", "customer.side", "answers_panel", presenting.answers_panel),
    ("collection.refusals", "collection_form", "refusals_panel", presenting.refusals_panel),
):
    panels.register(panels.Panel(_key, _place, f"collection/parts/{_template}.html", _context))
