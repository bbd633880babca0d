"""Which clause is shown by which test, and which are still open. Reads the marks, runs nothing.

Exit 1 when a mark names a clause that docs/requirements/clauses.csv does not have.
"""

import argparse
import ast
import csv
import json
import pathlib
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
CLAUSES = ROOT / "docs" / "requirements" / "clauses.csv"


def known_clauses() -> dict[str, dict[str, str]]:
    """Every clause of the list, by its id."""
    with CLAUSES.open(encoding="utf-8-sig", newline="") as file:
        return {row["id"]: row for row in csv.DictReader(file)}


def marks_of(node: ast.AST) -> list[str]:
    """The ids in every `pytest.mark.clause(...)` inside `node`."""
    found = []
    for call in ast.walk(node):
        if isinstance(call, ast.Call) and ast.unparse(call.func) in {"pytest.mark.clause", "mark.clause"}:
            found += [str(ast.literal_eval(argument)) for argument in call.args]
    return found


def tests_in(path: pathlib.Path) -> list[tuple[str, str]]:
    """(clause, test) for every mark of the file: on a test, on its class, or on the whole module."""
    name = path.relative_to(ROOT).as_posix()
    tree = ast.parse(path.read_text(encoding="utf-8"))
    found = []
    for node in tree.body:
        if isinstance(node, ast.Assign) and any(
            ast.unparse(target) == "pytestmark" for target in node.targets
        ):
            found += [(clause, name) for clause in marks_of(node)]
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            found += [(clause, f"{name}::{node.name}") for clause in marks_of(node)]
        elif isinstance(node, ast.ClassDef):
            own = [clause for decorator in node.decorator_list for clause in marks_of(decorator)]
            found += [(clause, f"{name}::{node.name}") for clause in own]
            for member in node.body:
                if isinstance(member, ast.FunctionDef):
                    found += [(clause, f"{name}::{node.name}::{member.name}") for clause in marks_of(member)]
    return found


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    known = known_clauses()
    shown: dict[str, list[str]] = {}
    for top in ("shouxin", "tests"):
        for path in sorted((ROOT / top).rglob("test_*.py")):
            for clause, test in tests_in(path):
                if test not in shown.setdefault(clause, []):
                    shown[clause].append(test)
    unknown = {clause: tests for clause, tests in shown.items() if clause not in known}
    still_open = [clause for clause in known if clause not in shown]
    if arguments.json:
        print(
            json.dumps({"shown": shown, "open": still_open, "unknown": unknown}, ensure_ascii=False, indent=1)
        )
    else:
        for clause in known:
            for test in shown.get(clause, []):
                print(f"{clause:<12} {test}")
        print(f"\nopen ({len(still_open)} of {len(known)}): {' '.join(still_open)}")
        for clause, tests in unknown.items():
            print(f"unknown clause {clause}: {', '.join(tests)}")
    return 1 if unknown else 0


if __name__ == "__main__":
    sys.exit(main())
