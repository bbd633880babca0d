"""One moment for every process of a demonstration, so that its pictures are the same whenever they are made.

Python imports a module of this name by itself where its folder is on the path: `server.demonstration(still=True)` puts
it there for the processes it starts, and `hold()` does the same to the caller. The product has no such switch.
"""

import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder
from types import ModuleType

# A Monday morning at ten in Shanghai, soon after the last day that the demonstration's customers know.
MOMENT = datetime(2026, 11, 23, 2, tzinfo=UTC)
CLOCKS = ("shouxin.kit.clock", "django.utils.timezone")


def moment() -> datetime:
    return MOMENT


class _Still(Loader):
    """Loads a clock as ever and stops it."""

    def __init__(self, loader: Loader) -> None:
        self._loader = loader

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        return self._loader.create_module(spec)

    def exec_module(self, module: ModuleType) -> None:
        self._loader.exec_module(module)
        module.now = moment  # type: ignore[attr-defined]


class _Finder(MetaPathFinder):
    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if fullname not in CLOCKS:
            return None
        spec = PathFinder.find_spec(fullname, path, target)
        if spec is not None and spec.loader is not None:
            spec.loader = _Still(spec.loader)
        return spec


def hold() -> None:
    """Stop the clocks of this process, loaded or not."""
    sys.meta_path.insert(0, _Finder())
    for name in CLOCKS:
        if name in sys.modules:
            sys.modules[name].now = moment  # type: ignore[attr-defined]


if __name__ == "sitecustomize":
    hold()
