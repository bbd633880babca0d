"""What this installation says by itself about where things lie: which kind of store, and the region it names."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from urllib.parse import urlsplit

from shouxin.customers.attachments import bucket
from shouxin.portal.storing.models import Part


@dataclass(frozen=True, slots=True)
class Store:
    """One store as it is configured now. `digest` changes when it is moved; it tells nobody where it is."""

    part: Part
    outside: bool  # on a server of its own, not with this installation
    region: str  # as the configuration names it
    digest: str


def stores(environment: Mapping[str, str] | None = None) -> dict[Part, Store]:
    """Both stores, read from the configuration this process runs with."""
    known = os.environ if environment is None else environment
    database = urlsplit(known.get("DATABASE_URL", ""))
    files = urlsplit(known.get(bucket.ADDRESS, ""))
    region = known.get(bucket.REGION, "") if files.hostname else ""
    return {
        Part.DATABASE: _store(Part.DATABASE, database.hostname or "", ""),
        Part.FILES: _store(Part.FILES, f"{files.hostname or ''}{files.path}", region),
    }


def _store(part: Part, place: str, region: str) -> Store:
    digest = sha256(f"shouxin stored in\x1f{part.value}\x1f{place}\x1f{region}".encode()).hexdigest()
    return Store(part, bool(place), region, digest)
