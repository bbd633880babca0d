"""Whether the receivers of webhooks can be reached, for `shouxin doctor`; nothing is sent to them."""

from functools import partial

from shouxin.access.webhooks import sending
from shouxin.access.webhooks.models import Endpoint, EndpointState
from shouxin.core.text import Text
from shouxin.kit import connections
from shouxin.kit.connections import Outcome, attempt, host_and_port


def look() -> list[Outcome]:
    """Every endpoint in force, once per host."""
    rows = Endpoint.objects.filter(state=EndpointState.APPROVED).order_by("url")
    found = {host_and_port(row.url): row for row in rows}
    return [
        attempt(target, row.url.partition(":")[0].upper(), partial(sending.reach, row.url, row.networks))
        for target, row in found.items()
    ]


connections.register(
    connections.Connection(
        name="webhooks",
        title=Text("推送地址", "Webhooks"),
        reduced=Text(
            "业务系统暂时收不到变更推送；消息保留三天并重试，业务系统也可自行查询变更。",
            "Connected systems are not told of changes for now; messages are kept and tried for three days, and "
            "changes can be asked for.",
        ),
        look=look,
    )
)
