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
    """Every health check, with what to do. The sealer runs only beside a server, so a log at rest counts as sealed."""
    from django.conf import settings

    from shouxin.operations.server import folder, readiness

    server = folder.running_server(settings.DATA)
    found = [item for item in readiness.obstacles() if server or item[0] != "sealer"]
    _tell(
        arguments,
        {
            "ok": not found,
            "data": str(settings.DATA),
            "server": server.get("pid"),
            "problems": [{"code": code, "zh": text.zh, "en": text.en} for code, text in found],
        },
        "\n".join(
            [
                words(f"数据文件夹：{settings.DATA}", f"Data folder: {settings.DATA}"),
                words(
                    f"服务进程：{server.get('pid', '未运行')}", f"Server: {server.get('pid', 'not running')}"
                ),
                *(f"✗ {code}: {words(problem.zh, problem.en)}" for code, problem in found),
                *([] if found else [words("一切正常。", "Everything is in order.")]),
            ]
        ),
    )
    return 1 if found else 0


def _tell(arguments: argparse.Namespace, found: dict[str, Any], text: str) -> None:
    print(json.dumps(found, ensure_ascii=False) if arguments.json else text)  # noqa: T201 - the command's answer
