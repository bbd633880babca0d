"""Where the signing secrets of endpoints are kept: two parcels under the endpoint's own key."""

from collections.abc import Iterator
from uuid import UUID

from shouxin.access.webhooks.models import Endpoint
from shouxin.core.text import Text
from shouxin.vault import parcels

TABLE = "access_webhook_endpoint"
# The names under which an endpoint's parcels are sealed, and the columns they stand in.
PARCELS = {"secret": "secret", "earlier": "earlier_secret"}


def _parcels(endpoint: UUID) -> Iterator[tuple[str, bytes]]:
    row = Endpoint.objects.get(id=endpoint)
    for name, column in PARCELS.items():
        if (sealed := getattr(row, column)) is not None:
            yield name, bytes(sealed)


def _reseal(endpoint: UUID) -> bool:
    row = Endpoint.objects.select_for_update().get(id=endpoint)
    if row.wrapped_key is None or row.key_suite is None:
        return True  # ended meanwhile
    old, new = parcels.open_key(row.id, row.key_suite, bytes(row.wrapped_key)), parcels.new_key(row.id)
    for name, column in PARCELS.items():
        if (sealed := getattr(row, column)) is not None:
            setattr(row, column, new.seal(name, old.open(name, bytes(sealed))))
    row.key_suite, row.wrapped_key = new.suite.id, new.wrapped
    row.save(update_fields=["key_suite", "wrapped_key", *PARCELS.values()])
    return True


parcels.places.register(
    "access.webhook",
    parcels.Place(
        "access.webhook",
        Text("推送地址的签名密钥", "Signing secrets of webhook endpoints"),
        Endpoint,
        tuple((TABLE, column) for column in ("wrapped_key", *PARCELS.values())),
        _parcels,
        _reseal,
    ),
)
