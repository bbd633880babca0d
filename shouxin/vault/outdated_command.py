"""`shouxin keys outdated`: what still depends on an algorithm marked outdated, and going on with the re-encryption."""

import argparse
import json
import sys
from typing import TYPE_CHECKING, Any

from shouxin.kit.terminal import words

if TYPE_CHECKING:
    from shouxin.core.policy import Actor
    from shouxin.kit import backups
    from shouxin.vault.queries import KeyStatus


def add_arguments(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the subcommand to those of `keys`."""
    aging = commands.add_parser(
        "outdated",
        help=words(
            "过时的算法：剩余多少、哪些备份仍依赖它",
            "outdated algorithms: what remains, which backups need them",
        ),
        description=words(
            "标为过时由安全管理员在“密钥与算法”页申请、他人确认；这里查看进度，或在前台继续重新加密。",
            "Two people mark an algorithm outdated on the page of keys; here is how far it is, or go on with it.",
        ),
    )
    aging.add_argument("--json", action="store_true", help=words("供程序读取", "for programs"))
    aging.add_argument(
        "--continue",
        action="store_true",
        dest="go_on",
        help=words("继续重新加密，可中断", "go on re-encrypting; may be interrupted"),
    )
    aging.set_defaults(run=outdated)


def outdated(args: argparse.Namespace) -> int:
    """What still depends on an outdated suite; 1 while values do."""
    from shouxin.vault import queries
    from shouxin.vault.commands import operator

    if args.go_on and not _went_on(operator(), quiet=args.json):
        return 1
    found = queries.key_status(actor=operator())
    facts, lines = _told(found)
    sys.stdout.write((json.dumps(facts, ensure_ascii=False) if args.json else "\n".join(lines)) + "\n")
    return 0 if facts["ok"] else 1


def _went_on(actor: "Actor", *, quiet: bool) -> bool:
    from shouxin.core.crypto.errors import CryptoError
    from shouxin.vault import algorithms
    from shouxin.vault.errors import KeysDamaged, VaultError

    try:
        for done in algorithms.reencrypt(actor=actor):
            if not quiet:
                left = words(f"还剩 {done.remaining} 项", f"{done.remaining} left")
                sys.stderr.write(f"\r{left}      ")
    except KeysDamaged as error:
        named = "\n".join(f"  {place}  {told}".rstrip() for place, told in error.found)
        sys.stderr.write(
            words(
                f"\n以下各项被改动，打不开；其余已完成。重新设置或停用它们之后再运行一次：\n{named}\n",
                f"\nThese were altered and do not open; all others are done. Set them up anew or end them, then "
                "run this again:"
                f"\n{named}\n",
            )
        )
        return False
    except (CryptoError, VaultError) as error:
        sys.stderr.write(
            words(
                f"\n重新加密中断（{type(error).__name__}）：已完成的部分有效，排除原因后再运行一次。\n",
                f"\nStopped ({type(error).__name__}): what is done stays done; run it again to go on.\n",
            )
        )
        return False
    return True


def _told(found: "KeyStatus") -> tuple[dict[str, Any], list[str]]:
    from shouxin.vault import presenting

    suites = [one for one in found.algorithms if one.status == "outdated"]
    needed = presenting.dependent_backups(found)
    aged = {"root": presenting.root_is_outdated(found), "index": presenting.index_is_outdated(found)}
    facts = {
        "ok": not any(one.values or one.epochs or one.indexes for one in suites),
        "outdated": [
            {
                "suite": one.suite,
                "name": one.name,
                "groups": one.groups,
                "secrets": one.secrets,
                "epochs": one.epochs,
                "indexes": one.indexes,
            }
            for one in suites
        ],
        **aged,
        "backups": [{"name": one.name, "place": one.place, "at": one.at.isoformat()} for one in needed],
    }
    lines = [
        words(
            f"{one.name}：已过时，剩余 {one.groups} 个存储组、{one.secrets} 份零散密钥与导入、{one.epochs} 个纪元密钥",
            f"{one.name}: outdated; {one.groups} storage groups, {one.secrets} small secrets and imports, "
            f"{one.epochs} epoch keys remain",
        )
        for one in suites
    ] or [words("没有标为过时的算法。", "No algorithm is marked outdated.")]
    return facts, [*lines, *_beyond(aged), *_of_backups(needed)]


def _beyond(aged: dict[str, bool]) -> list[str]:
    """What re-encryption does not reach, and what to do about it."""
    lines = []
    if aged["root"]:
        lines.append(
            words(
                "在用的根密钥仍属过时的算法：运行 shouxin keys rotate --root 换成新的。",
                "The root key in use is of an outdated algorithm: shouxin keys rotate --root replaces it.",
            )
        )
    if aged["index"]:
        lines.append(
            words(
                "检索索引的令牌仍按过时的算法计算：重新加密的最后一步会重建索引。",
                "Search tokens are still computed with an outdated algorithm; the re-encryption ends by building "
                "the index anew.",
            )
        )
    return lines


def _of_backups(needed: "list[backups.Backup]") -> list[str]:
    from shouxin.kit import backups

    if not len(backups.sources):
        return [
            words(
                "系统目前不制作备份，没有备份可列；自行保存的数据库备份，凡早于重新加密完成之时的，仍依赖过时的算法。",
                "The system makes no backups yet, so there are none to list; database backups of your own from "
                "before the "
                "re-encryption was done still depend on the outdated algorithm.",
            )
        ]
    return [
        words(f"备份仍依赖：{one.name}（{one.place}）", f"A backup depends on it: {one.name} ({one.place})")
        for one in needed
    ] or [words("没有登记的备份依赖过时的算法。", "No registered backup depends on an outdated algorithm.")]
