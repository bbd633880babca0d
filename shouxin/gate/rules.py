"""Pure rules of the gate: the reasons one may state for a contact, and how an article is cited."""

import re
from types import MappingProxyType

from shouxin.core.identifiers import recognise
from shouxin.core.text import Text

REASON_CLASSES = MappingProxyType(
    {
        "customer_called": Text("客户来电、来访", "The customer called or came"),
        "order": Text("订单、合同办理", "Order or contract"),
        "delivery": Text("送货、安装", "Delivery or installation"),
        "after_sales": Text("售后、维修", "After-sales service"),
        "payment": Text("收款、对账", "Payment or reconciliation"),
        "follow_up": Text("约定的回访", "Agreed follow-up"),
        "complaint": Text("投诉处理", "Complaint"),
        "correction": Text("更正、补充信息", "Correcting or completing data"),
    }
)

# Not to be chosen: what the journal says of a read under emergency access, whatever the contact was opened for.
EMERGENCY = "emergency"
REASON_NAMES = MappingProxyType(
    {
        **REASON_CLASSES,
        EMERGENCY: Text("应急访问", "Emergency access"),
        "order_lines": Text("修改明细行", "lines of a record changed"),
        # What the product's own services read, seal or destroy for.
        "batch_rejected": Text("导入批次被退回", "import batch rejected"),
        "clean-up": Text("清理", "clean-up"),
        "cleanup": Text("清理", "clean-up"),
        "collection": Text("收集表单", "collection forms"),
        "contact_limits": Text("联系限制", "contact limits"),
        "deduplication": Text("查重", "finding duplicates"),
        "import": Text("导入", "import"),
        "outside_values": Text("外部提供的值", "values from outside"),
        "quality": Text("数据质量", "data quality"),
        "search": Text("检索", "search"),
        "segments": Text("客户分群", "segments"),
        "send_code": Text("发送验证码", "sending a code"),
        "suite": Text("更换密码套件", "change of the cryptographic suite"),
        "supply_contract": Text("供应合同终止", "end of a supply contract"),
    }
)

LAWS = {
    "个人信息保护法": "PIPL",
    "民法典": "Civil Code",
    "数据安全法": "Data Security Law",
    "网络安全法": "Cybersecurity Law",
}
_PARTS = {"条": "Art.", "款": "para.", "项": "item"}
_PART = re.compile(r"\s*第(\d+)([条款项])")


def cite(article: str, language: str) -> str:
    """An article as the page's language cites it; the register itself is Chinese."""
    if not language.startswith("en"):
        return article
    for chinese, english in LAWS.items():
        article = article.replace(chinese, english)
    return _PART.sub(lambda found: f" {_PARTS[found[2]]} {found[1]}", article).replace("、", ",").strip()


def check_note(note: str) -> str | None:
    """Why `note` may not be kept (a code), or None: it explains an act and must not itself hold identifiers."""
    return "note.identifier" if recognise(note) else None
