"""This room's lines in the menu, its card on the workbench, and what it hangs into a customer's page."""

from django.utils.translation import gettext_lazy as _

from shouxin.core.policy import Permission
from shouxin.customers.quality import keeping, lines, presenting, queries, review_queries, reviewing, supplies
from shouxin.customers.registry import offers, verified, written
from shouxin.gate.facts import beside
from shouxin.kit import menu, panels, workbench

menu.register(
    menu.MenuEntry(
        group="quality",
        title=_("待更新"),
        url_name="customers:refresh",
        permissions=frozenset({Permission.CUSTOMERS_PROFILE_EDIT.value}),
        icon="event_repeat",
        order=35,
        text=_("到期要向客户核对的信息，按时核对后改正。"),
    )
)
workbench.register(
    workbench.WorkbenchCard(
        key="quality-due",
        title=_("待更新的客户信息"),
        rows=queries.due_rows,
        line=lines.due,
        verb=_("核实"),
        team=workbench.TeamRows(queries.due_of_departments, "whose=department"),
        url_name="customers:refresh",
        permission=Permission.CUSTOMERS_PROFILE_EDIT.value,
        query="whose=mine",
        order=27,
    )
)
menu.register(
    menu.MenuEntry(
        group="quality",
        title=_("外部值待审核"),
        url_name="customers:outside",
        permissions=frozenset({Permission.CUSTOMERS_EXTERNAL_DECIDE.value}),
        icon="compare_arrows",
        order=37,
        text=_("外部数据与现有信息不一致的地方，逐项决定采用与否。"),
    )
)
menu.register(
    menu.MenuEntry(
        group="quality",
        title=_("数据质量"),
        url_name="customers:figures",
        permissions=frozenset({Permission.CUSTOMERS_QUALITY_READ.value}),
        icon="monitoring",
        order=38,
        text=_("客户信息有多完整、多准确、多新，差在哪里。"),
    )
)
menu.register(
    menu.MenuEntry(
        group="collection",
        title=_("供应合同"),
        url_name="customers:supplies",
        permissions=frozenset({Permission.CUSTOMERS_SUPPLY_READ.value}),
        icon="contract",
        order=39,
        text=_("与数据提供方的合同：来源、范围和期限。"),
    )
)
workbench.register(
    workbench.WorkbenchCard(
        key="outside-values",
        title=_("待审核的外部值"),
        rows=review_queries.waiting,
        line=lines.outside,
        verb=_("审核"),
        url_name="customers:outside",
        permission=Permission.CUSTOMERS_EXTERNAL_DECIDE.value,
        order=28,
    )
)
panels.register(
    panels.Panel(
        *("customer.quality", "customer.side", "quality/card.html", presenting.card),
        tab=_("数据质量"),
        anchor="quality",
    )
)
written.writers.register("quality", keeping.note)
written.writers.register("supplies", supplies.note)
offers.judges.register("quality", reviewing.judge)
offers.keepers.register("quality", reviewing.keep)
offers.droppers.register("quality", reviewing.drop)
verified.sources.register("quality", queries.verifications)
verified.marks.register("quality", queries.verified_alone)
beside.register("quality", lambda _fields: queries.BESIDE)
