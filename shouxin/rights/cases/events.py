"""What happens to individuals' requests, as the journal tells it; codes and counts, never what somebody wrote."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import override

from shouxin.core.text import Text
from shouxin.journal.events import EventKind, events, words
from shouxin.people.models import Department
from shouxin.rights.cases import rules
from shouxin.rights.cases.models import Channel, Check, Kind, Outcome, Pause

for _name, _zh, _en in (
    (
        "filed",
        "登记个人申请：{rights_kind}（{rights_channel}）",
        "Filed a request: {rights_kind} ({rights_channel})",
    ),
    (
        "recognised",
        "登记的申请与在办的一件重复，并入前一件",
        "A request was recognised as a duplicate of an open one and joined to it",
    ),
    ("stands", "并入的那一件已撤回或无法核验，本件单独办理", "Heard by itself: the one it was joined to is no more"),
    ("accused", "写明投诉针对的部门：{rights_accused}", "Named the department complained about: {rights_accused}"),
    ("given_up", "受理人属于被投诉的部门，投诉交由他人受理", "Given to others: whoever had it is of that department"),
    ("taken", "受理申请", "Took the request on"),
    ("given_back", "受理人离岗，申请交回待受理", "Given back for others to take: who had it in hand left"),
    ("matched", "查明申请针对的客户", "Found out whom the request is about"),
    ("checked", "核验身份：{rights_method}", "Checked identity: {rights_method}"),
    ("proved", "身份核验通过", "Identity established"),
    ("read", "阅读申请内容", "Read what was asked"),
    ("paused", "暂停计时：{rights_pause}", "Stopped the clock: {rights_pause}"),
    ("resumed", "恢复计时，期限改为 {due}", "Let the clock run again, due {due}"),
    (
        "extended",
        "延长期限一次，最迟 {stop}；理由：{rights_extension}",
        "Extended once, {stop} at the latest; reason: {rights_extension}",
    ),
    ("proposed", "拟定答复：{rights_outcome}", "Proposed an answer: {rights_outcome}"),
    ("sent_back", "退回重办", "Sent back"),
    ("answered", "答复申请人：{rights_outcome}", "Answered: {rights_outcome}"),
    ("withdrawn", "申请人撤回申请", "The request was withdrawn by whoever made it"),
    ("merged", "认定与另一件重复，并入该件", "Found to be a duplicate and joined to the other"),
    ("rated", "申请人评价：{score} 分", "Rated {score} by whoever asked"),
    ("escalated", "客户评价不满意，转监督员办理", "Given to the supervisor: the person was not satisfied"),
    ("reopened", "申请人不满意，转监督员重新办理", "Opened again for the supervisor: not satisfied"),
    (
        "locked",
        "立即停止使用：待删除 {waiting} 组，依法封存 {retained} 组",
        "Locked at once: {waiting} groups to be deleted, {retained} kept under a legal duty",
    ),
    (
        "singled_out",
        "逐项删除：待删除 {pending} 项，依法继续保存 {retained} 项",
        "Single items: {pending} to be deleted, {retained} kept under a legal duty",
    ),
    (
        "erased",
        "已删除 {count} 项，连同以前的内容和检索索引；备份副本随备份到期销毁",
        "Erased {count} items with earlier content and search indexes; copies in backups are destroyed with these",
    ),
    (
        "held_back",
        "监管部门正在查询，{count} 项待删除的信息暂不删除",
        "An authority looks into them: {count} items that were to be deleted are kept for now",
    ),
    (
        "retained",
        "{count} 项待删除的信息现由法律规定继续保存，不再删除",
        "{count} items that were to be deleted are kept by a law now, and are not deleted",
    ),
    ("released", "调查结束，{count} 组信息转入待删除", "The inquiry is over: {count} groups now wait to be deleted"),
    ("finished", "应删除的信息已全部销毁，申请办结", "All that was to be deleted is destroyed; the request is closed"),
    ("proof_kept", "加密保存身份证明的副本", "Kept a copy of a proof, sealed"),
    ("proof_opened", "打开身份证明的副本", "Opened the copy of a proof"),
    ("proofs_destroyed", "销毁 {count} 份身份证明的副本", "Destroyed {count} copies of proofs"),
    ("followed", "申请人凭查询码查看进度", "Followed with the look-up code"),
):  # fmt: skip
    events.register(f"rights.{_name}", EventKind(f"rights.{_name}", Text(_zh, _en)))


NOBODY = "none"
_NO_DEPARTMENT = Text("不针对任何部门", "none of them")


def _choice(choices: type[Any]) -> Any:
    def read(value: Any, language: str) -> str:
        with override(language):
            return str(dict(choices.choices).get(value, value))

    return read


def _reason(value: Any, language: str) -> str:
    known: Mapping[str, rules.Reason] = rules.REASONS
    return known[value].text.in_(language) if value in known else str(value)


def _extension(value: Any, language: str) -> str:
    return rules.EXTENSIONS[value].in_(language) if value in rules.EXTENSIONS else str(value)


def _department(value: Any, language: str) -> str:
    found = Department.objects.filter(id=value).first() if value != NOBODY else None
    return found.name if found else _NO_DEPARTMENT.in_(language)


for _key, _reader in (
    ("rights_accused", _department),
    ("rights_kind", _choice(Kind)),
    ("rights_channel", _choice(Channel)),
    ("rights_method", _choice(Check.Method)),
    ("rights_pause", _choice(Pause)),
    ("rights_outcome", _choice(Outcome)),
    ("rights_reason", _reason),
    ("rights_extension", _extension),
):
    words.register(_key, _reader)
