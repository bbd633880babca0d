"""`shouxin import`: a spreadsheet from the server's command line, by a person who signs in; `shouxin attachments`.

Nothing of Django is imported before the command runs.
"""

import argparse
from pathlib import Path

from shouxin.kit.terminal import words


def add_arguments(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command `import`."""
    command = subparsers.add_parser(
        "import",
        help=words("导入客户表格", "import a spreadsheet of customers"),
        description=words(
            "退出状态：0 全部完成；1 有拒绝的行、未决定的内容或中止；2 用法有误。",
            "Exit status: 0 all done; 1 rows were refused, something is undecided, or it stopped; 2 wrong usage.",
        ),
    )
    add = command.add_argument
    add("file", type=Path, metavar=words("文件", "FILE"), help="CSV, TSV, XLS, XLSX")
    add("--account", required=True, help=words("以谁的登录名导入", "whose log-in imports"))
    add(
        "--password-file",
        type=Path,
        help=words("密码文件；不给则询问", "file with the password; else it is asked for"),
    )
    add(
        "--code",
        default="",
        help=words("二次认证的动态码或恢复码；不给则询问", "code of the second factor; else it is asked for"),
    )
    _declared(command)
    _decided(command)
    add("--check", action="store_true", help=words("只检查，不入库", "check only, store nothing"))
    add(
        "--refused",
        type=Path,
        help=words("把被拒绝的行写到这个 CSV 文件", "write refused rows to this CSV file"),
    )
    add("--json", action="store_true", help=words("供程序读取", "for programs"))
    command.set_defaults(run=run)
    _attachments(subparsers)


def _attachments(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    commands = subparsers.add_parser(
        "attachments", help=words("附件的密文：检查、移动", "sealed bytes of attachments: check, move")
    ).add_subparsers(dest="attachments", required=True, metavar=words("子命令", "subcommand"))
    check = commands.add_parser(
        "check",
        help=words(
            "逐个打开，找出丢失、被改动和无主的", "open each; find what is missing, altered, orphaned"
        ),
    )
    check.set_defaults(run=_check_attachments)
    move = commands.add_parser(
        "move",
        help=words(
            "移到数据文件夹或对象存储，中断后可再运行", "move to the data folder or object storage; resumable"
        ),
    )
    move.add_argument("--to", required=True, choices=("folder", "s3"), help=words("移到哪里", "where to"))
    move.set_defaults(run=_move_attachments)
    for one in (check, move):
        one.add_argument("--json", action="store_true", help=words("供程序读取", "for programs"))


def _check_attachments(arguments: argparse.Namespace) -> int:
    from shouxin.customers.attachments import terminal

    return terminal.check(arguments)


def _move_attachments(arguments: argparse.Namespace) -> int:
    from shouxin.customers.attachments import terminal

    return terminal.move(arguments)


def _declared(command: argparse.ArgumentParser) -> None:
    add = command.add_argument
    add("--purpose", required=True, help=words("处理目的的代码", "key of the purpose"))
    add("--channel", required=True, help="registration, survey, sales, feedback, service, migration")
    add("--source", required=True, choices=("internal", "external"), help=words("来源", "source"))
    add("--supplier", default="", help=words("外部来源：提供方", "source external: who supplied it"))
    add("--evidence", default="", help=words("外部来源：依据", "source external: why they may"))
    add("--department", required=True, help=words("归口部门名称", "name of the owner department"))
    add(
        "--scope",
        required=True,
        choices=("own", "department", "organisation"),
        help=words("可见范围", "who may see"),
    )
    add("--responsible", help=words("负责人的登录名", "log-in of the responsible person"))
    add(
        "--existing",
        default="fill",
        choices=("fill", "replace", "skip"),
        help=words("已有客户", "existing customers"),
    )


def _decided(command: argparse.ArgumentParser) -> None:
    add = command.add_argument
    mapping = command.add_mutually_exclusive_group()
    mapping.add_argument(
        "--mapping", type=Path, help=words("列与字段的对应 (JSON)", "columns to fields (JSON)")
    )
    mapping.add_argument(
        "--accept-proposals",
        action="store_true",
        help=words(
            "采用系统认出的对应；认不出的列仍须决定", "take what is recognised; the rest must be decided"
        ),
    )
    add(
        "--sheet",
        action="append",
        default=[],
        help=words("要导入的工作表，可重复", "sheet to import; may be repeated"),
    )
    add("--encoding", help=words("文本编码，如 gb18030", "text encoding, such as gb18030"))


def run(arguments: argparse.Namespace) -> int:
    """Import the file; see the handbook's page on imports."""
    from shouxin.customers.intake import terminal

    return terminal.run(arguments)
