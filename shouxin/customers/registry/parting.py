"""The sealed values of an entry by storage group."""

from collections.abc import Iterator, Mapping

from shouxin.core.policy import FieldRule, Storage
from shouxin.customers.registry.rules import Kept


class Parting:
    """The sealed values of entries by storage group; worked out once for all entries of the same fields."""

    def __init__(self, fields: Mapping[str, FieldRule]) -> None:
        self._fields = fields
        self._known: dict[tuple[str, ...], list[tuple[str, list[str]]]] = {}

    def of(self, values: Mapping[str, Kept | None]) -> Iterator[tuple[str, dict[str, Kept | None]]]:
        names = tuple(values)
        groups = self._known.get(names)
        if groups is None:
            found: dict[str, list[str]] = {}
            for key in names:
                rule = self._fields[key]
                if rule.storage is not Storage.CLEAR:
                    found.setdefault(rule.storage_group, []).append(key)
            groups = self._known[names] = list(found.items())
        for group, keys in groups:
            yield group, {key: values[key] for key in keys}
