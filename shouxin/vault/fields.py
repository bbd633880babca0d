"""The catalogue's fields as the vault needs them to index everything again; a higher floor tells them."""

from collections.abc import Callable, Mapping

from shouxin.core.crypto.indexes import KINDS
from shouxin.core.policy import FieldRule
from shouxin.kit.registry import Registry
from shouxin.vault.models import IndexState, SearchIndexVersion
from shouxin.vault.tickets import SEALED
from shouxin.vault.tokens import KEYS

catalogues: Registry[Callable[[], Mapping[str, FieldRule]]] = Registry("catalogues of fields")


def rules() -> dict[str, FieldRule]:
    """Every field that is kept sealed."""
    found = (rule for catalogue in catalogues.values() for rule in catalogue().values())
    return {rule.key: rule for rule in found if rule.storage in SEALED}


def settings() -> dict[str, list[str]]:
    """How each sealed field is searched now: its validator, whose normal form is indexed, and its kinds of index."""
    return {
        key: [rule.validator, *sorted({*KINDS, *KEYS}.intersection(rule.indexes))]
        for key, rule in rules().items()
    }


def remember() -> None:
    """Write down, with the first values of an installation, how they are indexed: what changes later is seen by it."""
    SearchIndexVersion.objects.filter(state=IndexState.CURRENT, fields__isnull=True).update(fields=settings())
