"""The card of drafts on the workbench."""

from django.utils.translation import gettext_lazy as _

from shouxin.core.policy import Actor
from shouxin.drafts import queries
from shouxin.kit import clock, workbench


def _rows(actor: Actor) -> list[queries.Listed]:
    return queries.listing(actor, clock.now())


def _line(row: queries.Listed) -> workbench.Line:
    return workbench.Line(row.title, until=row.expires_at, address=row.resume)


workbench.register(
    workbench.WorkbenchCard(
        key="drafts",
        title=_("未提交的草稿"),
        rows=_rows,
        line=_line,
        verb=_("继续"),
        url_name="drafts:list",
        permission="",
        order=60,
    )
)
