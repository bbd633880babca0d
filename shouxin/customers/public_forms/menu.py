"""Public forms in the menu, on the workbench and on a form's page."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from shouxin.core.policy import Permission
from shouxin.customers.public_forms import presenting, queries
from shouxin.kit import menu, panels, workbench

menu.register(
    menu.MenuEntry(
        group="collection",
        title=pgettext_lazy("list", "公开表单"),
        url_name="customers:public_forms",
        permissions=frozenset({Permission.CUSTOMERS_FORM_READ.value}),
        icon="public",
        order=44,
        text=_("任何人都能填写的表单：申请、批准、暂停和关闭。"),
    )
)
workbench.register(
    workbench.WorkbenchCard(
        "public-forms-waiting",
        _("待审批的公开表单"),
        queries.waiting,
        "customers:public_forms",
        Permission.CUSTOMERS_FORM_PUBLISH.value,
        "show=waiting",
        24,
        section=workbench.Section.APPROVE,
        line=presenting.line,
    )
)
panels.register(
    panels.Panel("public_forms.of_form", "collection_form", "public_forms/parts/panel.html", presenting.panel)
)
