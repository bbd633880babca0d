"""This room's lines of the side menu and its cards on the workbench."""

from django.utils.translation import gettext_lazy as _

from shouxin.core.policy import Permission
from shouxin.journal.events import words
from shouxin.kit import menu, workbench
from shouxin.people import lines, queries
from shouxin.people.connections import queries as connections
from shouxin.people.duties import queries as duties
from shouxin.people.guarding import queries as guard
from shouxin.people.joining import queries as joining
from shouxin.people.readers import name_behind, role_name
from shouxin.people.second_factor import queries as factors
from shouxin.people.sights import queries as sights

menu.register(
    menu.MenuEntry(
        "people",
        _("人员"),
        "people:staff",
        frozenset({Permission.PEOPLE_STAFF_READ}),
        "group",
        10,
        text=_("同事的登录名、部门和角色。"),
    )
)
menu.register(
    menu.MenuEntry(
        "people",
        _("部门"),
        "people:departments",
        frozenset({Permission.PEOPLE_STAFF_READ}),
        "account_tree",
        20,
        text=_("部门的上下级和负责人。"),
    )
)
menu.register(
    menu.MenuEntry(
        "people",
        _("职责"),
        "people:duties",
        frozenset({Permission.PEOPLE_DUTY_READ}),
        "assignment_ind",
        30,
        text=_("各部门由谁负责哪些个人信息保护职责。"),
    )
)
menu.register(
    menu.MenuEntry(
        "people",
        _("委托代理"),
        "people:delegations",
        frozenset({Permission.PEOPLE_DELEGATION_GIVE, Permission.ACCESS_REVIEW_READ}),
        "supervisor_account",
        40,
        text=_("不在岗时请别人代为办理审批，到期自动收回。"),
    )
)
menu.register(
    menu.MenuEntry(
        "people",
        _("二次认证规定"),
        "people:factor_demands",
        frozenset({Permission.PEOPLE_FACTOR_DEMAND}),
        "phonelink_lock",
        70,
        text=_("哪些角色必须用二次认证登录。"),
    )
)
menu.register(
    menu.MenuEntry(
        "people",
        _("二次认证重置"),
        "people:factor_resets",
        frozenset({Permission.PEOPLE_FACTOR_RESET, Permission.PEOPLE_FACTOR_CONFIRM}),
        "lock_reset",
        80,
        text=_("同事丢了手机：核实本人后重置，由另一人确认。"),
        under="people:factor_demands",
    )
)

menu.register(
    menu.MenuEntry(
        "people",
        _("外部连接"),
        "people:connections",
        frozenset({Permission.PEOPLE_CONNECTION_READ}),
        "hub",
        60,
        text=_("统一登录、目录同步和人员系统的连接。"),
    )
)

menu.register(
    menu.MenuEntry(
        "people",
        _("访问防护"),
        "people:guard_sources",
        frozenset({Permission.PEOPLE_SOURCE_READ}),
        "shield",
        90,
        text=_("被拦下的登录来源，以及是否放行。"),
    )
)
menu.register(
    menu.MenuEntry(
        "work",
        _("账号安全提醒"),
        "people:guard_notices",
        frozenset(),
        "gpp_maybe",
        90,
        text=_("与您的账号有关的异常登录和改动。"),
    )
)
workbench.register(
    workbench.WorkbenchCard(
        "people.guard.notices",
        _("账号安全提醒"),
        guard.unseen,
        "people:guard_notices",
        "",
        "",
        5,
        line=lines.notice,
        verb=_("查看"),
    )
)


workbench.register(
    workbench.WorkbenchCard(
        "people.waiting",
        _("待我确认的角色"),
        joining.confirmable,
        "people:roles_waiting",
        Permission.PEOPLE_ROLE_CONFIRM,
        "",
        10,
        section=workbench.Section.APPROVE,
        line=lines.role_granted,
        verb=_("确认"),
    )
)
workbench.register(
    workbench.WorkbenchCard(
        "people.sights",
        _("待确认的可见范围"),
        sights.waiting,
        "people:sights",
        Permission.PEOPLE_SIGHT_CONFIRM,
        order=13,
        section=workbench.Section.APPROVE,
        line=lines.sight,
        verb=_("确认"),
    )
)
workbench.register(
    workbench.WorkbenchCard(
        "people.duties.vacant",
        _("调离后无人接任的职责"),
        duties.without_holder,
        "people:duties",
        Permission.PEOPLE_DUTY_APPOINT,
        "state=vacant",
        16,
        line=lines.vacancy,
        verb=_("任命"),
    )
)
workbench.register(
    workbench.WorkbenchCard(
        "people.handover",
        _("已离岗、职责待移交的人员"),
        lambda actor: queries.staff_list(actor=actor, state="handover"),
        "people:staff",
        Permission.PEOPLE_DUTY_APPOINT,
        "state=handover",
        16,
        line=lines.leaver,
        verb=_("移交"),
    )
)
workbench.register(
    workbench.WorkbenchCard(
        "people.idle",
        _("还没有角色或部门的登录名"),
        lambda actor: queries.staff_list(actor=actor, state="idle"),
        "people:staff",
        Permission.PEOPLE_ROLE_GRANT,
        "state=idle",
        17,
        line=lines.member,
        verb=_("查看"),
    )
)
workbench.register(
    workbench.WorkbenchCard(
        "people.remarks",
        _("兼任角色备注"),
        lambda actor: queries.staff_list(actor=actor, state="remarks"),
        "people:staff",
        Permission.RULEBOOK_PURPOSE_APPROVE,
        "state=remarks",
        80,
        section=workbench.Section.WATCH,
        line=lines.member,
    )
)
workbench.register(
    workbench.WorkbenchCard(
        "people.connections",
        _("待我确认的外部连接"),
        connections.awaiting,
        "people:connections",
        Permission.PEOPLE_CONNECTION_APPROVE,
        "state=awaiting",
        15,
        section=workbench.Section.APPROVE,
        line=lines.connection,
        verb=_("确认"),
    )
)
workbench.register(
    workbench.WorkbenchCard(
        "people.factor_releases",
        _("待我确认：不再要求二次认证的角色"),
        factors.releases_awaiting,
        "people:factor_demands",
        Permission.PEOPLE_FACTOR_CONFIRM,
        "state=awaiting",
        12,
        section=workbench.Section.APPROVE,
        line=lines.release,
        verb=_("确认"),
    )
)
workbench.register(
    workbench.WorkbenchCard(
        "people.factor_resets",
        _("待我确认的二次认证重置"),
        factors.awaiting,
        "people:factor_resets",
        Permission.PEOPLE_FACTOR_CONFIRM,
        "state=awaiting",
        12,
        section=workbench.Section.APPROVE,
        line=lines.reset,
        verb=_("确认"),
    )
)
words.register("staff", name_behind)
words.register("role", role_name)
