"""What a program is told when its request cannot be carried out (RFC 9457), in both languages, never with a value."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from shouxin.core.text import Text


@dataclass(frozen=True, slots=True)
class FieldError:
    """What is the matter with one field of a request; `field` is its path, such as `rows.3.values.mobile`."""

    field: str
    code: str
    text: Text


class Problem(Exception):
    """A request ends here. `code` is stable; programs decide by it, people read the sentences."""

    def __init__(
        self,
        status: int,
        code: str,
        detail: Text,
        *,
        article: str = "",
        ways: Sequence[tuple[str, Text]] = (),
        errors: Sequence[FieldError] = (),
        retry_after: int | None = None,
        extra: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(code)
        self.status = status
        self.code = code
        self.detail = detail
        self.article = article
        self.ways = tuple(ways)
        self.errors = tuple(errors)
        self.retry_after = retry_after
        self.extra = dict(extra or {})
