"""What happens to leads, as the journal tells it."""

from django.utils.translation import override

from shouxin.core.text import Text
from shouxin.customers.leads.models import LeadSource, Permitted
from shouxin.journal.events import EventKind, events, words

for _name, _zh, _en in (
    (
        "lead.begun",
        "登记为线索：来源 {lead_source}，许可 {lead_permission}，{until} 前没有转为客户即销毁",
        "Noted as a lead: from {lead_source}, permission {lead_permission}, destroyed unless a customer by {until}",
    ),
    ("lead.turned", "线索转为客户", "The lead became a customer"),
    (
        "lead.destroyed",
        "线索到期没有转为客户，信息已销毁：来源 {lead_source}，{groups} 组密钥销毁",
        "The lead was over and is destroyed: from {lead_source}, {groups} groups of keys",
    ),
    (
        "lead.held",
        "线索已到期，但其信息暂须保留，没有销毁",
        "The lead is over but what is held of it has to be kept for now, so it was not destroyed",
    ),
):
    events.register(_name, EventKind(_name, Text(_zh, _en)))


def source_of(value: object, language: str) -> str:
    with override(language):
        return str(LeadSource(value).label) if value in LeadSource.values else str(value)


def permission_of(value: object, language: str) -> str:
    with override(language):
        return str(Permitted(value).label) if value in Permitted.values else str(value)


words.register("lead_source", source_of)
words.register("lead_permission", permission_of)
