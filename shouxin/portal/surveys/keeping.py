"""Answers, sealed whole under a key of their own: of those under a name, and of those without."""

import json
from collections.abc import Callable, Iterator, Sequence
from uuid import UUID

from shouxin.core.text import Text
from shouxin.portal.surveys.models import Answer, ApartAnswer
from shouxin.vault import parcels

GIVEN = "answers"
Kept = Answer | ApartAnswer


def sealed(key: parcels.ParcelKey, given: Sequence[str]) -> bytes:
    return key.seal(GIVEN, json.dumps(list(given), ensure_ascii=False).encode())


def given_in(row: Kept) -> list[str]:
    """The answers, one for each question, empty where it was passed over."""
    key = parcels.open_key(row.id, row.key_suite, bytes(row.wrapped_key))
    found: list[str] = json.loads(key.open(GIVEN, bytes(row.sealed)))
    return found


def _parcels_of(model: type[Kept]) -> Callable[[UUID], Iterator[tuple[str, bytes]]]:
    def parcels_of(answer: UUID) -> Iterator[tuple[str, bytes]]:
        yield GIVEN, bytes(model.objects.get(id=answer).sealed)

    return parcels_of


def _reseal_of(model: type[Kept]) -> Callable[[UUID], bool]:
    def reseal(answer: UUID) -> bool:
        row = model.objects.select_for_update(of=("self",)).get(id=answer)
        given, new = given_in(row), parcels.new_key(row.id)
        row.sealed, row.key_suite, row.wrapped_key = sealed(new, given), new.suite.id, new.wrapped
        row.save(update_fields=["sealed", "key_suite", "wrapped_key"])
        return True

    return reseal


for _model, _table, _name in (
    (Answer, "portal_survey_answer", Text("调查答卷（记名）", "Answers to surveys under a name")),
    (ApartAnswer, "portal_survey_apart", Text("调查答卷（匿名）", "Answers to surveys without a name")),
):
    _place = _table.replace("portal_", "portal.")
    parcels.places.register(
        _place,
        parcels.Place(
            _place,
            _name,
            _model,
            ((_table, "wrapped_key"), (_table, "sealed")),
            _parcels_of(_model),
            _reseal_of(_model),
        ),
    )
