"""As what the scan of a signed or filled sheet is kept."""

from shouxin.core.policy import PurposeRule
from shouxin.customers.attachments.models import Kind

KINDS = (Kind.OTHER, Kind.PICTURE, Kind.CONTRACT)  # the first that the purpose takes


def kind_of(purpose: PurposeRule) -> Kind | None:
    """As what the purpose takes a scan, if it takes files at all."""
    return next((kind for kind in KINDS if kind.value in purpose.fields), None)
