"""What the delivered packs say of a jurisdiction, in both languages: the table itself has one wording for programs."""

from dataclasses import dataclass

from shouxin.core.text import Text
from shouxin.rulebook.catalogue.models import ReferenceRow

_TOPICS = {
    "DSR deadline": Text("个人行权答复期限", "Deadline for answering individuals"),
    "DSR last day": Text("个人行权最长期限", "Last day for answering individuals"),
    "DSR extended": Text("延长后的个人行权期限", "Deadline for answering individuals, extended"),
    "minor age": Text("未成年人年龄", "Age of minors"),
    "breach to authority": Text("事件报告主管机关", "Incident: report to the authority"),
    "breach to data subject": Text("事件告知个人", "Incident: notice to individuals"),
    "breach": Text("事件通报", "Incident: report"),
    "legal bases": Text("合法性基础", "Legal bases"),
    "special categories": Text("特殊类别个人数据", "Special categories"),
    "RoPA controller": Text("处理活动记录（处理者）", "Records of processing: controller"),
    "RoPA processor": Text("处理活动记录（受托人）", "Records of processing: processor"),
    "DPIA": Text("数据保护影响评估", "Impact assessment"),
    "portability": Text("数据可携带", "Portability"),
    "restriction": Text("限制处理", "Restriction of processing"),
    "fine": Text("罚款", "Fine"),
    "acknowledge": Text("确认收到请求", "Acknowledging a request"),
    "opt-out of sale/sharing": Text("拒绝出售或共享", "Opting out of sale or sharing"),
    "minor opt-in": Text("未成年人的选择同意", "Opt-in of minors"),
    "re-ask after refusal": Text("拒绝后再次征求", "Asking again after a refusal"),
    "look-back": Text("追溯范围", "How far back a request reaches"),
    "request records": Text("请求记录的保存", "Keeping records of requests"),
}
_RULES = {
    "及时; product 15 working days, stop 30 days": Text(
        "及时；产品默认 15 个工作日，最长 30 日",
        "promptly; by default of the product 15 working days, at most 30 days",
    ),
    "product: 30 days": Text("产品默认 30 日", "30 days by default of the product"),
    "three months in all": Text("合计三个月", "three months in all"),
    "90 days in all": Text("合计 90 日", "90 days in all"),
    "guardian consent below": Text("不满 14 周岁须监护人同意", "consent of a guardian below 14 years"),
    "immediately; 4 h if ≥1M": Text(
        "立即；涉及 100 万人以上的，4 小时内", "immediately; within 4 hours from a million people"
    ),
    "one month, +2 months with notice": Text(
        "一个月，通知后可再延长两个月", "one month, two more with notice"
    ),
    "72 hours unless unlikely to result in risk": Text(
        "72 小时内，不太可能造成风险的除外", "72 hours unless unlikely to result in risk"
    ),
    "without undue delay if high risk": Text(
        "高风险的，不得无故拖延", "without undue delay if the risk is high"
    ),
    "consent; contract; legal obligation; vital interests; public task; legitimate interests": Text(
        "同意；合同；法定义务；重大利益；公共任务；正当利益",
        "consent; contract; legal obligation; vital interests; public task; legitimate interests",
    ),
    "explicit consent or Art 9(2) exception": Text(
        "明示同意，或属于第 9 条第 2 款的例外", "explicit consent or an exception of Article 9(2)"
    ),
    "name/contact, purposes, categories of subjects and data, recipients, transfers, erasure time limits, security "
    "measures": Text(
        "名称与联系方式、目的、主体与数据的类别、接收方、跨境传输、删除期限、安全措施",
        "name and contact, purposes, categories of people and data, recipients, transfers, erasure periods, security",
    ),
    "four fields": Text(
        "名称与联系方式、处理的类别、跨境传输、安全措施",
        "name and contact, categories of processing, transfers, security",
    ),
    "systematic profiling with legal effect; large-scale special categories; large-scale public monitoring": Text(
        "有法律效果的系统性画像；大规模处理特殊类别；大规模监控公共区域",
        "systematic profiling with legal effect; large-scale special categories; large-scale public monitoring",
    ),
    "16, Member State may lower to 13": Text(
        "16 周岁，成员国可降至 13 周岁", "16 years; a member state may lower it to 13"
    ),
    "structured, commonly used, machine-readable": Text(
        "结构化、通用、机器可读的格式", "structured, commonly used, machine-readable"
    ),
    "equivalent of LOCKED state": Text("相当于停止存储和保护以外的处理", "storage and protection only"),
    "20M EUR or 4% worldwide turnover": Text(
        "2000 万欧元，或全球营业额的 4%", "20 million euros or 4 % of worldwide turnover"
    ),
    "45 days, once +45": Text("45 日，可延长一次 45 日", "45 days, once 45 more"),
    "confirm receipt within 10 business days": Text(
        "10 个工作日内确认收到", "receipt confirmed within 10 business days"
    ),
    "as soon as feasible, max 15 business days": Text(
        "尽快，最长 15 个工作日", "as soon as feasible, at most 15 business days"
    ),
    "<16 opt-in; <13 parent": Text(
        "不满 16 周岁须本人选择同意；不满 13 周岁由父母同意", "below 16 their own opt-in; below 13 a parent's"
    ),
    "wait 12 months": Text("间隔 12 个月", "after 12 months"),
    "12 months, beyond on request from 2022-01-01": Text(
        "12 个月；经请求可追溯至 2022-01-01", "12 months; on request back to 2022-01-01"
    ),
    "24 months": Text("24 个月", "24 months"),
    "voluntary, as soon as practicable": Text("自愿通报，尽快", "voluntary, as soon as practicable"),
}
# How an article names its law, in either language.
_LAWS = {
    "PIPL": Text("个人信息保护法", "PIPL"),
    "App认定方法": Text("App 违法违规收集认定方法 ", "Rules on unlawful collection by apps "),
    "事件办法": Text("网络安全事件报告管理办法 ", "Measures on reporting incidents "),
}


@dataclass(frozen=True, slots=True)
class Provision:
    """One row of the table as the reader reads it."""

    topic: str
    rule: str
    article: str
    verification: str


def provision(row: ReferenceRow, language: str) -> Provision:
    """The row in the reader's words; what a newer pack brings without such words stands as it came."""
    said, article = row.pack_row, row.pack_row["article"]
    for short, law in _LAWS.items():
        article = article.replace(short, law.in_(language))
    return Provision(
        _TOPICS.get(said["topic"], Text(said["topic"], said["topic"])).in_(language),
        _RULES.get(said["rule"], Text(said["rule"], said["rule"])).in_(language),
        article,
        row.verification,
    )
