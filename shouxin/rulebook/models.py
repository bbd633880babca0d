"""Where Django looks for the tables of this app's rooms."""

from shouxin.rulebook.catalogue.models import (
    Field,
    FieldChange,
    FieldSealing,
    LegalArticle,
    LegalBasis,
    LevelLowering,
    MaskingRule,
    Pack,
    PackProof,
    ReferenceRow,
    RetentionRule,
    RuleRevision,
    TableRevision,
)
from shouxin.rulebook.policies.models import Acknowledgement, PolicyVersion
from shouxin.rulebook.purposes.models import Notice, NoticeVersion, Purpose, PurposeField
from shouxin.rulebook.recipients.models import Recipient
from shouxin.rulebook.regions.models import RegionField, RegionVersion

__all__ = [
    "Acknowledgement",
    "Field",
    "FieldChange",
    "FieldSealing",
    "LegalArticle",
    "LegalBasis",
    "LevelLowering",
    "MaskingRule",
    "Notice",
    "NoticeVersion",
    "Pack",
    "PackProof",
    "PolicyVersion",
    "Purpose",
    "PurposeField",
    "Recipient",
    "ReferenceRow",
    "RegionField",
    "RegionVersion",
    "RetentionRule",
    "RuleRevision",
    "TableRevision",
]
