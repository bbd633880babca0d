"""The journal never tells a code: every reason that the product states by itself has its words."""

import re
from pathlib import Path

import shouxin
from shouxin.gate.rules import REASON_NAMES

ROOT = Path(shouxin.__file__).parent
STATED = re.compile(r'\b(?:reason=|REASON = )"([a-z_-]+)"')


def test_every_reason_the_product_states_is_named() -> None:
    stated = {
        reason: path.name
        for path in ROOT.rglob("*.py")
        if "tests" not in path.parts and "demo" not in path.parts
        for reason in STATED.findall(path.read_text(encoding="utf-8"))
    }
    assert {"deduplication", "change_notice"} <= set(stated)
    assert {reason: where for reason, where in stated.items() if reason not in REASON_NAMES} == {}
