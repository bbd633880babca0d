"""Protection of public forms without anybody else's service.

A page with such a form calls `offer` and has `{% guard offer %}` inside of it; whoever takes what was sent
calls `admit` first, outside of a transaction, so that what is counted stays counted. Addresses are kept as
keyed digests of one day and logged nowhere.
"""

import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction

from shouxin.core.text import Text
from shouxin.kit import sources, statements
from shouxin.kit.bots import rules
from shouxin.kit.bots.models import BotCount, BotTally, SpentToken
from shouxin.kit.bots.problems import Turned
from shouxin.kit.bots.rules import Limits, Token

TOKEN, SOLUTION, ANSWER, EMPTY = "form_token", "form_work", "form_answer", "form_company_url"
FIELDS = frozenset({TOKEN, SOLUTION, ANSWER, EMPTY})
KEPT = timedelta(days=92)
EVERYBODY = b""
PASSED = "passed"
STANDARD = Limits()


@dataclass(frozen=True, slots=True)
class Offer:
    """What a form carries: its token, the work for the script, the question for people without one."""

    token: str
    challenge: str
    bits: int
    wait: int  # seconds that have to pass before it is sent
    question: Text
    names: Mapping[str, str]


def offer(*, form: str, now: datetime) -> Offer:
    """A token for one showing of the form `form`; the more was sent lately, the harder its work."""
    if not rules.FORM.fullmatch(form):
        raise ValueError(form)
    nonce, asked = rules.new_nonce(), rules.new_sum()
    bits = rules.bits_for(_lately(form, EVERYBODY, now))
    key = _key()
    token = Token(form, now, bits, nonce, rules.answer_digest(nonce, asked.answer, key))
    names = {"token": TOKEN, "solution": SOLUTION, "answer": ANSWER, "empty": EMPTY}
    wait = int(rules.LEAST.total_seconds())
    return Offer(rules.written(token, key), rules.plain(nonce), bits, wait, asked.text, names)


def admit(
    *, form: str, sent: Mapping[str, str], address: str, now: datetime, limits: Limits = STANDARD
) -> None:
    """Whether what was sent to `form` may be looked at; a token counts as used from here on, whatever follows.

    Raises:
        Turned: it may not; a new `offer` goes with the answer.
    """
    with transaction.atomic():  # what is counted must stay, so nothing is raised inside
        found = _look(form, sent, address, now, limits)
        _tally(form, found or PASSED, now)
    if found:
        raise Turned(found)


def blame(*, form: str, address: str, outcome: str, weight: int, now: datetime) -> None:
    """What was sent turned out to be made by a program or against the form: it weighs on its source."""
    with transaction.atomic():
        _count(form, _source(address, now), weight, now)
        _tally(form, outcome, now)


def look_on(*, form: str, address: str, most: int, now: datetime) -> None:
    """A page or description was asked for: nobody is shown it more often than `most` in ten minutes.

    Raises:
        Turned: asked for too often from there.
    """
    with transaction.atomic():
        seen = _count(f"{form[:60]}:see", _source(address, now), 1, now)
    if seen > most:
        raise Turned("bots.source")


def source_id(address: str, now: datetime) -> UUID:
    """The source as it may be kept beside a count: a keyed digest, another one every day."""
    return UUID(bytes=_source(address, now))


def tidy(*, now: datetime) -> int:
    """Forget used tokens that are over, and old counts; how many rows went."""
    with transaction.atomic():
        count = SpentToken.objects.filter(expires_at__lte=now).delete()[0]
        count += BotCount.objects.filter(window_at__lt=now - 3 * rules.WINDOW).delete()[0]
        count += BotTally.objects.filter(day__lt=(now - KEPT).date()).delete()[0]
    return count


def _look(form: str, sent: Mapping[str, str], address: str, now: datetime, limits: Limits) -> str:
    """The code of what is the matter; empty when nothing is."""
    source = _source(address, now)
    if _count(form, source, 1, now) > limits.of_source:
        return "bots.source"
    if _count(form, EVERYBODY, 1, now) > limits.of_form:
        return "bots.busy"
    try:
        token = rules.read(sent.get(TOKEN, ""), _key())
    except rules.BadToken:
        return "bots.token"
    if token.form != form or token.at > now:
        return "bots.token"
    if now - token.at > rules.MOST:
        return "bots.expired"
    if not _spend(token):
        return "bots.replayed"
    if now - token.at < rules.LEAST:
        return "bots.fast"
    if sent.get(EMPTY):
        return "bots.honeypot"
    if rules.is_work(token.nonce, token.bits, sent.get(SOLUTION, "")):
        return ""
    return _answered(form, token, sent.get(ANSWER, ""), source, now, limits)


def _answered(form: str, token: Token, typed: str, source: bytes, now: datetime, limits: Limits) -> str:
    """The way of those without scripts: programs could answer too, so fewer are taken this way."""
    if not typed.strip():
        return "bots.work"
    by_answer = f"{form[:60]}:ask"
    if _count(by_answer, source, 1, now) > limits.answered_of_source:
        return "bots.source"
    if _count(by_answer, EVERYBODY, 1, now) > limits.answered_of_form:
        return "bots.busy"
    given = rules.answer_digest(token.nonce, rules.tidied(typed), _key())
    return "" if hmac.compare_digest(given, token.answer) else "bots.answer"


def _spend(token: Token) -> bool:
    """Take the token; of two that come at once the database lets one through."""
    row = "INSERT INTO kit_bot_spent (nonce, expires_at) VALUES (%s, %s) ON CONFLICT DO NOTHING RETURNING 1"
    return bool(statements.execute(row, (token.nonce, token.at + rules.MOST + rules.WINDOW)))


_ADD = """
INSERT INTO kit_bot_count (form, source, window_at, count) VALUES (%(form)s, %(source)s, %(window)s, %(weight)s)
ON CONFLICT (form, source, window_at) DO UPDATE SET count = kit_bot_count.count + EXCLUDED.count
RETURNING count, COALESCE((SELECT b.count FROM kit_bot_count b
    WHERE b.form = %(form)s AND b.source = %(source)s AND b.window_at = %(before)s), 0)
"""


def _count(form: str, source: bytes, weight: int, now: datetime) -> int:
    window = rules.window_of(now)
    wanted = {
        "form": form,
        "source": source,
        "window": window,
        "before": window - rules.WINDOW,
        "weight": weight,
    }
    ((current, before),) = statements.execute(_ADD, wanted)
    return rules.weighed(current, before, now)


def _lately(form: str, source: bytes, now: datetime) -> int:
    window = rules.window_of(now)
    found = BotCount.objects.filter(form=form, source=source, window_at__in=[window, window - rules.WINDOW])
    counts = dict(found.values_list("window_at", "count"))
    return rules.weighed(counts.get(window, 0), counts.get(window - rules.WINDOW, 0), now)


_TALLY = """
INSERT INTO kit_bot_tally (form, day, outcome, count) VALUES (%s, %s, %s, 1)
ON CONFLICT (form, day, outcome) DO UPDATE SET count = kit_bot_tally.count + 1
"""


def _tally(form: str, outcome: str, now: datetime) -> None:
    statements.execute(_TALLY, (form, now.date(), outcome))


def _key() -> bytes:
    return rules.key_of(str(settings.SECRET_KEY))


def _source(address: str, now: datetime) -> bytes:
    return rules.digest_of_source(sources.source_of(address), now.date().isoformat(), _key())
