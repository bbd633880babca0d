"""Longer forms about customers are kept while they are filled; half-filled collection forms stand in the same list."""

from collections.abc import Iterable
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from shouxin.core.policy import Actor, Permission
from shouxin.customers.collection.queries import drafts_of
from shouxin.drafts.kinds import DraftKind, register
from shouxin.drafts.queries import Listed, listings

for _key, _title, _permission, _pages in (
    ("customer", gettext_lazy("录入客户"), Permission.CUSTOMERS_PROFILE_CREATE, {"create"}),
    ("record", gettext_lazy("新增记录"), Permission.CUSTOMERS_PROFILE_EDIT, {"add_record"}),
    ("form", gettext_lazy("收集表单"), Permission.CUSTOMERS_FORM_DRAFT, {"form_new", "form_words"}),
    ("plan", gettext_lazy("收集计划"), Permission.CUSTOMERS_PLAN_DRAFT, {"plan_new", "plan_edit"}),
):
    register(DraftKind(_key, _title, _permission.value, frozenset(f"customers:{page}" for page in _pages)))


def _filled(actor: Actor, now: datetime) -> Iterable[Listed]:
    """Collection forms somebody began to fill, which a room of their own keeps."""
    if not actor.may(Permission.CUSTOMERS_FORM_FILL):
        return
    for row in drafts_of(actor, now):
        yield Listed(
            _("填写表单：%(title)s") % {"title": row.version.title},
            row.saved_at,
            row.expires_at,
            f"{reverse('customers:fill', args=[row.version.form_id])}?draft={row.id}",
            reverse("customers:fill_discard", args=[row.id]),
        )


listings.register("customers.collection", _filled)
