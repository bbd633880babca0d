"""What is kept so that a repeat stores nothing twice is forgotten after a month, and that is journalled."""

from datetime import datetime, timedelta

from shouxin.access.clients import services
from shouxin.access.clients.models import ApiClient, ClientReceipt, TurnedAway
from shouxin.access.clients.tests.conftest import Propose
from shouxin.journal.models import Entry
from shouxin.kit import clock


def _kept(client: ApiClient, at: datetime) -> None:
    ClientReceipt.objects.create(
        client=client, key_digest=f"{at.timestamp():.0f}", content_digest="0", answer={}, at=at
    )
    TurnedAway.objects.create(
        client=client,
        cause=TurnedAway.Cause.ADDRESS,
        minute=int(at.timestamp()) // 60,
        count=1,
        last_at=at,
    )


def test_old_ones_go_and_young_ones_stay(propose: Propose) -> None:
    client, now = propose(), clock.now()
    for days in (1, 31, 100):
        _kept(client, now - timedelta(days=days))
    assert services.forget_old(now=now) == 3
    assert ClientReceipt.objects.count() == 1
    assert TurnedAway.objects.count() == 2
    assert services.forget_old(now=now) == 0
    assert Entry.objects.filter(event="api_client.tidied").count() == 1
