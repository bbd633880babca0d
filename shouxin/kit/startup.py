"""What has to stand before the product is used: keys, rule packs. Rooms sign up their own steps.

Each step runs at every start, after the migrations and before the first request, in the order of signing up.
It is idempotent: on the second run it finds its work done.
"""

from collections.abc import Callable

from shouxin.kit.registry import Registry

steps: Registry[Callable[[], None]] = Registry("startup steps")
