"""`shouxin search status` and `rebuild`: the search index for whoever works at the server."""

import argparse
import json
import sys
from typing import TYPE_CHECKING, Any

from shouxin.kit.terminal import words

if TYPE_CHECKING:
    from shouxin.vault.index_queries import IndexStatus

NEEDED = {
    "suite": ("算法套件已变更", "the suite has changed"),
    "outgrown": ("客户数超过规划数的两倍", "the register has outgrown its plan twice over"),
    "fields": ("字段的检索方式已改变", "fields are searched otherwise by now"),
}
STATES = {
    "building": ("重建中", "being built"),
    "current": ("在用", "current"),
    "retired": ("已停用", "retired"),
}


def add_arguments(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command `search` with its two subcommands."""
    search = subparsers.add_parser("search", help=words("密文检索索引", "the search index"))
    commands = search.add_subparsers(dest="search_command", required=True)
    showing = commands.add_parser(
        "status", help=words("各版本、规模、是否需要重建", "versions, size, whether to rebuild")
    )
    showing.add_argument("--json", action="store_true", help=words("供程序读取", "for programs"))
    showing.set_defaults(run=status)
    building = commands.add_parser(
        "rebuild",
        help=words(
            "重建索引，不影响使用，可中断后继续", "build it anew while people work; goes on when interrupted"
        ),
    )
    building.add_argument(
        "--planned", type=int, help=words("规划客户数，至少 64", "customers planned for, 64 at least")
    )
    building.add_argument(
        "--if-needed",
        action="store_true",
        help=words(
            "需要时才开始；已开始的总是接着做", "begin only when needed; what was begun always goes on"
        ),
    )
    building.add_argument("--json", action="store_true", help=words("供程序读取", "for programs"))
    building.set_defaults(run=rebuild)


def status(args: argparse.Namespace) -> int:
    """Versions, sizes and reasons to rebuild; 1 when there is a reason."""
    from shouxin.vault import index_queries
    from shouxin.vault.commands import operator

    found = index_queries.status(actor=operator())
    _say(args, found)
    return 1 if found.needed else 0


def rebuild(args: argparse.Namespace) -> int:
    """Build a new version, or go on with one that was cut off, and remove the old tokens; 2 for a plan too small."""
    from shouxin.core.crypto.errors import CryptoError
    from shouxin.vault import index_queries, rebuilding
    from shouxin.vault.commands import operator
    from shouxin.vault.errors import VaultError

    try:
        if not (index_queries.unfinished() or (args.if_needed and not index_queries.needed())):
            rebuilding.begin(actor=operator(), planned=args.planned)
        for done in rebuilding.work(actor=operator()):
            if not args.json:
                so_far = words(
                    f"{done.done} / 约 {done.total} 个存储组", f"{done.done} of about {done.total} groups"
                )
                sys.stderr.write(f"\r{so_far}      ")
    except ValueError:
        sys.stderr.write(words("规划客户数至少为 64。\n", "Plan for at least 64 customers.\n"))
        return 2
    except (CryptoError, VaultError) as error:
        sys.stderr.write(
            words(
                f"\n重建中断（{type(error).__name__}）：已完成的部分有效，排除原因后再运行一次即可继续。\n",
                f"\nStopped ({type(error).__name__}): what is done stays done; run it again to go on.\n",
            )
        )
        return 1
    if not args.json:
        sys.stderr.write("\n")
    found = index_queries.status(actor=operator())
    _say(args, found)
    return 1 if found.current is None or found.current.left_out else 0


def _say(args: argparse.Namespace, found: "IndexStatus") -> None:
    if args.json:
        sys.stdout.write(json.dumps(_facts(found), ensure_ascii=False) + "\n")
        return
    lines = []
    for one in found.versions:
        zh, en = STATES[one.state]
        lines.append(
            words(
                f"第 {one.version} 版（{zh}）：规划 {one.planned}，令牌 {one.bits} 位，共 {one.tokens} 个",
                f"Version {one.version} ({en}): planned for {one.planned}, {one.tokens} tokens of {one.bits} bits",
            )
        )
    if found.current:
        lines.append(
            words(
                f"现有客户 {found.size.customers}，平均巧合数 {found.coincidences:.1f}",
                f"{found.size.customers} customers, {found.coincidences:.1f} coincidences on average",
            )
        )
    reasons = [words(*NEEDED[reason]) for reason in found.needed]
    lines += [words(f"建议重建：{reason}", f"To be rebuilt: {reason}") for reason in reasons]
    sys.stdout.write("\n".join(lines) + "\n")


def _facts(found: "IndexStatus") -> dict[str, Any]:
    return {
        "ok": not found.needed,
        "needed": list(found.needed),
        "customers": found.size.customers,
        "coincidences": round(found.coincidences, 2),
        "versions": [
            {
                "version": one.version,
                "state": one.state,
                "planned": one.planned,
                "bits": one.bits,
                "tokens": one.tokens,
                "left_out": one.left_out,
                "emptied": one.emptied_at is not None,
            }
            for one in found.versions
        ],
        "tokens": {kind: dict(counts) for kind, counts in found.per_kind.items() if counts},
    }
