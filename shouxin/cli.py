"""The command `shouxin`. Exit status: 0 done, 1 found something wrong, 2 wrong usage.

Rooms bring their commands in `<app>/commands.py`: `add_arguments(subparsers)` adds parsers and sets
`run=function(arguments) -> int` as a default of each. That module is imported before Django is set up, so it imports
models inside its functions. A command runs with the database up and Django ready unless its parser
sets `needs_database=False`.
"""

import argparse
import json
import os
import sys
from collections.abc import Sequence
from importlib import import_module
from importlib.util import find_spec

from django.core.exceptions import ImproperlyConfigured

from shouxin.kit.terminal import language, words
from shouxin.operations.server.problems import ServerProblem

ROOMS = ("journal", "vault", "people", "rulebook", "customers", "access", "operations")


def build_parser() -> argparse.ArgumentParser:
    """The parser with the server's own commands and those of every room."""
    parser = argparse.ArgumentParser(
        prog="shouxin",
        description=words("守信 · 客户信息保护管理系统", "Shouxin, customer information kept faithfully"),
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar=words("命令", "command"))
    serve = commands.add_parser("serve", help=words("启动服务", "start the server"))
    serve.set_defaults(run=_serve, demonstration=False, needs_database=False)
    demo = commands.add_parser(
        "demo", help=words("启动带演示数据的服务", "start the server with demonstration data")
    )
    demo.set_defaults(run=_serve, demonstration=True, needs_database=False)
    code = demo.add_subparsers(metavar=words("子命令", "subcommand")).add_parser(
        "code", help=words("显示演示账号当前的动态码", "show the present code of a demonstration account")
    )
    code.add_argument("account", metavar=words("账号", "ACCOUNT"))
    code.set_defaults(run=_demonstration_code, needs_database=True)
    for room in ROOMS:
        if find_spec(f"shouxin.{room}.commands"):
            import_module(f"shouxin.{room}.commands").add_arguments(commands)
    return parser


def _serve(arguments: argparse.Namespace) -> int:
    from shouxin.operations.server.supervisor import serve

    return serve(demonstration=arguments.demonstration)


def _demonstration_code(arguments: argparse.Namespace) -> int:
    from shouxin.kit import clock
    from shouxin.operations.demo import apps

    found = apps.shown(arguments.account, clock.now())
    print(found.code)
    print(words(f"{found.seconds} 秒内有效", f"good for {found.seconds} seconds"), file=sys.stderr)
    return 0


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and give its exit status."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shouxin.settings")
    arguments = build_parser().parse_args(argv)
    try:
        if not getattr(arguments, "needs_database", True):
            return int(arguments.run(arguments))
        from shouxin.operations.server.session import database

        with database():
            return int(arguments.run(arguments))
    except ServerProblem as problem:
        _report(problem, as_json=getattr(arguments, "json", False))
        return 1
    except ImproperlyConfigured as error:
        print(words("设置有误：", "Wrong settings: ") + str(error), file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 1


def _report(problem: ServerProblem, *, as_json: bool) -> None:
    if as_json:
        print(json.dumps({"problem": problem.code, "text": problem.text.in_(language())}, ensure_ascii=False))
    else:
        print(words("未能执行：", "Not done: ") + problem.text.in_(language()), file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main())
