"""The story of one customer as one page that proves itself, offline and for good (一键举证包).

Every row stands in the ledger: the page carries each entry's place and the path from it to one signed checkpoint.
What the page says, letter by letter, is held by the digest in an entry of its own, `story.exported`, whose proof stands
at the end of the page. The verifier in it was written from docs/formats and shares nothing with what makes the page.

In the version for the person only their own acts carry the bytes of their entry: others name staff by pseudonym, and
might name what the person must not be told. All others carry the hash under which they are sealed, whatever they are
about, so that nothing shows by it. So do, in either version, lists that they stood in among others.
"""

import json
import time
from base64 import b64encode
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from html import escape
from pathlib import Path
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction

from shouxin.core.ledger.checkpoint import VerifyingKey
from shouxin.core.policy import Actor
from shouxin.journal import proving, queries, services
from shouxin.journal.models import Entry
from shouxin.rights.secrecy import PURPOSE
from shouxin.rights.tracing.queries import Told, story

FORMAT, VERSION = "shouxin-story", 1
ZONE = ZoneInfo("Asia/Shanghai")
PATIENCE = 40  # looks for the seal, a tenth of a second apart; the sealer needs less than one
_SCRIPT = Path(__file__).with_name("verifier.js")
_STYLE = (
    "body{font:16px/1.6 system-ui,'Noto Sans CJK SC','Microsoft YaHei',sans-serif;max-width:72rem;margin:2rem auto;"
    "padding:0 1rem;color:#1b1f24;background:#fff}table{border-collapse:collapse;width:100%;font-size:.875rem}"
    "th,td{border:1px solid #ccd3da;padding:.35rem .5rem;text-align:left;vertical-align:top;overflow-wrap:anywhere}"
    "th{background:#eef2f6}#verdict{padding:.8rem 1rem;border:2px solid #8a949e;overflow-wrap:anywhere}"
    "#verdict.ok{border-color:#1d7a46;background:#e9f6ee}#verdict.bad{border-color:#b3261e;background:#fdecea}"
    "@media print{body{margin:0;max-width:none;font-size:10pt}tr{break-inside:avoid}thead{display:table-header-group}}"
)


class NotSealedYet(Exception):
    """The ledger has not sealed the page's own entry yet; a moment later it has."""


@dataclass(frozen=True, slots=True)
class Exported:
    """The page, the number of its rows, and the entry that holds its digest."""

    page: str
    rows: int
    entry: UUID


def export(
    *,
    actor: Actor,
    customers: Sequence[UUID],
    organisation: str,
    names: bool,
    for_person: bool,
    now: datetime,
) -> Exported:
    """Everything that is sealed about some customers who are one, as one page; that it was made is journalled.

    `names` says who of staff did it by name; for the person it is a department and a role.
    The caller has established that whoever asks may see these customers.

    Raises:
        NotSealedYet: nothing is sealed, or the sealer does not answer.
        shouxin.journal.services.NoLedgerYet: no sealer has ever run.
    """
    key, sealed = services.public_key(), queries.sealing()
    if not sealed.size:
        raise NotSealedYet
    told = story(customers, for_person=for_person, names=names)
    lines = list(_lines(told, customers, for_person=for_person))
    body = _body(lines, key, sealed.note, organisation, for_person=for_person, now=now)
    with transaction.atomic():
        entry = services.append(
            actor=actor,
            event="story.exported",
            customer=customers[0],
            purpose=PURPOSE,
            data={
                "digest": f"sha256:{sha256(body.encode()).hexdigest()}",
                "count": len(lines),
                "story_for": "person" if for_person else "staff",
            },
        )
    proof = _proof(actor, entry, customers)
    return Exported(_page(lines, body, proof, organisation, for_person=for_person), len(lines), entry)


def _lines(
    told: Iterator[Told], customers: Collection[UUID], *, for_person: bool
) -> Iterator[dict[str, Any]]:
    """The rows that are sealed, each with its proof; several at a time."""
    piece: list[Told] = []
    for one in told:
        piece.append(one)
        if len(piece) >= queries.PAGE:
            yield from _proved(piece, customers, for_person=for_person)
            piece = []
    yield from _proved(piece, customers, for_person=for_person)


def _proved(
    piece: Sequence[Told], customers: Collection[UUID], *, for_person: bool
) -> Iterator[dict[str, Any]]:
    ids = [one.line.id for one in piece]
    proofs = queries.inclusions(ids)
    bodies = dict(Entry.objects.filter(id__in=ids).values_list("id", "body"))
    for one in piece:
        found = proofs.get(one.line.id)
        if found is None:
            continue
        line = {
            "at": f"{one.line.at:%Y-%m-%dT%H:%M:%S.%f}Z",
            "shown": f"{one.line.at.astimezone(ZONE):%Y-%m-%d %H:%M:%S}",
            "event": one.line.event,
            "zh": one.sentence["zh"],
            "en": one.sentence["en"],
            "who_zh": one.who["zh"],
            "who_en": one.who["en"],
            "index": found.index,
            "leaf": found.leaf,
            "path": list(found.path),
        }
        if not one.line.among and (not for_person or one.line.actor in customers):
            line["entry"] = b64encode(bytes(bodies[one.line.id])).decode()
        yield line


def _body(
    lines: Sequence[dict[str, Any]],
    key: VerifyingKey,
    note: str,
    organisation: str,
    *,
    for_person: bool,
    now: datetime,
) -> str:
    """What the digest is of; no text in it can end the element it stands in."""
    body = {
        "format": FORMAT,
        "version": VERSION,
        "for": "person" if for_person else "staff",
        "organisation": organisation,
        "made_at": now.isoformat(),
        "key": str(key),
        "note": note,
        "lines": lines,
    }
    return json.dumps(body, ensure_ascii=False).replace("<", "\\u003c")


def _proof(actor: Actor, entry: UUID, customers: Collection[UUID]) -> str:
    """The proof of the page's own entry, as soon as the sealer has placed it."""
    for _look in range(PATIENCE):
        try:
            return proving.receipt_of(actor, entry, mine=customers).text()
        except proving.NotSealedYet:
            wait()
    raise NotSealedYet


def wait() -> None:
    """Until the sealer may have come round."""
    time.sleep(0.1)


def _page(
    lines: Sequence[dict[str, Any]], body: str, proof: str, organisation: str, *, for_person: bool
) -> str:
    title = "信息处理全过程 / The whole story of processing"
    about = (
        f"{organisation} · 本人版，不含工作人员姓名 / version for the person, without names of staff"
        if for_person
        else f"{organisation} · 内部版 / version for staff"
    )
    rows = "".join(
        "<tr>"
        + "".join(f"<td>{escape(line[key])}</td>" for key in ("shown", "zh", "en", "who_zh", "who_en"))
        + "</tr>\n"
        for line in lines
    )
    heads = "".join(
        f'<th scope="col">{head}</th>'
        for head in ("时间 / At (UTC+8)", "做了什么", "What happened", "由谁", "Who")
    )
    return (
        f'<!doctype html><html lang="zh-Hans"><head><meta charset="utf-8"><meta name="viewport" '
        f'content="width=device-width,initial-scale=1"><title>{title}</title><style>{_STYLE}</style></head><body><main>'
        f"<h1>{title}</h1><p>{escape(about)}</p>"
        '<p id="verdict" role="status">正在离线验证，需要浏览器允许运行本页的脚本… / '
        "checking offline; the browser has to run this page's script…</p>"
        "<p>验证不联网。请把上面的公钥与本单位公布的核对。 / "
        "Nothing is fetched. Compare the key above with the one that is published.</p>"
        f"<table><thead><tr>{heads}</tr></thead><tbody>\n{rows}</tbody></table></main>\n"
        f'<script type="application/json" id="body">{body}</script>\n'
        f'<script type="text/plain" id="seal">{proof}</script>\n'
        f"<script>{_SCRIPT.read_text('utf-8')}</script></body></html>\n"
    )
