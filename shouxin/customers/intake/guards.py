"""Keeping exported text from being taken for a formula by a spreadsheet program (OWASP, CSV injection)."""

import re

_DANGEROUS = re.compile(r"'*[=+\-@\t\r]")


def guarded(text: str) -> str:
    """`text` with an apostrophe before it when a spreadsheet program could evaluate it. `unguarded` undoes it
    exactly, because text that already looks guarded gets one more."""
    return "'" + text if _DANGEROUS.match(text) else text


def unguarded(text: str) -> str:
    """What `guarded` was given."""
    return text[1:] if text.startswith("'") and _DANGEROUS.match(text) else text
