"""How many rows of customers a person sees in lists a day, and who may see trade secrets of many at once."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from shouxin.core.policy import Actor, ActorKind, refuse
from shouxin.core.policy.refusals import Refusal
from shouxin.core.text import Text
from shouxin.kit.registry import Registry
from shouxin.kit.statements import execute
from shouxin.people.leaving.queries import departing
from shouxin.people.thresholds.queries import value
from shouxin.people.thresholds.rules import Threshold, declare

# Product defaults, shown as such.
LIST_ROWS = 2000  # masked rows of lists and searches per person and day
DEPARTING_ROWS = 100  # the same from the moment a departure is announced
SECRET_ROWS = 200  # rows with trade-secret fields per named person and day
BULK = 20  # more rows with trade-secret fields than this at once need a name in the register
ALWAYS = 3  # a search that found so few is how one customer is met; it is counted, never refused
ZONE = ZoneInfo("Asia/Shanghai")

LISTS = declare(
    Threshold(
        "list-rows",
        Text("每人每天的列表行数", "Rows of lists per person and day"),
        Text(
            "列表和查找里显示的脱敏客户，超过即停，次日恢复；按完整号码或姓名查找一位客户不受限。",
            "Masked customers shown in lists and searches; beyond it they stop until the next day. Searching one "
            "customer by number or name is not limited.",
        ),
        "rows",
        default=LIST_ROWS,
        least=100,
        most=10_000,
    )
)
DEPARTING = declare(
    Threshold(
        "departing-rows",
        Text("预告离职后每天的列表行数", "Rows of lists a day once a departure is announced"),
        Text("从登记预告离职的那一刻起。", "From the moment the departure is announced."),
        "rows",
        default=DEPARTING_ROWS,
        least=10,
        most=500,
    )
)

# The register of names, on a higher floor: how many rows with trade-secret fields `actor` may see a day; 0 is none.
named: Registry[Callable[[Actor, datetime], int]] = Registry("readers of trade secrets")

# Two pages at once meet at this row: the second waits, then finds what the first has left. Somebody with two log-ins
# has one day, counted under the first of them.
_TAKE = """
    INSERT INTO gate_row_use AS u (staff_id, day, rows, secret_rows)
    SELECT s.id, %(day)b, %(rows)b::int4, %(secret)b::int4 FROM people_staff s JOIN people_staff me USING (person)
    WHERE me.id = %(staff)b AND %(rows)b::int4 <= %(most)b::int4 AND %(secret)b::int4 <= %(secret_most)b::int4
    ORDER BY s.id LIMIT 1
    ON CONFLICT (staff_id, day) DO UPDATE
    SET rows = u.rows + EXCLUDED.rows, secret_rows = u.secret_rows + EXCLUDED.secret_rows
    WHERE u.rows + EXCLUDED.rows <= %(most)b::int4 AND u.secret_rows + EXCLUDED.secret_rows <= %(secret_most)b::int4
    RETURNING u.rows
"""
_USED = """
    SELECT u.rows, u.secret_rows FROM gate_row_use u JOIN people_staff s ON s.id = u.staff_id
    JOIN people_staff me USING (person) WHERE me.id = %(staff)b AND u.day = %(day)b ORDER BY u.staff_id LIMIT 1
"""
_UNLIMITED = 2**30


@dataclass(frozen=True, slots=True)
class Used:
    """What somebody has seen in lists today, and their limits."""

    rows: int
    most: int
    secret_rows: int
    secret_most: int


def day_of(now: datetime) -> date:
    """The calendar day a row counts for."""
    return now.astimezone(ZONE).date()


def secret_rows(actor: Actor, now: datetime) -> int:
    """How many rows with trade-secret fields `actor` may see a day; 0 without a name in the register."""
    return max((limit(actor, now) for limit in named.values()), default=0)


def list_rows(actor: Actor) -> int:
    """How many rows of lists `actor` may see a day."""
    return value(DEPARTING if departing(actor.id) else LISTS)


def take(*, actor: Actor, rows: int, secret: int, few_are_free: bool, now: datetime) -> Refusal | None:
    """Count rows before they are shown, within the caller's transaction; a refusal when too few are left.

    `secret` of them show trade-secret fields. Programs have limits of their own and are not counted here.
    """
    if actor.kind is not ActorKind.STAFF or rows + secret < 1:
        return None
    secret_most = secret_rows(actor, now) if secret else 0
    if secret > BULK and not secret_most:
        return refuse("secret.not-named", "plain_list", "ask_head")
    most = _UNLIMITED if few_are_free and rows <= ALWAYS else list_rows(actor)
    asked: dict[str, Any] = {
        "staff": actor.id,
        "day": day_of(now),
        "rows": rows,
        "secret": secret if secret_most else 0,
        "most": most,
        "secret_most": secret_most if secret and secret_most else _UNLIMITED,
    }
    if execute(_TAKE, asked):
        return None
    used = used_today(actor.id, now)
    if used[0] + rows <= most:
        return refuse("secret.daily-limit", "plain_list", "tomorrow", limit=secret_most)
    return refuse("rows.daily-limit", "search_one", "tomorrow", "ask_head", limit=most)


def used_today(staff: UUID, now: datetime) -> tuple[int, int]:
    """(rows, rows with trade secrets) that somebody has seen in lists today."""
    found = execute(_USED, {"staff": staff, "day": day_of(now)})
    return (found[0][0], found[0][1]) if found else (0, 0)


def usage(actor: Actor, now: datetime) -> Used:
    """What `actor` has used today and may use, for their own screen."""
    rows, secret = used_today(actor.id, now)
    return Used(rows, list_rows(actor), secret, secret_rows(actor, now))
