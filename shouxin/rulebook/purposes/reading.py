"""Purposes with what belongs to them, as every step of a change and every notice reads them: a statement for all rows
of a kind, each prepared once."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from shouxin.kit.instances import Columns, apart, fetched, put
from shouxin.kit.statements import execute
from shouxin.rulebook.catalogue.models import Field, LegalBasis, RetentionRule
from shouxin.rulebook.purposes.models import Notice, NoticeVersion, Purpose, PurposeField
from shouxin.rulebook.recipients.models import Recipient

_PURPOSE = Columns(Purpose, "p", without=("pack_row",))
_BASIS = Columns(LegalBasis, "b", without=("pack_row",))
_RULE = Columns(RetentionRule, "r", without=("pack_row",))
_NEED = Columns(PurposeField, "n")
_FIELD = Columns(Field, "f", without=("pack_row",))
_NAMED = Columns(Recipient, "c")
_NOTICE = Columns(Notice, "n", without=("pack_row",))
_VERSION = Columns(NoticeVersion, "v")
_PURPOSES = f"""
SELECT {_PURPOSE.text}, {_RULE.text}, {_BASIS.text} FROM rulebook_purpose p
JOIN rulebook_retentionrule r ON r.code = p.retention_rule_id LEFT JOIN rulebook_legalbasis b ON b.code = p.basis_id
"""  # noqa: S608 - columns of models
_LOCKED = _PURPOSES + "WHERE p.key = %b FOR UPDATE OF p"
_ONE = _PURPOSES + "WHERE p.key = %b"
_STANDING = _PURPOSES + "WHERE p.notice_id = %b AND p.status <> 'retired' ORDER BY p.key"
_NEEDS = f"""
SELECT {_NEED.text}, {_FIELD.text}, {_RULE.text} FROM rulebook_purposefield n
JOIN rulebook_field f ON f.key = n.field_id
JOIN rulebook_retentionrule r ON r.code = f.retention_rule_id
WHERE n.purpose_id = ANY(%b::text[]) ORDER BY n.field_id
"""  # noqa: S608 - columns of models
_COMPANIES = f"""
SELECT x.purpose_id, {_NAMED.text} FROM rulebook_purpose_recipient x JOIN rulebook_recipient c ON c.id = x.recipient_id
WHERE x.purpose_id = ANY(%b::text[]) ORDER BY c.id
"""  # noqa: S608 - columns of models
_HELD = _COMPANIES + "FOR UPDATE OF c"
_LOCKED_NOTICE = f"SELECT {_NOTICE.text} FROM rulebook_notice n WHERE n.key = %b FOR UPDATE"  # noqa: S608
_A_VERSION = f"""
SELECT {_VERSION.text}, {_NOTICE.text} FROM rulebook_noticeversion v JOIN rulebook_notice n ON n.key = v.notice_id
WHERE v.id = %b
"""  # noqa: S608 - columns of models
_LOCKED_VERSION = _A_VERSION + "FOR UPDATE OF v"
_DEPARTMENTS = "SELECT department_id FROM rulebook_purpose_department WHERE purpose_id = %b"


def locked(key: str) -> Purpose | None:
    """A purpose that nobody else changes until the caller's transaction is over, with its basis and period."""
    return next((_made(row) for row in execute(_LOCKED, (key,))), None)


def found(key: str) -> Purpose:
    """A purpose as it stands, with its basis and period.

    Raises:
        Purpose.DoesNotExist: there is none.
    """
    for row in execute(_ONE, (key,)):
        return _made(row)
    raise Purpose.DoesNotExist


def standing(notice: str) -> list[Purpose]:
    """The purposes that rest on a notice and may come into use or are in it, with all that is told of them."""
    found = [_made(row) for row in execute(_STANDING, (notice,))]
    load(found)
    return found


def _made(row: tuple[Any, ...]) -> Purpose:
    purpose: Purpose
    purpose, purpose.retention_rule, purpose.basis = apart(row, _PURPOSE, _RULE, _BASIS)
    return purpose


def load(purposes: Sequence[Purpose], *, hold: bool = False) -> None:
    """Let each have its table of fields, each with its period, by key, and the companies it names.

    With `hold` these are locked: none is retired or rewritten until the caller's transaction is over.
    """
    if waiting := [one for one in purposes if hold or not fetched(one, "named")]:
        companies: dict[str, list[Recipient]] = defaultdict(list)
        for key, *cells in execute(_HELD if hold else _COMPANIES, ([one.key for one in waiting],)):
            companies[key].append(_NAMED.made(cells))
        for one in waiting:
            put(one, "named", companies[one.key])
    if waiting := [one for one in purposes if not fetched(one, "needs")]:
        needs: dict[str, list[PurposeField]] = defaultdict(list)
        for row in execute(_NEEDS, ([one.key for one in waiting],)):
            need = _need(row)
            needs[need.purpose_id].append(need)
        for one in waiting:
            put(one, "needs", needs[one.key])


def _need(row: tuple[Any, ...]) -> PurposeField:
    need: PurposeField
    need, need.field, need.field.retention_rule = apart(row, _NEED, _FIELD, _RULE)
    return need


def departments(key: str) -> list[str]:
    """Those a purpose is for."""
    return sorted(str(department) for (department,) in execute(_DEPARTMENTS, (key,)))


def locked_notice(key: str) -> Notice | None:
    """A notice of which nobody else counts the versions meanwhile."""
    return next((_NOTICE.made(row) for row in execute(_LOCKED_NOTICE, (key,))), None)


def version(version: UUID) -> NoticeVersion:
    """A version of a notice.

    Raises:
        NoticeVersion.DoesNotExist: there is none.
    """
    for row in execute(_A_VERSION, (version,)):
        return _version(row)
    raise NoticeVersion.DoesNotExist


def locked_version(version: UUID) -> NoticeVersion | None:
    """A version that nobody else approves meanwhile, with its notice."""
    return next((_version(row) for row in execute(_LOCKED_VERSION, (version,))), None)


def _version(row: tuple[Any, ...]) -> NoticeVersion:
    found: NoticeVersion
    found, found.notice = apart(row, _VERSION, _NOTICE)
    return found
