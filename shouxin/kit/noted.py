"""A sentence written into a box of a page, as it can be kept."""

from collections.abc import Mapping

NOTE_LONGEST = 300


def noted(posted: Mapping[str, str], name: str, *, longest: int = NOTE_LONGEST) -> str:
    """What was written under `name`, with lines ended as a browser counts them when it holds to the box's length.

    What is longer, or no text, comes from no page: the rest is left out.
    """
    said = posted.get(name, "").replace("\r\n", "\n").replace("\x00", "")
    return said.strip()[:longest]
