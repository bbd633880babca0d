"""Nothing that is shipped needs, to be imported, what only tests and tools bring along."""

import ast
import re
import sys
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from pathlib import Path

import shouxin

ROOT = Path(shouxin.__file__).parent
RUNTIME = Path("requirements/runtime.txt")


def shipped() -> set[str]:
    """Distributions that the README's first command installs."""
    found = re.findall(
        r"^([A-Za-z0-9_.-]+)(?:\[[^]]*\])?==", RUNTIME.read_text(encoding="utf-8"), re.MULTILINE
    )
    return {_name(one) for one in found}


def _name(distribution: str) -> str:
    return re.sub(r"[-_.]+", "-", distribution).lower()


def imported(body: list[ast.stmt]) -> Iterator[str]:
    """What is imported when the module is; what stands under TYPE_CHECKING, in a try or in a function is not."""
    for one in body:
        if isinstance(one, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in one.names)
        elif isinstance(one, ast.ImportFrom) and not one.level and one.module:
            yield one.module.partition(".")[0]
        elif isinstance(one, ast.ClassDef):
            yield from imported(one.body)


def test_every_module_is_imported_with_what_is_shipped_alone() -> None:
    known, allowed, wrong = packages_distributions(), shipped(), []
    assert "django" in allowed
    for path in sorted(ROOT.rglob("*.py")):
        if "tests" in path.parts or path.name == "conftest.py":
            continue
        for module in imported(ast.parse(path.read_text(encoding="utf-8")).body):
            if module in sys.stdlib_module_names or module == "shouxin":
                continue
            if not {_name(one) for one in known.get(module, [])} & allowed:
                wrong.append(f"{path.relative_to(ROOT)}: {module}")
    assert not wrong, "\n".join(wrong)
