"""This app's lines of the side menu and its cards on the workbench."""

from django.utils.translation import gettext_lazy as _

from shouxin.core.policy import Actor, Permission
from shouxin.kit import menu, workbench
from shouxin.rulebook import lines
from shouxin.rulebook.catalogue import queries as catalogue
from shouxin.rulebook.catalogue.queries import DeliveredPack
from shouxin.rulebook.policies import queries as policies
from shouxin.rulebook.purposes import defaults, queries
from shouxin.rulebook.purposes.models import Purpose
from shouxin.rulebook.regions import queries as regions

P = Permission
_ENTRIES = (
    (
        _("处理目的"),
        "rulebook:purposes",
        P.RULEBOOK_PURPOSE_READ,
        "fact_check",
        10,
        _("为什么处理客户信息：目的、依据、字段和保存期限。"),
    ),
    (
        _("告知"),
        "rulebook:notices",
        P.RULEBOOK_PURPOSE_READ,
        "campaign",
        20,
        _("告诉客户的内容，每一版何时起用。"),
    ),
    (
        _("接收方"),
        "rulebook:recipients",
        P.RULEBOOK_PURPOSE_READ,
        "handshake",
        25,
        _("把个人信息提供给哪些公司，各给什么、怎样给。"),
    ),
    (
        _("字段目录"),
        "rulebook:fields",
        P.RULEBOOK_FIELD_READ,
        "dataset",
        30,
        _("有哪些字段，各是什么等级，怎样脱敏。"),
    ),
    (
        _("地区规则"),
        "rulebook:regions",
        P.RULEBOOK_FIELD_READ,
        "public",
        35,
        _("某些地区的客户要遵守的更严规则。"),
    ),
    (
        _("规则包与法律登记册"),
        "rulebook:pack",
        P.RULEBOOK_FIELD_READ,
        "gavel",
        40,
        _("默认规则的版本，以及它所依据的法律条文。"),
    ),
)


def _defaults_on_offer(_actor: Actor) -> list[dict[str, str]]:
    """While the organisation has no purpose at all: those the product proposes."""
    return [] if Purpose.objects.exists() else defaults.to_draft()


def _new_pack(actor: Actor) -> list[DeliveredPack]:
    return [catalogue.delivered_pack()] if catalogue.waiting_pack(actor) else []


for title, url_name, permission, icon, order, text in _ENTRIES:
    menu.register(
        menu.MenuEntry("rulebook", title, url_name, frozenset({permission.value}), icon, order, text=text)
    )
menu.register(
    menu.MenuEntry(
        "rulebook",
        _("守则"),
        "rulebook:policies",
        frozenset(),
        "menu_book",
        25,
        text=_("员工要遵守的规定，读后确认。"),
    )
)
workbench.register(
    workbench.WorkbenchCard(
        "rulebook.acknowledge",
        _("待我确认的守则"),
        policies.awaiting_me,
        "rulebook:policy_read",
        "",
        "",
        5,
        line=lines.to_acknowledge,
        verb=_("阅读并确认"),
    )
)
workbench.register(
    workbench.WorkbenchCard(
        "rulebook.policies",
        _("待我审批的守则"),
        policies.awaiting,
        "rulebook:policies",
        P.RULEBOOK_POLICY_APPROVE.value,
        "state=awaiting",
        22,
        section=workbench.Section.APPROVE,
        line=lines.policy,
    )
)
workbench.register(
    workbench.WorkbenchCard(
        "rulebook.regions",
        _("待我审批的地区规则"),
        regions.awaiting,
        "rulebook:regions",
        P.RULEBOOK_REGION_APPROVE.value,
        "state=awaiting",
        23,
        section=workbench.Section.APPROVE,
        line=lines.region,
    )
)
workbench.register(
    workbench.WorkbenchCard(
        "rulebook.pack",
        _("规则包新版本待确认"),
        _new_pack,
        "rulebook:pack",
        P.RULEBOOK_FIELD_WRITE.value,
        "",
        25,
        section=workbench.Section.APPROVE,
        verb=_("确认"),
    )
)
workbench.register(
    workbench.WorkbenchCard(
        "rulebook.lowerings",
        _("待我审批的字段降级"),
        catalogue.lowerings_awaiting,
        "rulebook:fields",
        P.RULEBOOK_LOWERING_APPROVE.value,
        "state=waiting",
        24,
        section=workbench.Section.APPROVE,
        line=lines.lowering,
    )
)
workbench.register(
    workbench.WorkbenchCard(
        "rulebook.unacknowledged",
        _("未确认守则的登录名"),
        lambda actor: policies.accounts(actor, missing=True),
        "rulebook:policy_coverage",
        P.PEOPLE_STAFF_READ.value,
        "state=missing",
        70,
        section=workbench.Section.WATCH,
        line=lines.account,
    )
)
workbench.register(
    workbench.WorkbenchCard(
        "rulebook.purposes",
        _("待我审批的处理目的"),
        queries.purposes_awaiting,
        "rulebook:purposes",
        P.RULEBOOK_PURPOSE_APPROVE.value,
        "status=awaiting",
        20,
        section=workbench.Section.APPROVE,
        line=lines.purpose,
    )
)
workbench.register(
    workbench.WorkbenchCard(
        "rulebook.notices",
        _("待我审批的告知"),
        queries.versions_awaiting,
        "rulebook:notices",
        P.RULEBOOK_NOTICE_APPROVE.value,
        "state=awaiting",
        21,
        section=workbench.Section.APPROVE,
        line=lines.notice,
    )
)
workbench.register(
    workbench.WorkbenchCard(
        "rulebook.returned",
        _("我起草的目的待提交"),
        lambda actor: queries.purposes(actor, status="mine"),
        "rulebook:purposes",
        P.RULEBOOK_PURPOSE_DRAFT.value,
        "status=mine",
        40,
        line=lines.purpose,
        verb=_("继续"),
    )
)
workbench.register(
    workbench.WorkbenchCard(
        "rulebook.submitted",
        _("我提交的目的，等待批准"),
        lambda actor: queries.purposes(actor, status="asked"),
        "rulebook:purposes",
        P.RULEBOOK_PURPOSE_DRAFT.value,
        "status=asked",
        81,
        section=workbench.Section.MINE,
        line=lines.purpose,
    )
)
workbench.register(
    workbench.WorkbenchCard(
        "rulebook.defaults",
        _("可采用的默认目的"),
        _defaults_on_offer,
        "rulebook:defaults",
        P.RULEBOOK_PURPOSE_DRAFT.value,
        "",
        50,
        line=lines.delivered,
        verb=_("采用"),
    )
)
