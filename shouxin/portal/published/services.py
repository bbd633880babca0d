"""Keeping every version of the published lists: when one is read that differs from the last kept, and once a day."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from types import MappingProxyType
from typing import Any

from django.db import connection, transaction
from django.utils.translation import override

from shouxin.core.policy import service_actor
from shouxin.journal import services as journal
from shouxin.portal.published import queries
from shouxin.portal.published.models import PublishedList
from shouxin.portal.published.queries import Published

KEEPER = service_actor("published_lists")
LOCK = 0x5348_4C53  # the advisory lock of whoever keeps a version
LISTS: Mapping[str, Callable[[], Sequence[Any]]] = MappingProxyType(
    {"collected": queries.collected, "shared": queries.shared}
)
LANGUAGES = MappingProxyType({"zh": "zh-hans", "en": "en"})


def current(kind: str, now: datetime) -> tuple[Published, PublishedList]:
    """The list as it stands, in the reader's language, and its version; kept now if nobody kept this content yet."""
    found = queries.of(LISTS[kind]())
    latest = queries.latest(kind)
    if latest is None or found.sha256 != queries.hash_of(latest):
        latest = keep(kind, now) or queries.latest(kind)
    assert latest is not None  # noqa: S101 - either kept now, or by somebody who was faster
    return found, latest


def keep(kind: str, now: datetime) -> PublishedList | None:
    """Keep the list as a version, in both languages, unless the last one kept says the same; None then."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
        said: dict[str, Published] = {}
        for code, language in LANGUAGES.items():
            with override(language):
                said[code] = queries.of(LISTS[kind]())
        latest = queries.latest(kind)
        hashes = (said["zh"].sha256, said["en"].sha256)
        if latest is not None and (latest.sha256_zh, latest.sha256_en) == hashes:
            return None
        row = PublishedList.objects.create(
            kind=kind,
            number=latest.number + 1 if latest else 1,
            rows_zh=[asdict(one) for one in said["zh"].rows],
            rows_en=[asdict(one) for one in said["en"].rows],
            sha256_zh=hashes[0],
            sha256_en=hashes[1],
            at=now,
        )
        journal.append(
            actor=KEEPER,
            event="portal.list_published",
            data={"public_list": kind, "number": row.number, "sha256": row.sha256_zh},
        )
        return row


def keep_all(*, now: datetime) -> int:
    """Keep what changed since the last versions; how many lists there were."""
    return sum(keep(kind, now) is not None for kind in LISTS)
