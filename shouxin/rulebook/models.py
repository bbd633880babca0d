"""Where Django looks for the tables of this app's rooms."""

from shouxin.rulebook.catalogue.models import (
    Field,
    FieldChange,
    LegalArticle,
    LegalBasis,
    LevelLowering,
    MaskingRule,
    Pack,
    ReferenceRow,
    RetentionRule,
    RuleRevision,
)
from shouxin.rulebook.purposes.models import Notice, NoticeVersion, Purpose, PurposeField

__all__ = [
    "Field",
    "FieldChange",
    "LegalArticle",
    "LegalBasis",
    "LevelLowering",
    "MaskingRule",
    "Notice",
    "NoticeVersion",
    "Pack",
    "Purpose",
    "PurposeField",
    "ReferenceRow",
    "RetentionRule",
    "RuleRevision",
]
