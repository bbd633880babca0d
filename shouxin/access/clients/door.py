"""The door of programs: who holds this token, may it come in from there and now, how often has it come."""

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Any, NamedTuple
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, connection, transaction

from shouxin.access.clients import rules
from shouxin.access.clients.models import ClientReceipt, TurnedAway
from shouxin.core.policy import Actor, ActorKind, Permission, service_actor
from shouxin.core.text import Text
from shouxin.gate.facts import rules as rulebooks
from shouxin.journal import services as journal
from shouxin.kit import bounded
from shouxin.kit.problems import FieldError, Problem
from shouxin.kit.programs import AlreadyKept
from shouxin.kit.sources import source_of
from shouxin.kit.statements import execute
from shouxin.people.guarding import services as guarding
from shouxin.people.tree import subtree

DOOR = service_actor("api-door")
P = Permission
READING = frozenset({P.CUSTOMERS_PROFILE_READ, P.CUSTOMERS_PROFILE_SEARCH})
WRITING = frozenset({P.CUSTOMERS_PROFILE_CREATE, P.CUSTOMERS_PROFILE_EDIT})
FILING = frozenset({P.RIGHTS_CASE_FILE})  # of programs bound to the purpose of individual rights
NOBODY = bytes(32)
LONGEST_KEY = 200
TREES = 256  # kept
# A token that was good once and is still sent by a forgotten program is no attack.
GUESSES = frozenset({TurnedAway.Cause.SECRET, TurnedAway.Cause.ADDRESS})

# Finding the client and counting it in is one statement. It is counted only when everything about its token is right,
# which is judged once more below, where the digests are compared in constant time. The count is one row a client and
# day, locked for this statement only, whatever the number of worker processes. A clock that lags behind by a moment
# at the turn of a minute counts into the newer one. When and whence a token was last used is as good as five seconds.
#
# Customers that the request names are counted with it: all of them, if so many are left today, or none (then, or if two
# first requests of a day meet, `take_rows` counts them, or refuses). Which rules are in force is told as well.
#
# The statement does not wait for the disk. Whatever a program is told is journalled after it, by a commit that waits,
# and what was committed before is on the disk by then: a crash loses no count of anything that somebody saw.
_COME_IN = """
WITH c AS (
    SELECT c.id, c.pseudonym, t.digest, c.state, c.starts_at, c.ends_at, c.addresses, c.per_minute, c.daily_rows,
           cardinality(c.readable) > 0 AS reads, cardinality(c.writable) > 0 AS writes,
           %(files)s::text = ANY (c.purposes) AS files, c.department_id,
           o.is_active AND o.suspended_at IS NULL AS is_active,
           t.until, t.id AS token, EXISTS (
               SELECT 1 FROM people_guarded_source g
               WHERE g.kind = 'token' AND g.source = %(source)s AND g.until > %(now)s
           ) AS closed
    FROM access_client_token t JOIN access_api_client c ON c.id = t.client_id
         JOIN people_staff o ON o.id = c.owner_id WHERE t.prefix = %(prefix)s
), below AS (
    WITH RECURSIVE tree (id) AS (
        SELECT department_id FROM c UNION SELECT d.id FROM people_department d JOIN tree t ON d.parent_id = t.id
    ) SELECT id FROM tree
), earlier AS (
    SELECT e.rows FROM c JOIN access_client_use e ON e.client_id = c.id AND e.day = %(day)s::date
    WHERE c.digest = %(digest)s FOR UPDATE OF e
), u AS (
    INSERT INTO access_client_use AS u (client_id, day, minute, requests, rows, last_at)
    SELECT c.id, %(day)s, %(minute)s, 1, CASE WHEN %(rows)s <= c.daily_rows THEN %(rows)s ELSE 0 END, %(now)s
    FROM c LEFT JOIN earlier ON true
    WHERE set_config('synchronous_commit', 'off', true) = 'off'
      AND c.digest = %(digest)s AND c.state = 'approved' AND c.starts_at <= %(now)s AND c.ends_at > %(now)s
      AND (c.until IS NULL OR c.until > %(now)s) AND NOT c.closed AND c.is_active
      AND %(address)s::inet <<= ANY (c.addresses::cidr[])
    ON CONFLICT (client_id, day) DO UPDATE SET
        requests = CASE WHEN EXCLUDED.minute > u.minute THEN 1 ELSE u.requests + 1 END,
        minute = GREATEST(u.minute, EXCLUDED.minute), last_at = GREATEST(u.last_at, EXCLUDED.last_at),
        rows = u.rows + (
            SELECT CASE WHEN u.rows + %(rows)s <= c.daily_rows
                         AND (EXCLUDED.minute > u.minute OR u.requests < c.per_minute) THEN %(rows)s ELSE 0 END FROM c
        )
    RETURNING requests, rows
), used AS (
    UPDATE access_client_token t SET last_at = %(now)s, last_address = host(%(address)s::inet) FROM c, u
    WHERE t.id = c.token
      AND (t.last_at IS NULL OR t.last_at < %(now)s - interval '5 seconds' OR t.last_address <> host(%(address)s::inet))
)
SELECT c.*, ARRAY(SELECT id FROM below), (SELECT requests FROM u),
       (SELECT rows FROM u) = COALESCE((SELECT rows FROM earlier), 0) + %(rows)s, ({revision}) FROM c
"""

# The same in its plainest case, which nearly every request is: the client has come before today, everything is right,
# all its customers fit, and its last use is noted already. One row is updated and nothing else. It gives a row only
# then; otherwise nothing was done, and the statement above finds out what is the matter. The token comes first, since
# with few clients the planner would look at all of them.
_COME_AGAIN = """
WITH c AS MATERIALIZED (
    SELECT c.id, c.pseudonym, t.digest, c.state, c.starts_at, c.ends_at, c.addresses, c.per_minute, c.daily_rows,
           cardinality(c.readable) > 0 AS reads, cardinality(c.writable) > 0 AS writes,
           %(files)s::text = ANY (c.purposes) AS files, c.department_id, t.until, t.id AS token,
           t.last_at, t.last_address
    FROM access_client_token t JOIN access_api_client c ON c.id = t.client_id
         JOIN people_staff o ON o.id = c.owner_id WHERE t.prefix = %(prefix)s AND o.is_active AND o.suspended_at IS NULL
)
UPDATE access_client_use u SET
    requests = CASE WHEN %(minute)s > u.minute THEN 1 ELSE u.requests + 1 END,
    minute = GREATEST(u.minute, %(minute)s), last_at = GREATEST(u.last_at, %(now)s), rows = u.rows + %(rows)s
FROM c
WHERE set_config('synchronous_commit', 'off', true) = 'off'
  AND c.digest = %(digest)s AND (c.until IS NULL OR c.until > %(now)s)
  AND c.last_at >= %(now)s - interval '5 seconds' AND c.last_address = host(%(address)s::inet)
  AND c.state = 'approved' AND c.starts_at <= %(now)s AND c.ends_at > %(now)s
  AND %(address)s::inet <<= ANY (c.addresses::cidr[])
  AND NOT EXISTS (
      SELECT 1 FROM people_guarded_source g WHERE g.kind = 'token' AND g.source = %(source)s AND g.until > %(now)s
  )
  AND u.client_id = c.id AND u.day = %(day)s::date AND u.rows + %(rows)s <= c.daily_rows
  AND (%(minute)s > u.minute OR u.requests < c.per_minute)
RETURNING c.id, c.pseudonym, c.digest, c.state, c.starts_at, c.ends_at, c.addresses, c.per_minute, c.daily_rows,
          c.reads, c.writes, c.files, c.department_id, true, c.until, c.token, false, NULL::uuid[], u.requests, true,
          ({revision})
"""

_TAKE_ROWS = """
INSERT INTO access_client_use AS u (client_id, day, minute, requests, rows, last_at)
VALUES (%(client)s, %(day)s, %(minute)s, 0, %(rows)s, %(now)s)
ON CONFLICT (client_id, day) DO UPDATE SET rows = u.rows + EXCLUDED.rows
WHERE u.rows + EXCLUDED.rows <= %(most)s RETURNING u.rows
"""

_TURN_AWAY = """
INSERT INTO access_client_turned_away AS t (client_id, cause, minute, count, last_at)
VALUES (%s, %s, %s, 1, %s)
ON CONFLICT (client_id, cause, minute) DO UPDATE SET count = t.count + 1, last_at = EXCLUDED.last_at
RETURNING count
"""


class _Found(NamedTuple):
    """What the statement above answers."""

    id: UUID
    pseudonym: UUID
    digest: bytes | None
    state: str
    starts_at: datetime
    ends_at: datetime
    addresses: list[str]
    per_minute: int
    daily_rows: int
    reads: bool
    writes: bool
    files: bool
    department: UUID
    owner_active: bool
    until: datetime | None
    token: UUID
    closed: bool
    departments: list[UUID] | None  # None: as they were when these rules came into force
    requests: int | None
    counted: bool | None  # the customers that the request names
    revision: Any  # of the rules in force


@lru_cache(maxsize=4)
def _about(statement: str, revision: str) -> str:
    return statement.replace("{revision}", revision)


# The departments below one, with the token of the rules under which they were read: the tree of departments changes it,
# too. What is kept was read with the token or after it, so it is never older than the token says.
_trees: dict[UUID, tuple[Any, frozenset[UUID]]] = {}


def _departments(found: _Found) -> frozenset[UUID]:
    known = _trees.get(found.department)
    if found.departments is None and known is not None and known[0] == found.revision is not None:
        return known[1]
    below = subtree(found.department) if found.departments is None else frozenset(found.departments)
    bounded.keep(_trees, found.department, (found.revision, below), TREES)
    return below


@dataclass(slots=True)
class Caller:
    """A program that came in. `counted` customers were counted at the door."""

    id: UUID
    actor: Actor
    daily_rows: int
    revision: Any = None
    counted: int = 0

    def take_rows(self, rows: int, now: datetime) -> None:
        """Count customers before they are read or written, so that never more are handed out than counted.

        Raises:
            Problem: 429, the daily number is used up.
        """
        counted, self.counted = self.counted, 0
        if rows <= counted:
            return
        values: dict[str, Any] = {
            "client": self.id,
            "day": rules.day_of(now),
            "minute": rules.minute_of(now),
            "rows": rows,
            "now": now,
            "most": self.daily_rows,
        }
        if rows <= self.daily_rows and execute(_TAKE_ROWS, values):
            return
        raise Problem(
            429,
            "limit.daily-rows",
            Text("此客户端今天的行数不够了。", "This client has not enough rows left today."),
            retry_after=rules.until_midnight(now),
            extra={"limit": self.daily_rows},
        )


@lru_cache(maxsize=4)
def _derived(secret: str, what: bytes) -> bytes:
    return hashlib.sha256(b"shouxin-api-" + what + secret.encode()).digest()


def token_key() -> bytes:
    """The key of token digests; it lies outside the database, with the installation's secret."""
    return _derived(settings.SECRET_KEY, b"token")


def unauthorised() -> Problem:
    """One answer for every token that does not open: nobody learns which exist, or why one fails."""
    return Problem(
        401,
        "token.invalid",
        Text(
            "令牌缺失、无效、已过期，或不能从此处使用。",
            "The token is missing, unknown, out of its dates, or not to be used from here.",
        ),
        ways=[
            (
                "present_token",
                Text(
                    "用“Authorization: Bearer …”出示令牌；部门负责人在“接口客户端”页可见原因。",
                    "Present it as “Authorization: Bearer …”; the department head sees the cause on the client's page.",
                ),
            )
        ],
    )


def come_in(*, token: str, address: str, now: datetime, rows: int = 0) -> Caller:
    """The program behind `token`, counted as come in, and with it `rows` customers that it names.

    Raises:
        Problem: 401 whatever is the matter with the token; 429 when it came too often this minute.
    """
    presented, source = rules.digest(token_key(), token), rules.address_of(address)
    asked = {
        "prefix": rules.prefix_of(token) or "",
        "digest": presented,
        "address": source,
        "source": source_of(address),
        "day": rules.day_of(now),
        "minute": rules.minute_of(now),
        "now": now,
        "files": rules.RIGHTS,
        "rows": rows,
    }
    # Prepared once a connection: planning takes longer than answering.
    revision = rulebooks["rulebook"].revision
    answers = execute(_about(_COME_AGAIN, revision), asked) or execute(_about(_COME_IN, revision), asked)
    found = _Found(*answers[0]) if answers else None
    right = hmac.compare_digest(bytes(found.digest) if found and found.digest else NOBODY, presented)
    if found is None or found.closed:
        guarding.token_failed(address=address, client=None, now=now)
        raise unauthorised()
    cause = _cause(found, right=right, address=source, now=now)
    if cause:
        _turn_away(found.id, found.pseudonym, cause, now)
        if cause in GUESSES:
            guarding.token_failed(address=address, client=found.id, now=now)
        if cause is TurnedAway.Cause.ADDRESS:
            guarding.token_elsewhere(client=found.id, address=address, now=now)
        raise unauthorised()
    _check_rate(found, now)
    counted = rows if found.counted else 0
    return Caller(found.id, _actor(found), found.daily_rows, found.revision, counted)


def _cause(found: _Found, *, right: bool, address: str | None, now: datetime) -> TurnedAway.Cause | None:
    if found.state != "approved":
        return TurnedAway.Cause.STATE
    if found.digest is None or (right and found.until is not None and found.until <= now):
        return TurnedAway.Cause.ROTATED
    if not right:
        return TurnedAway.Cause.SECRET
    if not found.owner_active:
        return TurnedAway.Cause.OWNER
    if not found.starts_at <= now < found.ends_at:
        return TurnedAway.Cause.DATES
    counted_in = (
        found.requests is not None and address is not None and rules.comes_from(address, found.addresses)
    )
    return None if counted_in else TurnedAway.Cause.ADDRESS


def _actor(found: _Found) -> Actor:
    return Actor(
        id=found.id,
        kind=ActorKind.CLIENT,
        pseudonym=found.pseudonym,
        permissions=(READING if found.reads else frozenset())
        | (WRITING if found.writes else frozenset())
        | (FILING if found.files else frozenset()),
        department_id=found.department,
        department_ids=_departments(found),
    )


def _turn_away(client: UUID, pseudonym: UUID, cause: TurnedAway.Cause, now: datetime) -> None:
    """Kept for the owner to see; the journal takes one entry a minute and cause, so that nobody can flood it."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(_TURN_AWAY, [client, cause.value, rules.minute_of(now), now])
            (count,) = cursor.fetchone() or (0,)
        if count == 1:
            journal.append(
                actor=DOOR,
                event="api_client.turned_away",
                data={"client": str(pseudonym), "door_cause": cause.value},
            )


def _check_rate(found: _Found, now: datetime) -> None:
    requests = found.requests or 0
    if requests <= found.per_minute:
        return
    if requests == found.per_minute + 1:
        with transaction.atomic():
            journal.append(
                actor=_actor(found),
                event="api_client.slowed",
                data={"limit": found.per_minute, "client": str(found.pseudonym)},
            )
    raise Problem(
        429,
        "limit.requests",
        Text("请求过于频繁。", "Too many requests."),
        retry_after=max(1, int((rules.minute_of(now) + 1) * 60 - now.timestamp())),
        extra={"limit": found.per_minute},
    )


@dataclass(slots=True)
class Receipts:
    """The answers kept for a client under one Idempotency-Key."""

    client: UUID
    key: str
    now: datetime
    digest: str = field(init=False)

    def __post_init__(self) -> None:
        if len(self.key) > LONGEST_KEY or not self.key.isprintable():
            raise Problem(
                422,
                "request.invalid",
                Text("Idempotency-Key 不可用。", "The Idempotency-Key cannot be used."),
                errors=[
                    FieldError(
                        "Idempotency-Key",
                        "header.invalid",
                        Text(
                            f"最多 {LONGEST_KEY} 个可打印字符。",
                            f"At most {LONGEST_KEY} printable characters.",
                        ),
                    )
                ],
            )
        self.digest = self._keyed(self.key) if self.key else ""

    def recall(self, content: str) -> Mapping[str, Any] | None:
        """See kit.programs.Receipts."""
        if not self.key:
            return None
        found = ClientReceipt.objects.filter(client_id=self.client, key_digest=self.digest).first()
        if found is None:
            return None
        if found.content_digest != self._keyed(content):
            raise Problem(
                422,
                "idempotency.reused",
                Text(
                    "此 Idempotency-Key 已用于另一请求。",
                    "This Idempotency-Key was used for another request.",
                ),
                ways=[("new_key", Text("换一个新的键。", "Use a new key."))],
            )
        answer: Mapping[str, Any] = found.answer
        return answer

    def keep(self, content: str, answer: Mapping[str, Any]) -> None:
        """See kit.programs.Receipts."""
        if not self.key:
            return
        try:
            with transaction.atomic():
                ClientReceipt.objects.create(
                    client_id=self.client,
                    key_digest=self.digest,
                    content_digest=self._keyed(content),
                    answer=dict(answer),
                    at=self.now,
                )
        except IntegrityError as problem:
            raise AlreadyKept from problem

    def _keyed(self, text: str) -> str:
        key = _derived(settings.SECRET_KEY, b"receipt")
        return hmac.new(key, text.encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()
