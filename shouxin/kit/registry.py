"""A registry owned by a lower floor that higher rooms sign up to: the only way need may point upward."""

from collections.abc import Iterator
from typing import Generic, TypeVar

T = TypeVar("T")


class Registry(Generic[T]):
    """Named entries in the order of signing up; signing up twice under one name is an error."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._entries: dict[str, T] = {}

    def register(self, key: str, entry: T) -> T:
        """Add `entry` under `key`.

        Raises:
            ValueError: the key is taken by a different entry.
        """
        if key in self._entries and self._entries[key] != entry:
            raise ValueError(f"{self.name}: {key} is registered twice")
        self._entries[key] = entry
        return entry

    def __getitem__(self, key: str) -> T:
        return self._entries[key]

    def __contains__(self, key: object) -> bool:
        return key in self._entries

    def __iter__(self) -> Iterator[str]:
        return iter(self._entries)

    def __len__(self) -> int:
        return len(self._entries)

    def get(self, key: str) -> T | None:
        return self._entries.get(key)

    def values(self) -> list[T]:
        return list(self._entries.values())
