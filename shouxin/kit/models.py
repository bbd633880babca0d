"""Tables of the rooms of this floor."""

from shouxin.kit.bots.models import BotCount, BotTally, SpentToken

__all__ = ["BotCount", "BotTally", "SpentToken"]
