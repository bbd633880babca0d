"""Longer forms of the rulebook are kept while they are filled."""

from django.utils.translation import gettext_lazy as _

from shouxin.core.policy import Permission
from shouxin.drafts.kinds import DraftKind, register

register(
    DraftKind(
        "purpose",
        _("处理目的"),
        Permission.RULEBOOK_PURPOSE_DRAFT.value,
        frozenset({"rulebook:purpose_new", "rulebook:purpose_edit"}),
    )
)
