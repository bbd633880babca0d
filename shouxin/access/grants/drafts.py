"""The application for a grant is kept while it is filled."""

from django.utils.translation import gettext_lazy as _

from shouxin.core.policy import Permission
from shouxin.drafts.kinds import DraftKind, register

register(
    DraftKind(
        "grant",
        _("申请常设用数授权"),
        Permission.ACCESS_GRANT_PROPOSE.value,
        frozenset({"access:propose"}),
    )
)
