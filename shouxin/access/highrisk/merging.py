"""High risk and merging: both are marked or neither, so that a merge never takes anything out of its protection."""

from shouxin.access.highrisk import queries
from shouxin.core.text import Text
from shouxin.customers.registry import merging

ONE_ALONE = Text(
    "只有其中一位标为高风险：请先把另一位也标为高风险，或解除标识，再合并。",
    "Only one of them is marked as of high risk: mark the other as well, or end the marking, and merge then.",
)


def objection(both: merging.Merging) -> Text | None:
    """Against merging when only one of the two is marked."""
    marked = queries.is_marked(both.survivor), queries.is_marked(both.absorbed)
    return ONE_ALONE if marked[0] != marked[1] else None


merging.register(merging.Part("high risk", objection=objection))
