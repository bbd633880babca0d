"""Pure rules of public forms: what keeps one from the public, when it takes nothing, which web sites may use it."""

import re
import secrets
from collections.abc import Collection, Mapping
from datetime import date, timedelta
from urllib.parse import urlsplit

from shouxin.core.policy import FieldRule, PurposeRule
from shouxin.core.text import Text
from shouxin.customers.collection_forms.rules import Content, Lack
from shouxin.vault.tokens import UNIQUE

SERVICE = "public_forms"  # by which a purpose lets what people send be taken in
ALPHABET = "23456789abcdefghjkmnpqrstvwxyz"  # nothing that looks like something else on a poster
CODE, KEY, NUMBER = 10, 28, 8
KEY_BEGINS = "pk_"
LONGEST_OPEN = timedelta(days=366)
MOST = 1_000_000
MOST_ORIGINS = 10
LARGEST = 64 * 1024  # bytes of anything that is sent
UNDECLARED_WEIGHT = 4  # what holds undeclared fields counts as much as this many for its source
_HOST = re.compile(r"[a-z0-9]([a-z0-9.-]{0,180}[a-z0-9])?")


def _drawn(length: int) -> str:
    return "".join(secrets.choice(ALPHABET) for _ in range(length))


def new_code() -> str:
    return _drawn(CODE)


def new_key() -> str:
    return KEY_BEGINS + _drawn(KEY)


def new_number(day: date) -> str:
    """A receipt that can be read out on the phone."""
    return f"{day:%Y%m%d}-{_drawn(NUMBER).upper()}"


def why_closed(state: str, ends_on: date, taken: int, maximum: int, today: date) -> str:
    """Why it takes nothing today (a code), or nothing."""
    if state == "paused":
        return "paused"
    if state != "open":
        return "closed"
    if today > ends_on:
        return "ended"
    return "full" if taken >= maximum else ""


def origin_of(text: str) -> str | None:
    """A web site as browsers name it, or None: https, or http on the same machine; no path."""
    parts = urlsplit(text.strip().rstrip("/").lower())
    try:
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return None
    local = host in {"localhost", "127.0.0.1"}
    if parts.scheme != "https" and not (local and parts.scheme == "http"):
        return None
    if parts.path or parts.query or parts.fragment or parts.username or not _HOST.fullmatch(host):
        return None
    return f"{parts.scheme}://{host}" + (f":{port}" if port else "")


def lacks(content: Content, fields: Mapping[str, FieldRule], purpose: PurposeRule | None) -> list[Lack]:
    """Everything that keeps a published form from being put before the public."""
    found = []
    if purpose is None or SERVICE not in purpose.services:
        text = Text(
            "处理目的没有列入服务程序“公开表单”（public_forms）：请先修订目的，由个人信息保护负责人批准。",
            "The purpose does not name the service “public_forms”: revise it first and have the officer approve it.",
        )
        found.append(Lack("public.purpose", text))
    if content.known_only:
        text = Text(
            "只用于已建档客户的表单不能公开：公开页面不核对谁已建档。",
            "A form for registered customers cannot be public: a public page tells nobody who is registered.",
        )
        found.append(Lack("public.known-only", text))
    for key in sorted(_numbers(content.keys, fields)):
        name = fields[key].name
        text = Text(
            f"“{name.zh}”在全库唯一，公开询问会泄露谁已登记：请从表单中去掉。",
            f"“{name.en}” is unique here; asking it in public would tell who is registered: take it off the form.",
        )
        found.append(Lack("public.key", text, key))
    return found


def _numbers(asked: Collection[str], fields: Mapping[str, FieldRule]) -> set[str]:
    return {key for key in asked if key in fields and UNIQUE in fields[key].indexes}
