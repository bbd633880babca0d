"""This app's line in the menu, its cards on the workbench, and its part of a customer's page."""

from django.utils.translation import gettext_lazy as _

from shouxin.core.policy import Permission
from shouxin.kit import clock, menu, panels, workbench
from shouxin.rights import lines
from shouxin.rights.cases import presenting, queries
from shouxin.rights.feedback import queries as feedback

P, S = Permission, workbench.Section
menu.register(
    menu.MenuEntry(
        "customers",
        _("个人行权"),
        "rights:cases",
        frozenset({P.RIGHTS_CASE_READ.value}),
        "contact_support",
        60,
        text=_("客户查阅、更正、删除、撤回同意和投诉的申请，办到哪一步，哪天到期。"),
    )
)
menu.register(
    menu.MenuEntry(
        "customers",
        _("意见反馈"),
        "rights:feedback",
        frozenset({P.RIGHTS_CASE_READ.value}),
        "forum",
        61,
        text=_("客户的意见和建议：谁答复、哪天以前，答复了没有。"),
    )
)
menu.register(
    menu.MenuEntry(
        "customers",
        _("客户满意度"),
        "rights:satisfaction",
        frozenset({P.RIGHTS_CASE_READ.value}),
        "star",
        62,
        text=_("申请、投诉和接待之后客户的评分，按部门和月份。"),
    )
)
for _card in (
    workbench.WorkbenchCard(
        "rights-feedback",
        _("由我答复的客户意见"),
        feedback.mine,
        "rights:feedback",
        P.RIGHTS_CASE_HANDLE.value,
        "show=mine",
        32,
        section=S.TODO,
        line=lines.feedback,
    ),
    workbench.WorkbenchCard(
        "rights-feedback-late",
        _("逾期未答复的客户意见"),
        lambda actor: feedback.late(actor, clock.now()),
        "rights:feedback",
        P.RIGHTS_CASE_DECIDE.value,
        "show=late",
        4,
        section=S.WATCH,
        line=lines.feedback,
        urgent=True,
    ),
    workbench.WorkbenchCard(
        "rights-awaiting",
        _("待我审批的行权答复"),
        queries.awaiting,
        "rights:cases",
        P.RIGHTS_CASE_DECIDE.value,
        "show=awaiting",
        14,
        section=S.APPROVE,
        line=lines.case,
    ),
    workbench.WorkbenchCard(
        "rights-new",
        _("待受理的个人行权申请"),
        queries.to_take,
        "rights:cases",
        P.RIGHTS_CASE_HANDLE.value,
        "show=new",
        30,
        section=S.TODO,
        line=lines.case,
        verb=_("受理"),
    ),
    workbench.WorkbenchCard(
        "rights-mine",
        _("我受理的个人行权申请"),
        queries.mine,
        "rights:cases",
        P.RIGHTS_CASE_HANDLE.value,
        "show=mine",
        31,
        section=S.TODO,
        line=lines.case,
    ),
    workbench.WorkbenchCard(
        "rights-late",
        _("逾期未答复的个人行权申请"),
        lambda actor: queries.late(actor, clock.now()),
        "rights:cases",
        P.RIGHTS_CASE_DECIDE.value,
        "show=late",
        3,
        section=S.WATCH,
        line=lines.case,
        urgent=True,
    ),
):
    workbench.register(_card)
panels.register(
    panels.Panel(
        "rights.cases",
        "customer.side",
        "cases/card.html",
        presenting.card,
        tab=_("个人行权"),
        anchor="rights",
    )
)
