"""What each role lets see of customers, masked, and how a person's own setting narrows or widens it."""

from collections.abc import Collection, Mapping

from shouxin.core.policy import Role, Sight
from shouxin.core.text import Text

NAMES: Mapping[Sight, Text] = {
    Sight.OWN: Text("仅本人负责的客户", "Own customers only"),
    Sight.DEPARTMENT: Text("本部门的客户", "Customers of the department"),
    Sight.ALL: Text("全单位的客户（只看脱敏）", "All customers, masked only"),
}
ORDER = (Sight.OWN, Sight.DEPARTMENT, Sight.ALL)


def of_roles(roles: Collection[Role]) -> Sight:
    """Product default: the officer oversees everything masked; everybody else works in a department."""
    return Sight.ALL if Role.OFFICER in roles else Sight.DEPARTMENT


def effective(roles: Collection[Role], own: str) -> Sight:
    """What is set for the person counts; nothing set is what the roles give."""
    return Sight(own) if own else of_roles(roles)


def is_wider(roles: Collection[Role], sight: str) -> bool:
    """Whether a setting shows more than the roles: other departments' customers, so the officer answers for it."""
    return bool(sight) and ORDER.index(Sight(sight)) > ORDER.index(of_roles(roles))
