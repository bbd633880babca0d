"""What serving customers hangs into the menu, the workbench and a customer's page."""

from django.db.models import QuerySet
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from shouxin.core.policy import Actor, Permission
from shouxin.customers import lines
from shouxin.customers.asking import companies
from shouxin.customers.asking import presenting as asking
from shouxin.customers.dialling import presenting as dialling
from shouxin.customers.preferences import presenting as preferences
from shouxin.customers.promises import presenting as promising
from shouxin.customers.promises import queries as promises
from shouxin.customers.promises.models import Promise
from shouxin.customers.relationships import presenting as relating
from shouxin.customers.segments import presenting as segmenting
from shouxin.customers.timeline import presenting as timing
from shouxin.customers.timeline import reading
from shouxin.kit import clock, menu, panels, workbench

menu.register(
    menu.MenuEntry(
        group="customers",
        title=_("需求与承诺"),
        url_name="customers:promises",
        permissions=frozenset({Permission.CUSTOMERS_PROMISE_WRITE.value}),
        icon="task_alt",
        order=25,
        text=_("答应客户的事和客户的需求：今天要办的、逾期的。"),
    )
)


def _due(actor: Actor) -> QuerySet[Promise]:
    return promises.of(actor, show="today", team=False, now=clock.now())


def _of_team(actor: Actor) -> QuerySet[Promise]:
    return promises.of(actor, show="today", team=True, now=clock.now())


def _soon(actor: Actor) -> QuerySet[Promise]:
    return promises.of(actor, show="week", team=False, now=clock.now())


def _late(actor: Actor) -> str:
    late = promises.overdue(actor, clock.now())
    return gettext("其中逾期 %(n)d 项") % {"n": late} if late else ""


workbench.register(
    workbench.WorkbenchCard(
        key="promises-today",
        title=_("今天要办的需求与承诺"),
        rows=_due,
        line=lines.promise,
        team=workbench.TeamRows(_of_team, "show=today&team=1"),
        url_name="customers:promises",
        permission=Permission.CUSTOMERS_PROMISE_WRITE.value,
        query="show=today",
        order=10,
        note=_late,
    )
)
workbench.register(
    workbench.WorkbenchCard(
        key="promises-week",
        title=_("一周内到期的需求与承诺"),
        rows=_soon,
        url_name="customers:promises",
        permission=Permission.CUSTOMERS_PROMISE_WRITE.value,
        query="show=week",
        order=71,
        section=workbench.Section.ENDING,
        line=lines.promise,
        team=workbench.TeamRows(
            lambda actor: promises.of(actor, show="week", team=True, now=clock.now()), "show=week&team=1"
        ),
    )
)
for _key, _place, _template, _context, _tab, _anchor, _counted in (
    ("limits", "customer", "preferences/notice", preferences.notice, "", "", ""),
    ("dialling", "customer.side", "dialling/card", dialling.card, _("拨号"), "dial", ""),
    (
        *("promises", "customer.sections", "promises/card", promising.card),
        *(_("需求与承诺"), "promises", "promises"),
    ),
    (
        *("relations", "customer.sections", "relationships/card", relating.card),
        *(_("客户关系"), "relations", "related"),
    ),
    ("consents", "customer.sections", "asking/card", asking.card, _("同意与告知"), "consents", ""),
    ("asked", "purpose", "asking/asked", companies.boxes, "", "", ""),
    ("company", "recipient", "asking/company", companies.card, "", "", ""),
    ("note", "customer.contact", "timeline/note_card", timing.note_card, "", "", ""),
    ("timeline", "customer.sections", "timeline/card", timing.timeline_card, _("往来动态"), "dealings", ""),
    ("reads", "customer.sections", "timeline/reads_card", reading.reads_card, _("谁看过"), "reads", ""),
    ("segment", "customer.side", "segments/card", segmenting.card, "", "", ""),
):
    panels.register(
        panels.Panel(_key, _place, f"{_template}.html", _context, tab=_tab, anchor=_anchor, counted=_counted)
    )
menu.register(
    menu.MenuEntry(
        group="customers",
        title=_("客户分群"),
        url_name="customers:segments",
        permissions=frozenset({Permission.CUSTOMERS_SEGMENT_READ.value}),
        icon="donut_small",
        order=27,
        text=_("按规则分出的客户群，以及各群有多少客户。"),
    )
)
