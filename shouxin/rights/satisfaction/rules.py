"""Pure rules of what may be shown of few: groups too small are left out, and none can be found out from the others."""

from collections.abc import Hashable, Mapping
from datetime import timedelta
from typing import TypeVar

from shouxin.core.text import Text
from shouxin.people.thresholds.rules import Threshold, declare

RATED_WITHIN = timedelta(days=30)  # a contact is remembered for so long
LEAST = declare(
    Threshold(
        "satisfaction-least",
        Text("满意度和调查结果至少多少人才显示", "Scores and results of surveys are shown from"),
        Text(
            "人数更少的组不显示，也不能由其他组和合计推算出来。",
            "Smaller groups are not shown, nor can they be worked out.",
        ),
        "people",
        default=5,
        least=3,
        most=50,
    )
)
K = TypeVar("K", bound=Hashable)


def withheld(sizes: Mapping[K, int], least: int) -> frozenset[K]:
    """The groups that are not shown, when their total is: all that are too small, and as many of the next larger that
    what is missing from the total is no single group's, and large enough itself."""
    counted = {key: size for key, size in sizes.items() if size}
    small = {key for key, size in counted.items() if size < least}
    if not small:
        return frozenset()
    rest = sorted((key for key in counted if key not in small), key=lambda one: (counted[one], str(one)))
    while rest and (len(small) < 2 or sum(counted[one] for one in small) < least):  # noqa: PLR2004 - no single one
        small.add(rest.pop(0))
    return frozenset(small)


def tells_total(sizes: Mapping[K, int], least: int) -> bool:
    """Whether the total itself may be shown."""
    return sum(sizes.values()) >= least
