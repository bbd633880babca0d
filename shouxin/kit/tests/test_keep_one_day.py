"""Whoever chose another time zone sees other hours, but nothing becomes due earlier for them."""

from pathlib import Path

import shouxin


def test_no_module_asks_for_the_readers_day() -> None:
    folder = Path(shouxin.__file__).parent
    found = [
        path.relative_to(folder).as_posix()
        for path in folder.rglob("*.py")
        if "tests" not in path.parts and "timezone.localdate" in path.read_text(encoding="utf-8")
    ]
    assert found == ["kit/clock.py"], "ask kit.clock.today"
