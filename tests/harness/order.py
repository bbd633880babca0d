"""What begins first: files with long tests, so that at the end no processor waits for one of them.

A file is one piece of work for one process of the run. Left to themselves, pieces begin by the number of their tests,
and those with a single long one come last. Journeys come together, so that each process starts its browser once.
"""

from collections import Counter

import pytest

FIRST = ("tests/journeys/", "shouxin/operations/", "tests/hardening/", "tests/examples/", "tests/terminal/")
LONG = frozenset(
    {
        "shouxin/customers/intake/tests/test_bound_memory.py",
        "shouxin/customers/intake/tests/test_stop_and_resume.py",
        "shouxin/customers/registry/tests/test_plan_at_a_million.py",
        "shouxin/people/scim/tests/test_satisfy_scim_tester.py",
        "tests/test_act_only_on_a_live_basis.py",
        "tests/test_count_list_statements.py",
        "tests/test_count_what_is_listed.py",
        "tests/test_hold_no_forbidden_right.py",
        "tests/test_permissions_table.py",
    }
)


def longest_first(items: list[pytest.Item]) -> None:
    """Sort by files: the long ones, then those of many tests; within a file nothing changes."""
    files = [item.nodeid.partition("::")[0] for item in items]
    tests, place = Counter(files), {file: number for number, file in enumerate(dict.fromkeys(files))}

    def rank(file: str) -> tuple[int, int, int]:
        if file in LONG:
            return 0, 0, place[file]
        for number, folder in enumerate(FIRST, 1):
            if file.startswith(folder):
                return number, 0, place[file]
        return len(FIRST) + 1, -tests[file], place[file]

    ranks = {file: rank(file) for file in place}
    items[:] = [item for _, item in sorted(zip(files, items, strict=True), key=lambda pair: ranks[pair[0]])]
