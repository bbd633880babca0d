"""What a new version of a notice changed, in the words of the approved texts: who must be told again, and of what.

A version is to be told again when it tells of a purpose that the version before did not tell of, or tells something
else of it (PIPL 14(2), 17(2)). Words alone, without another fact, oblige nobody to anything.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time
from uuid import UUID

from shouxin.gate.limits import ZONE
from shouxin.kit import clock
from shouxin.rulebook.catalogue.queries import Cached
from shouxin.rulebook.purposes.models import NoticeVersion, Purpose
from shouxin.rulebook.purposes.queries import MAIN_LANGUAGE


@dataclass(frozen=True, slots=True)
class Told:
    """One approved version in the main language. `since` is the moment from which it is the one people are shown."""

    id: UUID
    notice: str
    number: int
    sha256: str
    since: datetime
    covers: Mapping[str, str]
    anew: bool  # tells of a purpose that the one before did not, or something else of it


def _load() -> Mapping[str, Sequence[Told]]:
    found: dict[str, list[Told]] = {}
    rows = NoticeVersion.objects.filter(approved_at__isnull=False, language=MAIN_LANGUAGE).defer(
        "text", "template"
    )
    for row in rows.order_by("notice_id", "number"):
        earlier = found.setdefault(row.notice_id, [])
        before = earlier[-1].covers if earlier else None
        begins = datetime.combine(row.effective_on, time(), ZONE)
        anew = before is not None and any(before.get(key) != digest for key, digest in row.covers.items())
        approved = row.approved_at or begins
        earlier.append(
            Told(row.id, row.notice_id, row.number, row.sha256, max(approved, begins), row.covers, anew)
        )
    return found


_told: Cached[Mapping[str, Sequence[Told]]] = Cached(_load, "noticeversion")


def begun(now: datetime | None = None) -> Mapping[str, Sequence[Told]]:
    """By notice, the approved versions that have begun, in the order of their numbers; from the process's cache."""
    moment = now or clock.now()
    started = {key: [row for row in rows if row.since <= moment] for key, rows in _told.get().items()}
    return {key: rows for key, rows in started.items() if rows}


def to_tell(now: datetime | None = None) -> list[Told]:
    """The versions of which existing customers are to be told again, the latest first."""
    found = [row for rows in begun(now).values() for row in rows if row.anew]
    return sorted(found, key=lambda row: row.since, reverse=True)


@dataclass(frozen=True, slots=True)
class Line:
    """Something that is said of a purpose under one heading of the notice."""

    heading: str
    text: str


@dataclass(frozen=True, slots=True)
class Change:
    """What became of one purpose: `what` is added, changed or ended; the lines are those that are not in both texts."""

    purpose: str
    name: str
    what: str
    before: Sequence[Line]
    after: Sequence[Line]


def between(older: NoticeVersion | None, newer: NoticeVersion) -> list[Change]:
    """What people who know `older` have to read in `newer`; both in one language."""
    before, after = (older.covers if older else {}), newer.covers
    keys = [key for key in after if before.get(key) != after[key]] + [
        key for key in before if key not in after
    ]
    rows = {row.key: row for row in Purpose.objects.filter(key__in=keys)}
    found = []
    for key in keys:
        row = rows.get(key)
        name = key if row is None else _named(row, newer.language)
        mine, theirs = _said_of(newer, name), _said_of(older, name) if older else []
        what = "ended" if key not in after else "changed" if key in before else "added"
        gone = [] if what == "added" else [line for line in theirs if line not in mine]
        come = [line for line in mine if line not in theirs] if what == "changed" else mine
        found.append(Change(key, name, what, gone, [] if what == "ended" else come))
    return sorted(found, key=lambda one: ("added", "changed", "ended").index(one.what))


def _named(row: Purpose, language: str) -> str:
    return row.name_en if language == NoticeVersion.Language.EN and row.name_en else row.name_zh


def _said_of(version: NoticeVersion, name: str) -> list[Line]:
    """What the lists of a notice say of the purpose of that name, each line under its heading."""
    found: list[Line] = []
    heading = ""
    begins = f"· {name}: " if version.language == NoticeVersion.Language.EN else f"· {name}："
    for line in version.text.splitlines():
        if line.startswith(begins):
            found.append(Line(heading, line.removeprefix(begins).strip()))
        elif not line.strip():
            heading = ""
        elif not line.startswith("· "):
            heading = heading or line.strip()
    return found


def version(version_id: UUID) -> NoticeVersion | None:
    """One approved version with its text."""
    return (
        NoticeVersion.objects.select_related("notice")
        .filter(id=version_id, approved_at__isnull=False)
        .first()
    )


def spoken(main: NoticeVersion, language: str) -> NoticeVersion:
    """The same version in `language`, in the main language where there is no translation of it."""
    if not language.startswith("en"):
        return main
    english = NoticeVersion.objects.select_related("notice").filter(
        notice=main.notice_id,
        number=main.number,
        language=NoticeVersion.Language.EN,
        approved_at__isnull=False,
    )
    return english.first() or main


def in_force(notice: str, language: str, now: datetime | None = None) -> NoticeVersion | None:
    """What people are shown of a notice now."""
    rows = begun(now).get(notice)
    main = version(rows[-1].id) if rows else None
    return spoken(main, language) if main else None
