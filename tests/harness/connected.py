"""The cast, its customers, and a connected system in the database that the settings name; what it needs, as JSON.

Run as a module beside a running server: `python -m tests.harness.connected <port of the receiver>`.
"""

import json
import sys
from datetime import timedelta


def main(port: int) -> None:
    import django

    django.setup()
    from shouxin.access.clients import services as clients
    from shouxin.access.clients.rules import Wanted as WantedClient
    from shouxin.access.webhooks import services as webhooks
    from shouxin.access.webhooks.rules import CHANGED, Wanted
    from shouxin.gate.facts import rules as rulebooks
    from shouxin.kit import clock
    from tests.register import PEOPLE, SALES
    from tests.register import build as fill
    from tests.world import build

    world, now = build(), clock.now()
    register = fill(world)
    head, officer = world.actor("sales_head"), world.actor("officer")
    wanted = WantedClient(
        name="示例 CRM",
        purposes=[SALES],
        readable=["person_name", "mobile", "customer_no"],
        clear=["mobile"],
        writable=["mobile"],
        addresses=["127.0.0.1"],
        per_minute=600,
        daily_rows=1000,
        starts_at=now,
        ends_at=now + timedelta(days=30),
        reason="客户系统同步",
    )
    sales = world.departments["sales"].id
    proposed = clients.propose(
        actor=head, owner=world.people["clerk"].id, department=sales, wanted=wanted, now=now
    )
    client, token = clients.approve(actor=officer, client=proposed.id, now=now)
    endpoint = webhooks.propose(
        actor=head,
        client=client.id,
        wanted=Wanted(f"http://127.0.0.1:{port}/", [CHANGED], ["127.0.0.1"], "同步"),
        now=now,
    )
    _endpoint, secret = webhooks.approve(actor=officer, endpoint=endpoint.id, now=now)
    rule = rulebooks["rulebook"].purpose(SALES)
    assert rule is not None
    footing = {"purpose": SALES, "basis": rule.basis, "notice_version": str(rule.notice_version_id)}
    numbers = [PEOPLE[name]["customer_no"] for name in ("li", "zhang", "service")]
    known = {"token": token, "secret": secret, "numbers": numbers, "footing": footing}
    sys.stdout.write(json.dumps({**known, "li": str(register["li"])}))


if __name__ == "__main__":
    main(int(sys.argv[1]))
