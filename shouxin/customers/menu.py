"""This app's lines in the menu and cards on the workbench."""

from django.utils.translation import gettext_lazy as _

from shouxin.core.policy import Permission
from shouxin.customers import lines
from shouxin.customers.handover import queries as handover
from shouxin.customers.intake import queries as intake
from shouxin.kit import menu, workbench

READ = frozenset({Permission.CUSTOMERS_PROFILE_READ.value})

for _group, _title, _url, _needed, _icon, _order, _text in (
    (
        "customers",
        _("查找客户"),
        "customers:find",
        Permission.CUSTOMERS_PROFILE_SEARCH,
        "person_search",
        10,
        _("按姓名、电话、后四位或会员号找到一位客户。"),
    ),
    (
        "customers",
        _("客户"),
        "customers:list",
        Permission.CUSTOMERS_PROFILE_READ,
        "groups",
        20,
        _("您范围内的全部客户，可筛选和批量办理。"),
    ),
    (
        "customers",
        _("录入客户"),
        "customers:create",
        Permission.CUSTOMERS_PROFILE_CREATE,
        "person_add",
        30,
        _("手工录入一位客户或一家单位。"),
    ),
    (
        "collection",
        _("导入批次"),
        "customers:imports",
        Permission.CUSTOMERS_BATCH_READ,
        "upload_file",
        40,
        _("从 Excel 或 CSV 导入客户，查看每一批的进度和结果。"),
    ),
    (
        "customers",
        _("我的批量操作"),
        "customers:bulk",
        Permission.CUSTOMERS_PROFILE_EDIT,
        "library_add_check",
        45,
        _("查看对许多客户一起办理的操作：进度、没有完成的客户和原因。"),
    ),
):
    menu.register(
        menu.MenuEntry(
            group=_group,
            title=_title,
            url_name=_url,
            permissions=frozenset({_needed.value}),
            icon=_icon,
            order=_order,
            text=_text,
        )
    )

menu.register(
    menu.MenuEntry(
        group="customers",
        title=_("客户交接"),
        url_name="customers:handover",
        permissions=frozenset({Permission.CUSTOMERS_HANDOVER_ACCEPT.value}),
        icon="swap_horiz",
        order=50,
        text=_("同事离岗或调动时，把客户交给下一位负责人。"),
    )
)
workbench.register(
    workbench.WorkbenchCard(
        key="handover-waiting",
        title=_("有客户待交接的人员"),
        rows=handover.unassigned,
        line=lines.leaver,
        query="show=waiting",
        url_name="customers:handover",
        permission=Permission.CUSTOMERS_HANDOVER_PROPOSE.value,
        order=25,
    )
)
workbench.register(
    workbench.WorkbenchCard(
        key="handover-incoming",
        title=_("待我接收的客户"),
        rows=handover.incoming,
        line=lines.incoming,
        verb=_("接收"),
        url_name="customers:handover_incoming",
        permission=Permission.CUSTOMERS_HANDOVER_ACCEPT.value,
        order=26,
    )
)
workbench.register(
    workbench.WorkbenchCard(
        key="imports-waiting",
        title=_("待确认的导入批次"),
        rows=intake.waiting,
        section=workbench.Section.APPROVE,
        line=lines.batch,
        url_name="customers:imports",
        permission=Permission.CUSTOMERS_BATCH_READ.value,
        query="show=waiting",
        order=20,
    )
)
workbench.register(
    workbench.WorkbenchCard(
        key="imports-unfinished",
        title=_("继续未完成的导入"),
        rows=intake.unfinished,
        line=lines.batch,
        verb=_("继续"),
        url_name="customers:imports",
        permission=Permission.CUSTOMERS_BATCH_CREATE.value,
        query="show=unfinished",
        order=60,
    )
)
