"""What a threshold is: a number with the product's default and the range an organisation may choose from."""

from collections.abc import Mapping
from dataclasses import dataclass

from shouxin.core.text import Text
from shouxin.kit.registry import Registry

UNITS: Mapping[str, Text] = {
    "rows": Text("行", "rows"),
    "days": Text("天", "days"),
    "working days": Text("个工作日", "working days"),
    "people": Text("人", "people"),
    "months": Text("个月", "months"),
    "minutes": Text("分钟", "minutes"),
    "hours": Text("小时", "hours"),
    "times": Text("次", "times"),
    "megabytes": Text("MB", "MB"),
}


@dataclass(frozen=True, slots=True)
class Threshold:
    """Where nothing is chosen the default holds, and is shown as one. `only` lists the values where not all will do."""

    key: str
    name: Text
    meaning: Text
    unit: str
    default: int
    least: int
    most: int
    only: tuple[int, ...] = ()

    def allows(self, value: int) -> bool:
        return self.least <= value <= self.most and (not self.only or value in self.only)


# Rooms sign up theirs; whoever reads one asks `queries.value`.
thresholds: Registry[Threshold] = Registry("thresholds")


def declare(threshold: Threshold) -> Threshold:
    """Sign up `threshold` under its key."""
    if not threshold.allows(threshold.default):
        raise ValueError(f"the default of {threshold.key} is out of its range")
    return thresholds.register(threshold.key, threshold)
