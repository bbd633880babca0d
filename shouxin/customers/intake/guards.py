"""Keeping exported text from being taken for a formula by a spreadsheet program (OWASP, CSV injection)."""

import re

# What stands behind the apostrophe by which a spreadsheet program is told to keep a number as it is written.
_NUMBER = re.compile(r"'(?=\+?[0-9][0-9A-Zx +./:-]*$)")
_DANGEROUS = re.compile(r"'*[=+\-@\t\r]")


def guarded(text: str) -> str:
    """`text` with an apostrophe before it when a spreadsheet program could evaluate it. `unguarded` undoes it
    exactly, because text that already looks guarded gets one more."""
    return "'" + text if _DANGEROUS.match(text) else text


def unguarded(text: str) -> str:
    """What `guarded` was given."""
    return text[1:] if text.startswith("'") and _DANGEROUS.match(text) else text


def unmarked(text: str) -> str:
    """`text` without the apostrophe that marks a number as text in spreadsheets and stays in what is exported."""
    return text[1:] if text.startswith("'") and _NUMBER.match(text) else text
