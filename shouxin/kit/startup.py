"""What has to stand before the product is used: keys, rule packs. Rooms sign up their own steps.

Each step runs at every start, after the migrations and before the first request, in the order of signing up.
It is idempotent: on the second run it finds its work done.
"""

import gc
from collections.abc import Callable

from shouxin.kit.registry import Registry

YOUNG = 10_000  # new objects between two looks for garbage in cycles; a batch of an import makes many that live on

steps: Registry[Callable[[], None]] = Registry("startup steps")


def settle() -> None:
    """Leave what is loaded by now out of every later search for garbage: it stays for the life of the process.

    Half a million objects of libraries and of our own; going over them in the middle of a request or of a batch
    takes a fifth of a second each time.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG)
