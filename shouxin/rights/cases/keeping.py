"""What a case keeps sealed: the person's own words, and the answer; one key per case, a place the vault looks after."""

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from uuid import UUID

from shouxin.core.text import Text
from shouxin.rights.cases.models import Case
from shouxin.vault import parcels

WORDS, ANSWER, REMARK = "words", "answer", "remark"


@dataclass(frozen=True, slots=True)
class Words:
    """What was asked, by whom, and how they are reached; `changes` are wanted values by field.

    `about` is whom somebody asks for: the child, the person who gave a mandate, the deceased.
    """

    text: str
    name: str = ""
    contact: str = ""
    changes: dict[str, str] = field(default_factory=dict)
    about: str = ""

    def packed(self) -> bytes:
        return json.dumps(asdict(self), ensure_ascii=False).encode()

    @classmethod
    def unpacked(cls, packed: bytes) -> "Words":
        return cls(**json.loads(packed))


def key_of(row: Case) -> parcels.ParcelKey:
    """The case's key."""
    return parcels.open_key(row.id, row.key_suite, bytes(row.wrapped_key))


def words_of(row: Case) -> Words:
    """What the person wrote; the caller journals that it was read."""
    return Words.unpacked(key_of(row).open(WORDS, bytes(row.words)))


def answer_of(row: Case) -> str:
    """What they are answered beyond the facts, empty for nothing."""
    return key_of(row).open(ANSWER, bytes(row.answer)).decode() if row.answer else ""


def remark_of(row: Case) -> str:
    """What the person said with their score, empty for nothing."""
    return key_of(row).open(REMARK, bytes(row.remark)).decode() if row.remark else ""


def _parcels(case: UUID) -> Iterator[tuple[str, bytes]]:
    row = Case.objects.get(id=case)
    yield WORDS, bytes(row.words)
    if row.answer:
        yield ANSWER, bytes(row.answer)
    if row.remark:
        yield REMARK, bytes(row.remark)


def _reseal(case: UUID) -> bool:
    row = Case.objects.select_for_update().get(id=case)
    old, new = key_of(row), parcels.new_key(row.id)
    row.words = new.seal(WORDS, old.open(WORDS, bytes(row.words)))
    row.answer = new.seal(ANSWER, old.open(ANSWER, bytes(row.answer))) if row.answer else None
    row.remark = new.seal(REMARK, old.open(REMARK, bytes(row.remark))) if row.remark else None
    row.key_suite, row.wrapped_key = new.suite.id, new.wrapped
    row.save(update_fields=["words", "answer", "remark", "key_suite", "wrapped_key"])
    return True


parcels.places.register(
    "rights.case",
    parcels.Place(
        "rights.case",
        Text("个人行权：申请与答复", "Individuals' requests and their answers"),
        Case,
        (
            ("rights_case", "wrapped_key"),
            ("rights_case", "words"),
            ("rights_case", "answer"),
            ("rights_case", "remark"),
        ),
        _parcels,
        _reseal,
    ),
)
