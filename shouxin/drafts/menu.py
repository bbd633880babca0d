"""The card of drafts on the workbench."""

from django.utils.translation import gettext_lazy as _

from shouxin.core.policy import Actor
from shouxin.drafts import queries
from shouxin.kit import clock, workbench


def _count(actor: Actor) -> int:
    return queries.count(actor, clock.now())


workbench.register(
    workbench.WorkbenchCard(
        key="drafts",
        title=_("未提交的草稿"),
        count=_count,
        url_name="drafts:list",
        permission="",
        order=60,
    )
)
