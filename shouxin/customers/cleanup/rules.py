"""Pure rules of cleaning up: which values still reach somebody, and what may be decided of which list."""

from collections.abc import Mapping

from shouxin.core.text import Text
from shouxin.people.thresholds.rules import Threshold, declare

MONTHS = declare(
    Threshold(
        "cleanup-months",
        Text("长期无往来的月数", "Months without dealings"),
        Text(
            "这么久没有查看明文、接待、登记或修改的客户，列入清理名单等待决定；不会自动处理。",
            "Customers of whom nothing was read in clear, entered or changed for so long are listed for a decision; "
            "nothing is done by itself.",
        ),
        "months",
        default=24,
        least=6,
        most=120,
    )
)
# By what somebody is reached; an address counts, since a letter arrives.
REACH = ("mobile", "landline", "email", "wechat_id", "home_address", "delivery_address", "registered_address")
REACH_OF_CONTACT = ("contact_mobile", "contact_landline", "contact_email", "contact_wechat")
REASONS: Mapping[str, Text] = {
    "reach.none": Text("没有任何联系方式", "No way to reach them"),
    "reach.malformed": Text("联系方式都不正确", "Every way to reach them is malformed"),
    "reach.failed": Text("负责人标记联系不上", "Marked as not reached by whoever is responsible"),
    "inactive": Text("长期没有往来", "No dealings for long"),
    "duplicate": Text("疑似重复", "Suspected duplicate"),
}
# Of a duplicate the decision is made where the pair is compared.
DECISIONS: Mapping[str, tuple[str, ...]] = {
    "dead": ("refresh", "restrict", "seal", "keep"),
    "inactive": ("refresh", "restrict", "seal", "keep"),
    "duplicate": (),
}
OF_HEADS = frozenset({"restrict", "seal"})


def unreachable(problems: Mapping[str, bool]) -> str:
    """Why nobody is reached, of the ways that are known and whether each is wrong; "" when one is right."""
    if not problems:
        return "reach.none"
    return "reach.malformed" if all(problems.values()) else ""
