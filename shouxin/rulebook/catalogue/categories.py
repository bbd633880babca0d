"""Kinds of personal information as the catalogue names them, in words that everybody reads."""

from collections.abc import Mapping

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
BIOMETRIC = "个人生物识别信息"  # faces and other features of the body by which somebody is recognised


def category_of(code: str) -> str:
    return code if code in CATEGORIES else OTHER
