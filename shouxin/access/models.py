"""The tables of every room of this app, for Django to find."""

from shouxin.access.grants.models import GrantUse, StandingGrant

__all__ = ["GrantUse", "StandingGrant"]
