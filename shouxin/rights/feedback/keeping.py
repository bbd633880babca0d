"""What an item keeps sealed: the words with a way to reach whoever wrote them, and the answer; one key per item."""

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from uuid import UUID

from shouxin.core.text import Text
from shouxin.rights.feedback.models import Feedback
from shouxin.vault import parcels

WORDS, ANSWER = "words", "answer"


@dataclass(frozen=True, slots=True)
class Said:
    """What somebody wrote."""

    text: str
    contact: str = ""

    def packed(self) -> bytes:
        return json.dumps(asdict(self), ensure_ascii=False).encode()


def key_of(row: Feedback) -> parcels.ParcelKey:
    return parcels.open_key(row.id, row.key_suite, bytes(row.wrapped_key))


def said_in(row: Feedback) -> Said:
    """The words; the caller journals that they were read."""
    return Said(**json.loads(key_of(row).open(WORDS, bytes(row.words))))


def answer_in(row: Feedback) -> str:
    """The answer, empty for none."""
    return key_of(row).open(ANSWER, bytes(row.answer)).decode() if row.answer else ""


def _parcels(item: UUID) -> Iterator[tuple[str, bytes]]:
    row = Feedback.objects.get(id=item)
    yield WORDS, bytes(row.words)
    if row.answer:
        yield ANSWER, bytes(row.answer)


def _reseal(item: UUID) -> bool:
    row = Feedback.objects.select_for_update(of=("self",)).get(id=item)
    old, new = key_of(row), parcels.new_key(row.id)
    row.words = new.seal(WORDS, old.open(WORDS, bytes(row.words)))
    row.answer = new.seal(ANSWER, old.open(ANSWER, bytes(row.answer))) if row.answer else None
    row.key_suite, row.wrapped_key = new.suite.id, new.wrapped
    row.save(update_fields=["words", "answer", "key_suite", "wrapped_key"])
    return True


parcels.places.register(
    "rights.feedback",
    parcels.Place(
        "rights.feedback",
        Text("意见反馈与答复", "Feedback and its answers"),
        Feedback,
        (("rights_feedback", "wrapped_key"), ("rights_feedback", "words"), ("rights_feedback", "answer")),
        _parcels,
        _reseal,
    ),
)
