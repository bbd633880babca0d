"""What keeping the register tidy hangs into the menu, the workbench and a customer's page."""

from functools import partial

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from shouxin.core.policy import Permission
from shouxin.customers import lines
from shouxin.customers.cleanup import queries as cleanup
from shouxin.customers.cleanup.models import Group
from shouxin.customers.duplicates import presenting as duplicates
from shouxin.customers.duplicates import queries
from shouxin.kit import menu, panels, workbench

menu.register(
    menu.MenuEntry(
        group="quality",
        title=_("疑似重复"),
        url_name="customers:duplicates",
        permissions=frozenset({Permission.CUSTOMERS_DUPLICATE_READ.value}),
        icon="merge",
        order=45,
        text=_("可能是同一位客户的几份档案：比对后合并，或判定不是同一人。"),
    )
)
workbench.register(
    workbench.WorkbenchCard(
        key="duplicates-open",
        title=_("待判断的疑似重复"),
        rows=queries.open_pairs,
        line=lines.pair,
        verb=_("判断"),
        url_name="customers:duplicates",
        permission=Permission.CUSTOMERS_DUPLICATE_MERGE.value,
        query="state=open",
        order=62,
    )
)
workbench.register(
    workbench.WorkbenchCard(
        key="duplicates-handed",
        title=_("交我判断的疑似重复"),
        rows=queries.handed_pairs,
        line=lines.pair,
        verb=_("判断"),
        url_name="customers:duplicates",
        permission=Permission.CUSTOMERS_DUPLICATE_MERGE.value,
        query="state=handed",
        order=61,
    )
)
menu.register(
    menu.MenuEntry(
        group="quality",
        title=_("清理名单"),
        url_name="customers:cleanup",
        permissions=frozenset({Permission.CUSTOMERS_CLEANUP_READ.value}),
        icon="cleaning_services",
        order=47,
        text=_("长期未用或信息不全的档案，逐批决定留下还是清理。"),
    )
)
for _number, (_group, _title) in enumerate(
    (
        (Group.DEAD, _("待决定的清理名单：联系不上")),
        (Group.INACTIVE, _("待决定的清理名单：长期无往来")),
        (Group.DUPLICATE, _("待决定的清理名单：疑似重复")),
    )
):
    workbench.register(
        workbench.WorkbenchCard(
            key=f"cleanup-{_group.value}",
            title=_title,
            rows=partial(cleanup.undecided, group=_group.value),
            url_name="customers:cleanup",
            permission=Permission.CUSTOMERS_CLEANUP_READ.value,
            query=f"group={_group.value}",
            order=63 + _number,
            line=lines.cleanup,
            verb=pgettext_lazy("verb", "决定"),
        )
    )
panels.register(panels.Panel("merges", "customer", "duplicates/merged.html", duplicates.merged_panel))
panels.register(
    panels.Panel(
        *("duplicates", "customer.side", "duplicates/suspected.html", duplicates.suspected_panel),
        tab=_("疑似重复"),
        anchor="suspected",
        counted="pairs",
    )
)
panels.register(
    panels.Panel(
        *("duplicates.status", "customer.status", "duplicates/suspected_tag.html", duplicates.suspected_panel)
    )
)
