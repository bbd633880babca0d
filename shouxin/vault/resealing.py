"""Small secrets, parcels and files of an outdated suite are sealed again under the chosen one, wherever they lie."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from shouxin.core.crypto.errors import SealBroken
from shouxin.core.policy import Actor
from shouxin.journal import services as journal
from shouxin.kit import sealing
from shouxin.vault import control, files, parcels, small_secrets
from shouxin.vault.errors import KeysDamaged
from shouxin.vault.queries import outdated_suites

# Seals one again; False when it is in use just now, or something else stands there by now.
_Again = Callable[[], bool]


def reseal(actor: Actor, batch: int) -> Iterator[int]:
    """Seal them again, some at a time, each step a transaction of its own; how many each time.

    What is being worked on just now is left for another round.

    Raises:
        KeysDamaged: some are not what was stored; all others are done.
    """
    damaged: list[tuple[str, str]] = []
    for key, aged in _by_place():
        step: list[tuple[str, _Again]] = []
        for one in aged:
            step.append(one)
            if len(step) == batch:
                yield _step(actor, key, step, damaged)
                step = []
        if step:
            yield _step(actor, key, step, damaged)
    if damaged:
        raise KeysDamaged(damaged)


def _by_place() -> Iterator[tuple[str, Iterator[tuple[str, _Again]]]]:
    """Each place with everything of an outdated suite that it holds: what to call it, and how it is sealed again."""
    outdated = outdated_suites()
    for secrets in sealing.places.values():
        yield secrets.key, _aged_secrets(secrets, outdated)
    for owners in parcels.places.values():
        yield owners.key, _aged_owners(owners, outdated)
    for kept in files.places.values():
        yield kept.key, _aged_files(kept, outdated)


def _aged_secrets(place: sealing.Place, outdated: frozenset[int]) -> Iterator[tuple[str, _Again]]:
    for kept in place.kept():
        try:
            suite = small_secrets.parts(kept.sealed)[0]
        except SealBroken:
            continue  # no suite can be read from it; `check` names it
        if suite in outdated:
            yield kept.told, partial(_secret_again, place, kept)


def _secret_again(place: sealing.Place, kept: sealing.Kept) -> bool:
    secret = small_secrets.unseal(place.use, kept.owner, kept.sealed)
    return place.replace(kept, small_secrets.seal(place.use, kept.owner, secret))


def _aged_owners(place: parcels.Place, outdated: frozenset[int]) -> Iterator[tuple[str, _Again]]:
    rows: QuerySet[Any] = QuerySet(place.model)
    aged = rows.filter(**{f"{place.wrapped}__isnull": False, f"{place.suite}__in": outdated}).order_by("pk")
    for owner in list(aged.values_list("pk", flat=True)):
        yield str(owner), partial(place.reseal, owner)


def _aged_files(place: files.Place, outdated: frozenset[int]) -> Iterator[tuple[str, _Again]]:
    for customer, group, file, kept_in in files.aged(outdated):
        if kept_in == place.key:
            yield str(file), partial(files.reseal, customer, group, file, kept_in)


@transaction.atomic
def _step(actor: Actor, place: str, step: list[tuple[str, _Again]], damaged: list[tuple[str, str]]) -> int:
    done, suite = 0, control.read().suite
    for told, again in step:
        try:
            with transaction.atomic():
                done += again()
        except (SealBroken, sealing.NotSealedHere):
            damaged.append((place, told))
    if done:
        journal.append(
            actor=actor,
            event="reencryption.secrets",
            data={"kept_in": place, "count": done, "suite": suite.name},
        )
    return done
