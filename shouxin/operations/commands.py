"""`shouxin migrate` and `shouxin doctor`."""

import argparse
import json
from typing import Any

from shouxin.kit.terminal import words


def add_arguments(subparsers: Any) -> None:
    migrate = subparsers.add_parser("migrate", help=words("更新数据库结构", "bring the database up to date"))
    migrate.add_argument("--json", action="store_true")
    migrate.set_defaults(run=_migrate)
    doctor = subparsers.add_parser(
        "doctor", help=words("检查各部分是否正常", "see whether everything is in order")
    )
    doctor.add_argument("--json", action="store_true")
    doctor.set_defaults(run=_doctor)


def _migrate(arguments: argparse.Namespace) -> int:
    from shouxin.operations.server.prepare import migrate

    applied = migrate()
    _tell(
        arguments, {"applied": applied}, words(f"已应用 {applied} 个迁移。", f"{applied} migrations applied.")
    )
    return 0


def _doctor(arguments: argparse.Namespace) -> int:
    from shouxin.operations.server import doctor

    found = doctor.look()
    _tell(arguments, found.facts(), "\n".join(found.lines()))
    return 0 if found.fine else 1


def _tell(arguments: argparse.Namespace, found: dict[str, Any], text: str) -> None:
    print(json.dumps(found, ensure_ascii=False) if arguments.json else text)  # noqa: T201 - the command's answer
