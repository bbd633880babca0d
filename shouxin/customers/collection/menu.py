"""Collecting in the menu, on the workbench, and on the pages of rooms below."""

from django.utils.translation import gettext_lazy as _

from shouxin.core.policy import Permission
from shouxin.customers import lines
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

_S = workbench.Section
for _card in (
    workbench.WorkbenchCard(
        "forms-waiting",
        _("待审批的收集表单"),
        forms.waiting,
        "customers:forms",
        Permission.CUSTOMERS_FORM_PUBLISH.value,
        "show=waiting",
        22,
        section=_S.APPROVE,
        line=lines.form,
    ),
    workbench.WorkbenchCard(
        "plans-waiting",
        _("待审批的收集计划"),
        queries.waiting,
        "customers:plans",
        Permission.CUSTOMERS_PLAN_APPROVE.value,
        "show=waiting",
        23,
        section=_S.APPROVE,
        line=lines.plan,
    ),
    workbench.WorkbenchCard(
        "plans-ending",
        _("即将到期的收集计划"),
        lambda actor: queries.ending(actor, clock.now()),
        "customers:plans",
        Permission.CUSTOMERS_PLAN_DRAFT.value,
        "show=ending",
        70,
        section=_S.ENDING,
        line=lines.ending_plan,
    ),
    workbench.WorkbenchCard(
        "forms-submitted",
        _("我提交的收集表单，等待审批"),
        forms.submitted_by,
        "customers:forms",
        Permission.CUSTOMERS_FORM_DRAFT.value,
        "show=asked",
        82,
        section=_S.MINE,
        line=lines.form,
    ),
    workbench.WorkbenchCard(
        "plans-submitted",
        _("我提交的收集计划，等待审批"),
        queries.submitted_by,
        "customers:plans",
        Permission.CUSTOMERS_PLAN_DRAFT.value,
        "show=asked",
        83,
        section=_S.MINE,
        line=lines.plan,
    ),
):
    workbench.register(_card)

for _key, _place, _template, _context in (
    ("collection.fill", "customer.verbs", "fill_verb", presenting.fill_verb),
    ("collection.answers", "customer.side", "answers_panel", presenting.answers_panel),
    ("collection.refusals", "collection_form", "refusals_panel", presenting.refusals_panel),
):
    panels.register(panels.Panel(_key, _place, f"collection/parts/{_template}.html", _context))
