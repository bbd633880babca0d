"""What is told of a value besides the value: its category in words, and whether its purpose still stands."""

from collections.abc import Mapping

from shouxin.core.policy import PurposeRule, PurposeStatus
from shouxin.core.text import Text

# GB/T 35273 appendix A, as the catalogue names them, in the order in which people are shown them.
CATEGORIES: Mapping[str, Text] = {
    "个人基本资料": Text("个人基本资料", "Who you are"),
    "个人身份信息": Text("个人身份信息", "Identity documents and numbers"),
    "联系人信息": Text("联系人信息", "Contacts"),
    "网络身份标识信息": Text("网络身份标识信息", "Online identifiers"),
    "个人教育工作信息": Text("个人教育工作信息", "Education and work"),
    "个人财产信息": Text("个人财产信息", "Property and transactions"),
    "个人健康生理信息": Text("个人健康生理信息", "Health"),
    "个人生物识别信息": Text("个人生物识别信息", "Biometric information"),
    "个人通信信息": Text("个人通信信息", "Correspondence"),
    "个人位置信息": Text("个人位置信息", "Location"),
    "个人上网记录": Text("个人上网记录", "Online records"),
    "个人常用设备信息": Text("个人常用设备信息", "Devices"),
    "个人标签信息": Text("个人标签信息", "Labels"),
    "其他信息": Text("其他信息", "Other information"),
}
OTHER = "其他信息"


def category_of(code: str) -> str:
    return code if code in CATEGORIES else OTHER


def in_order(codes: set[str]) -> list[str]:
    return [code for code in CATEGORIES if code in codes]


def is_stated(field: str, purpose: PurposeRule | None) -> bool:
    """Whether a value that came for `purpose` is still held for a purpose in use that names its field."""
    return purpose is not None and purpose.status is PurposeStatus.ACTIVE and field in purpose.fields
