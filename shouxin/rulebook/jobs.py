"""What runs without anybody asking: the delivered rule pack is in force before the first request."""

from shouxin.kit import clock, startup
from shouxin.rulebook.catalogue import services
from shouxin.rulebook.policies.services import load_policies
from shouxin.rulebook.regions.services import load_regions


def load_delivered_pack() -> None:
    """Bring the rules that came with this version; at every later start nothing is left to do."""
    services.load_pack(services.START)
    load_policies(services.START, now=clock.now())
    load_regions(services.START, now=clock.now())


def register() -> None:
    startup.steps.register("rulebook.pack", load_delivered_pack)
