"""What is marked as of high risk is not graded less strictly."""

from shouxin.access.highrisk import queries
from shouxin.core.policy import FieldRule
from shouxin.core.text import Text
from shouxin.rulebook.catalogue import effects


def floor(rule: FieldRule) -> Text | None:
    """Why a marked field stays where it is."""
    if rule.key not in queries.fields():
        return None
    return Text(
        "字段标为高风险，不能放宽。先终止标记。",
        "The field is marked as of high risk and cannot be graded lower. End the marking first.",
    )


effects.floors.register("high_risk", floor)
