"""One moment and one row of ids for a demonstration, so that its pictures are the same whenever they are made.

Python imports a module of this name by itself where its folder is on the path: `server.demonstration(still=True)` puts
it there for the processes it starts, and `hold()` does the same to the caller. The product has no such switch.
"""

import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder
from pathlib import Path
from random import Random
from types import ModuleType, SimpleNamespace

# A Monday morning at ten in Shanghai, soon after the last day that the demonstration's customers know.
MOMENT = datetime(2026, 11, 23, 2, tzinfo=UTC)
CLOCKS = ("shouxin.kit.clock", "django.utils.timezone")
IDS = "shouxin.kit.ids"


def moment() -> datetime:
    return MOMENT


def _settle(module: ModuleType) -> None:
    """Stop a clock; the ends of ids, which screens show as numbers of customers, come in the same order each time."""
    if module.__name__ == IDS:
        drawn = Random(Path(sys.argv[0]).name)  # noqa: S311 - ids of a demonstration, no secrets
        module.os = SimpleNamespace(urandom=drawn.randbytes)  # type: ignore[attr-defined]
    else:
        module.now = moment  # type: ignore[attr-defined]


class _Still(Loader):
    """Loads such a module as ever and settles it."""

    def __init__(self, loader: Loader) -> None:
        self._loader = loader

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        return self._loader.create_module(spec)

    def exec_module(self, module: ModuleType) -> None:
        self._loader.exec_module(module)
        _settle(module)


class _Finder(MetaPathFinder):
    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if fullname not in {*CLOCKS, IDS}:
            return None
        spec = PathFinder.find_spec(fullname, path, target)
        if spec is not None and spec.loader is not None:
            spec.loader = _Still(spec.loader)
        return spec


def hold() -> None:
    """Settle this process, whether the modules are loaded or not."""
    sys.meta_path.insert(0, _Finder())
    for name in (*CLOCKS, IDS):
        if name in sys.modules:
            _settle(sys.modules[name])


if __name__ == "sitecustomize":
    hold()
