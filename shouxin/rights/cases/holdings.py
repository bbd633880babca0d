"""What is kept here about customers: what they asked for and what became of it; never what an authority asked."""

from collections.abc import Iterator, Mapping, Sequence
from uuid import UUID

from shouxin.core.text import Text
from shouxin.kit.holdings import Asking, Column, Reads, Row, Table, Why, register, secrets
from shouxin.rights.cases.foreseeing import DELETE_ARTICLE
from shouxin.rights.cases.keeping import answer_of, remark_of, words_of
from shouxin.rights.cases.models import Case, Check, Deed, Kind, Proof, State
from shouxin.rights.cases.told import as_told
from shouxin.rulebook import wording

_WHY = Why(
    Text("您提出申请时产生", "Made when you asked for something"),
    Text("办理并证明办理了您的申请", "To deal with what you asked for, and to prove it"),
    Text("办结后 3 年", "3 years after the end of the case"),
)
_NUMBER = Column(
    "number", Text("编号", "Number"), sql="(SELECT c.number FROM rights_case c WHERE c.id = r.case_id)"
)
# What an authority asks about somebody is between it and the organisation.
_NOT_ASKED_BY_AUTHORITY = (
    "r.customer_id = ANY(%s::uuid[]) AND EXISTS"
    " (SELECT FROM rights_case c WHERE c.id = r.case_id AND c.kind <> 'inquiry')"
)
_ANSWERED = frozenset({State.ANSWERED.value, State.WATCHING.value})


def _inquiries(customers: Sequence[UUID]) -> Iterator[str]:
    found = Case.objects.filter(customer_id__in=customers, kind=Kind.INQUIRY)
    return (str(one) for one in found.values_list("id", flat=True))


def _cases(asking: Asking) -> Iterator[Row]:
    """With the person's own words, and the answer once it is given."""
    rows = Case.objects.filter(customer_id__in=asking.customers).exclude(kind=Kind.INQUIRY)
    for row in rows.order_by("id"):
        words, told = words_of(row), row.state in _ANSWERED
        yield Row(
            str(row.id),
            {
                "number": row.number,
                "kind": row.kind,
                "wish": row.wish,
                "channel": row.channel,
                "filed_at": row.filed_at.isoformat(),
                "text": words.text,
                "name": words.name,
                "contact": words.contact,
                "state": row.state,
                "due_on": row.due_on.isoformat(),
                "outcome": as_told(row).outcome if told else "",
                "answer": answer_of(row) if told else "",
                "closed_at": row.closed_at.isoformat() if row.closed_at else None,
                "score": row.score,
                "remark": remark_of(row),
            },
        )


_LAST_DAY = (
    "(SELECT GREATEST(c.stop_on, (r.at AT TIME ZONE 'Asia/Shanghai')::date)"
    " FROM rights_case c WHERE c.id = r.case_id)"
)

_INSTEAD = "CASE WHEN r.field = '' THEN 'waiting' ELSE 'pending' END"


_COUNTED = """CASE WHEN r.begins <> '' THEN (SELECT jsonb_build_object(
 'zh', concat('自', s.said ->> 0, '起 ', split_part(r.lasts, ' ', 1), ' ', u.said ->> 0),
 'en', concat(split_part(r.lasts, ' ', 1), ' ', u.said ->> 1, ' from this on: ', s.said ->> 1))
 FROM (SELECT CASE r.begins STARTS ELSE jsonb_build_array(r.begins, r.begins) END AS said) s,
 (SELECT CASE split_part(r.lasts, ' ', 2) UNITS END AS said) u) END"""


def _counted() -> str:
    """From what a statutory period counts and how long it is, in both languages."""
    return _COUNTED.replace("STARTS", _whens(wording.STARTS)).replace("UNITS", _whens(wording.UNITS))


def _whens(book: Mapping[str, Text]) -> str:
    return "".join(
        f" WHEN '{code}' THEN jsonb_build_array('{text.zh}', '{text.en}')" for code, text in book.items()
    )


def _not_held(instead: str, column: str) -> str:
    return f"CASE WHEN r.what = 'held' THEN {instead} ELSE {column} END"


secrets.register("rights.inquiries", _inquiries)
register(
    Table(
        Case,
        Text("您提出的申请和投诉", "What you asked for, and complaints"),
        _WHY,
        (
            Column("number", Text("编号", "Number")),
            Column("kind", Text("要求", "Request"), Reads.CHOICE),
            Column("wish", Text("近亲属要求什么", "What a relative asks for"), Reads.CHOICE),
            Column("channel", Text("方式", "By"), Reads.CHOICE),
            Column("filed_at", Text("提出时间", "Filed"), Reads.MOMENT),
            Column("text", Text("内容", "Words")),
            Column("name", Text("申请人姓名", "Name given")),
            Column("contact", Text("联系方式", "Contact given")),
            Column("state", Text("状态", "State"), Reads.CHOICE),
            Column("due_on", Text("期限", "Due"), Reads.DAY),
            Column("outcome", Text("结果", "Outcome"), Reads.CHOICE),
            Column("answer", Text("答复", "Answer")),
            Column("closed_at", Text("办结时间", "Closed"), Reads.MOMENT),
            Column("score", Text("您的评价", "Your score")),
            Column("remark", Text("您的评语", "Your remark")),
        ),
        reader=_cases,
    )
)
register(
    Table(
        Check,
        Text("身份核验", "Checks of who asked"),
        _WHY,
        (
            _NUMBER,
            Column("at", Text("时间", "At"), Reads.MOMENT),
            Column("method", Text("方式", "By"), Reads.CHOICE),
        ),
        by=_NOT_ASKED_BY_AUTHORITY,
    )
)
register(
    Table(
        Proof,
        Text("身份证明的副本", "Copies of proofs"),
        Why(_WHY.source, _WHY.purpose, Text("办结时销毁", "Destroyed when the case ends")),
        (
            _NUMBER,
            Column("at", Text("提供时间", "Given"), Reads.MOMENT),
            Column("media", Text("格式", "Format")),
            Column("size", Text("字节", "Bytes")),
        ),
        by=_NOT_ASKED_BY_AUTHORITY,
    )
)
register(
    Table(
        Deed,
        Text("为您办理的事项", "What was done for you"),
        _WHY,
        (
            _NUMBER,
            Column("at", Text("时间", "At"), Reads.MOMENT),
            Column("purpose", Text("目的", "Purpose"), Reads.PURPOSE),
            Column("storage_group", Text("信息", "Information"), Reads.GROUP),
            Column("field", Text("项目", "Item"), Reads.FIELD),
            # As far as the person is told, what is kept for an authority's inquiry waits like anything else.
            Column("what", Text("结果", "What"), Reads.CHOICE, sql=_not_held(_INSTEAD, "r.what")),
            Column("article", Text("依据", "Article"), sql=_not_held(f"'{DELETE_ARTICLE}'", "r.article")),
            Column("until", Text("到期", "Until"), Reads.DAY, sql=_not_held(_LAST_DAY, "r.until")),
            Column("counted", Text("期限的起算", "Counted"), sql=_counted()),
            Column("destroyed_at", Text("销毁时间", "Destroyed"), Reads.MOMENT),
        ),
        by=_NOT_ASKED_BY_AUTHORITY,
    )
)
