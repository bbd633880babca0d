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

NOTE_LONGEST = 200
# Not to be chosen: what the journal says of a read under emergency access, whatever the contact was opened for.
EMERGENCY = "emergency"
REASON_NAMES = MappingProxyType(
    {
        **REASON_CLASSES,
        EMERGENCY: Text("应急访问", "Emergency access"),
        "order_lines": Text("修改明细行", "lines of a record changed"),
        # What the product's own services read, seal or destroy for.
        "access_package": Text("汇集本人查阅的信息", "putting together what the person asked to see"),
        "batch_rejected": Text("导入批次被退回", "import batch rejected"),
        "clean-up": Text("清理", "clean-up"),
        "change_notice": Text("通知资料更改", "telling of a change of one's information"),
        "cleanup": Text("清理", "clean-up"),
        "collection": Text("收集表单", "collection forms"),
        "consents": Text("核对同意能力", "age of consent"),
        "contact_limits": Text("联系限制", "contact limits"),
        "cut-off": Text("交出时被中断", "cut off while it was handed over"),
        "deduplication": Text("查重", "finding duplicates"),
        "deletion": Text("应本人请求删除", "deletion asked for by the person"),
        "import": Text("导入", "import"),
        "lead_expired": Text("线索到期未转为客户", "a lead that did not become a customer by its day"),
        "message": Text("发送消息", "sending a message"),
        "own_freeze": Text("本人否认更改，停用资料", "a change denied by the person: out of use"),
        "own_access": Text("本人查阅", "the person's own access"),
        "request_days": Text("核对未成年人申请的期限", "days of a minor's request"),
        "retention_end": Text("计算法定保存期限", "working out a statutory period"),
        "outside_values": Text("外部提供的值", "values from outside"),
        "purpose_review": Text("核对停用目的下的信息", "what a purpose no longer covers"),
        "quality": Text("数据质量", "data quality"),
        "search": Text("检索", "search"),
        "segments": Text("客户分群", "segments"),
        "send_code": Text("发送验证码", "sending a code"),
        "stopped": Text("消息已停止", "the message was stopped"),
        "suite": Text("更换密码套件", "change of the cryptographic suite"),
        "erasure": Text("本人要求删除", "the person asked to have it erased"),
        "supply_contract": Text("供应合同终止", "end of a supply contract"),
    }
)

# What the register's citations name. Four laws have abbreviations that everybody uses; the others are translated, and
# the law's own title stands behind.
LAWS = MappingProxyType(
    {
        "个人信息保护法": "PIPL",
        "民法典": "Civil Code",
        "数据安全法": "Data Security Law",
        "网络安全法": "Cybersecurity Law",
        "网络数据安全风险评估办法": "Measures for Risk Assessment of Network Data Security (网络数据安全风险评估办法)",
        "网络数据安全管理条例": "Regulations on Network Data Security Management (网络数据安全管理条例)",
        "事件报告管理办法": "Measures for Reporting Incidents (事件报告管理办法)",
        "合规审计管理办法": "Measures for Compliance Audits (合规审计管理办法)",
        "会计档案管理办法": "Measures for Accounting Archives (会计档案管理办法)",
        "会计档案79号": "Accounting Archives, Order 79 (会计档案管理办法)",
        "消费者权益保护法": "Consumer Protection Law (消费者权益保护法)",
        "广告法": "Advertising Law (广告法)",
        "电子商务法": "E-Commerce Law (电子商务法)",
        "反洗钱法": "Anti-Money Laundering Law (反洗钱法)",
        "劳动合同法": "Labour Contract Law (劳动合同法)",
        "税收征收管理法实施细则": "Implementing Rules of the Tax Collection Law (税收征收管理法实施细则)",
        "发票管理办法": "Measures for Invoices (发票管理办法)",
        "征信业管理条例": "Regulations on Credit Reporting (征信业管理条例)",
        "公共安全视频图像信息系统管理条例": "Regulations on Public Video Systems (公共安全视频图像信息系统管理条例)",
        "人脸识别办法": "Measures for Face Recognition (人脸识别办法)",
        "停服要求": "Requirements when Service Ceases (停服要求)",
        "App认定方法": "Rules on Unlawful Collection by Apps",
        "促进规定": "Provisions on Cross-border Data Flows (促进规定)",
    }
)
_LAW = re.compile("|".join(map(re.escape, sorted(LAWS, key=len, reverse=True))))
_PARTS = {"条": "Art.", "款": "para.", "项": "item"}
_PART = re.compile(r"\s*第(\d+(?:[–、,]\d+)*)([条款项])")
_WORDS = tuple(
    (re.compile(chinese), english)
    for chinese, english in (
        (r"(?<=\d)等", " and others"),
        (r"\(原(\d+)条\)", r" (formerly \1)"),
        (r"(\d{4}-\d\d-\d\d)施行", r"in force \1"),
        (r"(\d{4}-\d\d-\d\d)印发", r"issued \1"),
        (r"(\d{4}-\d\d-\d\d)公告", r"announcement of \1"),
        (r"附表(\d+)", r"schedule \1"),
        (r"附录([A-Z])", r"appendix \1"),
        (r"实施细则(?=\d)", "Implementing Rules "),
        ("身份证照片", "photo of the ID card"),
        ("第三级", "level 3"),
        (r"；\s*", "; "),
        (r"、\s*", ", "),
    )
)


def cite(article: str, language: str) -> str:
    """An article as the page's language cites it; the register itself is Chinese, the jurisdiction pack is not."""
    if not language.startswith("en"):
        return article.replace("PIPL ", "个人信息保护法")
    article = _LAW.sub(_law, article)
    article = _PART.sub(lambda found: f" {_PARTS[found[2]]} {found[1]}", article)
    for chinese, english in _WORDS:
        article = chinese.sub(english, article)
    return " ".join(article.split())


def _law(found: re.Match[str]) -> str:
    following = found.string[found.end() : found.end() + 1]
    return LAWS[found[0]] + " " * following.isdigit()


def unkept_note(note: str) -> str | None:
    """Why `note` cannot be kept with a contact (a code), or None: it is too long, or holds what no text holds."""
    return "note.unfit" if len(note.strip()) > NOTE_LONGEST or "\x00" in note else None


def check_note(note: str) -> str | None:
    """Why `note` may not be kept (a code), or None: it explains an act and must not itself hold identifiers."""
    return "note.identifier" if recognise(note) else None
