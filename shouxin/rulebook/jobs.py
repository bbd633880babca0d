"""What runs without anybody asking: the delivered rule pack is in force before the first request."""

from shouxin.kit import startup
from shouxin.rulebook.catalogue import services, upgrade
from shouxin.rulebook.policies.services import load_policies
from shouxin.rulebook.regions.services import load_regions


def load_delivered_pack() -> None:
    """Bring the rules that came with this version; a newer pack waits for somebody's confirmation."""
    services.load_at_start()


def register() -> None:
    upgrade.followers.register("policies", lambda actor, now: load_policies(actor, now=now))
    upgrade.followers.register("regions", lambda actor, now: load_regions(actor, now=now))
    startup.steps.register("rulebook.pack", load_delivered_pack)
