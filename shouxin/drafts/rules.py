"""How long a draft is kept, how many of one person, how much of it, and what of a form never goes into it."""

from collections.abc import Iterable
from datetime import timedelta

KEPT = timedelta(days=7)
MOST = 50  # of one person; older ones give way
LARGEST = 256 * 1024  # bytes of what was typed
MOST_ADDRESS = 300
# What a form sends besides what somebody typed.
OWN = frozenset({"csrfmiddlewaretoken", "verb", "draft", "draft_revision", "draft_address"})


def typed(pairs: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """What somebody typed, without what the page itself sends."""
    return [(name, value) for name, value in pairs if name not in OWN]
