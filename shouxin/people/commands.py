"""`shouxin second-factor reset`: for the last system administrator who lost theirs; somebody else still confirms.

Nothing of Django is imported before the command runs.
"""

import argparse
import sys
from dataclasses import replace

from shouxin.kit.terminal import language, words


def add_arguments(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command `second-factor` with its subcommand."""
    factor = subparsers.add_parser("second-factor", help=words("二次认证", "second factors"))
    commands = factor.add_subparsers(dest="factor_command", required=True)
    resetting = commands.add_parser(
        "reset",
        help=words(
            "申请重置某个登录名的二次认证，须由他人在控制台确认",
            "ask to reset a log-in's second factor; somebody else confirms it at the console",
        ),
    )
    resetting.add_argument("account", metavar=words("登录名", "LOG-IN"))
    resetting.add_argument("--reason", required=True, help=words("原因", "why"))
    resetting.set_defaults(run=reset)


def reset(arguments: argparse.Namespace) -> int:
    """Ask for the reset; 1 when it cannot be asked for."""
    from shouxin.core.policy import Permission
    from shouxin.journal.services import OPERATOR
    from shouxin.people.models import Staff
    from shouxin.people.second_factor import services
    from shouxin.people.services import PeopleError

    operator = replace(OPERATOR, permissions=frozenset({Permission.PEOPLE_FACTOR_RESET}))
    staff = Staff.objects.filter(user_name__iexact=arguments.account).first()
    if staff is None:
        sys.stderr.write(words("没有这个登录名。\n", "There is no such log-in.\n"))
        return 1
    try:
        services.ask_reset(actor=operator, staff_id=staff.id, reason=arguments.reason)
    except PeopleError as error:
        sys.stderr.write(error.text.in_(language()) + "\n")
        return 1
    sys.stdout.write(
        words(
            "已提交。请部门负责人、安全管理员或个人信息保护负责人（非本人）在“二次认证重置”中确认。\n",
            "Asked for. A head, the security administrator or the officer, not the person concerned, "
            "confirms it under “Second factor resets”.\n",
        )
    )
    return 0
