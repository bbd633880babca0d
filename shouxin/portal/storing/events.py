"""What stating a place leaves in the journal."""

from django.utils.translation import override

from shouxin.core.text import Text
from shouxin.journal.events import EventKind, events, words
from shouxin.kit import countries
from shouxin.portal.storing.models import Part

events.register(
    "portal.storage_stated",
    EventKind(
        "portal.storage_stated",
        Text(
            "登记存放地点：{storage_part}，{storage_country}",
            "Stated where {storage_part} is: {storage_country}",
        ),
    ),
)


def _part(value: object, language: str) -> str:
    with override(language):
        return str(Part(str(value)).label) if value in Part.values else str(value)


def _country(value: object, language: str) -> str:
    with override(language):
        return countries.name_of(str(value))


words.register("storage_part", _part)
words.register("storage_country", _country)
