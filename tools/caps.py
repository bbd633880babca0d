"""The house's size caps: a function has at most 50 lines, a file at most 500."""

import ast
import pathlib
import sys

FUNCTION_LINES = 50
FILE_LINES = 500
ROOT = pathlib.Path(__file__).resolve().parent.parent


def breaches(path: pathlib.Path) -> list[str]:
    """Every cap that the Python file at `path` exceeds, one sentence each."""
    source = path.read_text(encoding="utf-8")
    found = []
    lines = source.count("\n")
    if lines > FILE_LINES:
        found.append(f"{path}: {lines} lines, at most {FILE_LINES}")
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.end_lineno:
            length = node.end_lineno - node.lineno + 1
            if length > FUNCTION_LINES:
                found.append(
                    f"{path}:{node.lineno}: {node.name} has {length} lines, at most {FUNCTION_LINES}"
                )
    return found


def main() -> int:
    files = [p for top in ("shouxin", "tests", "tools", "benchmarks") for p in (ROOT / top).rglob("*.py")]
    found = [line for path in files if "migrations" not in path.parts for line in breaches(path)]
    print("\n".join(found) or f"caps: {len(files)} files within bounds")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
