"""What the portal hangs into the menu, the workbench and pages of other rooms."""

from django.utils.translation import gettext_lazy as _

from shouxin.core.policy import Permission
from shouxin.customers.registry import denied, written
from shouxin.kit import menu, panels, workbench
from shouxin.portal import lines
from shouxin.portal.answers import presenting as answers
from shouxin.portal.changes import presenting as changes
from shouxin.portal.changes import queries as change_queries
from shouxin.portal.changes import telling
from shouxin.portal.correcting import staff_views as correcting
from shouxin.portal.entering import staff_views
from shouxin.portal.storing import queries as storing
from shouxin.portal.unstated import queries as unstated
from shouxin.portal.unstated import services as grounds

P, S = Permission, workbench.Section
panels.register(panels.Panel("portal.invite", "customer.verbs", "portal/staff/verb.html", staff_views.verb))
panels.register(panels.Panel("portal.freezes", "customer", "portal/staff/freezes.html", changes.notice))
panels.register(panels.Panel("portal.settle", "case", "portal/staff/settle.html", changes.in_case))
panels.register(
    panels.Panel("portal.answer_letter", "case", "portal/staff/answer_letter.html", answers.in_case)
)
panels.register(panels.Panel("portal.wanted", "case", "portal/staff/wanted.html", correcting.in_case))
written.writers.register("grounds", grounds.note)
written.writers.register("change notices", telling.note)
denied.sources.register("changes", change_queries.denied_contacts)
menu.register(
    menu.MenuEntry(
        "customers",
        _("满意度调查"),
        "portal:surveys",
        frozenset({P.CUSTOMERS_MESSAGE_READ.value}),
        "ballot",
        63,
        text=_("随消息发给客户的几个问题，收回多少，结果怎样。"),
    )
)
menu.register(
    menu.MenuEntry(
        "rulebook",
        _("无处理目的的信息"),
        "portal:unstated",
        frozenset({P.PORTAL_DEFECT_READ.value}),
        "rule",
        80,
        text=_("处理目的停用或变窄后，还按它保存着的信息。"),
    )
)
menu.register(
    menu.MenuEntry(
        "rulebook",
        _("公开清单"),
        "portal:lists",
        frozenset({P.RULEBOOK_PURPOSE_READ.value}),
        "public",
        27,
        text=_("人人可读的两份清单：历次版本和改了什么。"),
    )
)
menu.register(
    menu.MenuEntry(
        "rulebook",
        _("公开的保护情况"),
        "portal:figures",
        frozenset({P.PORTAL_FIGURES_SWITCH.value}),
        "public",
        28,
        text=_("任何人可读的数字：申请是否按期答复、信息怎样使用；只能停用，不能改写。"),
    )
)
menu.register(
    menu.MenuEntry(
        "operations",
        _("存放地点"),
        "portal:stored",
        frozenset({P.PORTAL_STORAGE_STATE.value}),
        "location_on",
        80,
        text=_("客户的信息存放在哪个国家和省份，登记后显示给客户。"),
    )
)
menu.register(
    menu.MenuEntry(
        "quality",
        _("客户的共同愿望"),
        "portal:wishes",
        frozenset({P.PORTAL_WISH_READ.value}),
        "tips_and_updates",
        85,
        text=_("许多客户共同的联系意愿，作为改进建议；不显示是谁。"),
    )
)
workbench.register(
    workbench.WorkbenchCard(
        "portal-unstated",
        _("无处理目的的信息"),
        unstated.defects,
        "portal:unstated",
        P.PORTAL_DEFECT_READ.value,
        order=6,
        section=S.WATCH,
        line=lines.defect,
        urgent=True,
    )
)
workbench.register(
    workbench.WorkbenchCard(
        "portal-stored",
        _("待登记的存放地点"),
        storing.unstated,
        "portal:stored",
        P.PORTAL_STORAGE_STATE.value,
        "state=open",
        60,
        section=S.TODO,
        line=lines.part,
    )
)
