"""The story as a page shows it: the earliest first, each line with who did it."""

from collections.abc import Sequence
from itertools import islice
from typing import Any
from uuid import UUID

from shouxin.customers.timeline.folding import fold
from shouxin.rights.tracing.queries import story

LANGUAGES = {"zh": "zh-hans", "en": "en"}
MOST = 2000  # lines on a page; the exported page has all of them


def page(customers: Sequence[UUID], *, for_person: bool, names: bool, language: str | None) -> dict[str, Any]:
    """The lines, and whether there are more than a page shows."""
    short = "en" if (language or "").startswith("en") else "zh"
    found = list(islice(story(customers, for_person=for_person, names=names), MOST + 1))
    told = fold([(one.sentence[short], one.line.data) for one in found[:MOST]], LANGUAGES[short])
    lines = [
        {
            "at": one.line.at,
            "sentence": said.sentence,
            "groups": said.groups,
            "who": one.who[short],
            "id": one.line.id,
        }
        for one, said in zip(found, told, strict=False)
    ]
    return {"lines": lines, "more": len(found) > MOST}
