"""What a field's level (1–5) fixes by itself, beside its class, its mask rule and its marks.

The five levels are those of JR/T 0197-2020; what each one brings is the product's default, not law.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from shouxin.core.policy.vocabulary import FieldRule

MASKLESS_LEVEL = 3  # a private field of this level or above without a mask rule is hidden
SENSITIVE_LEVEL = 3  # sensitive personal information is of no lower one
KEPT_LEVEL = 3  # from here on nobody shortens the least period for which it is to be kept
OWN_APPLICATION_LEVEL = 4  # from here on a standing grant does not reach
HIGHEST_LEVEL = 5  # never clear for a program, in no file that leaves


@dataclass(frozen=True, slots=True)
class LevelRule:
    """What holds from a level on."""

    hidden_without_mask: bool
    standing_grants: bool
    programs_clear: bool
    retention_floor: bool
    leaves_in_files: bool


LEVELS: Mapping[int, LevelRule] = MappingProxyType(
    {
        level: LevelRule(
            hidden_without_mask=level >= MASKLESS_LEVEL,
            standing_grants=level < OWN_APPLICATION_LEVEL,
            programs_clear=level < HIGHEST_LEVEL,
            retention_floor=level >= KEPT_LEVEL,
            leaves_in_files=level < HIGHEST_LEVEL,
        )
        for level in range(1, HIGHEST_LEVEL + 1)
    }
)


def may_be_granted(rule: FieldRule) -> bool:
    """Whether a standing grant may name this field at all."""
    return rule.active and not rule.sensitive and not rule.trade_secret and rule.level < OWN_APPLICATION_LEVEL
