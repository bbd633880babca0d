"""`shouxin ledger verify` and `shouxin ledger export`.

The command line calls `add_arguments(subparsers)` once; each subcommand then carries its function in
`args.run`, to be called with the parsed arguments after `django.setup()`. Both `verify(args)` and `export(args)`
give the exit status: 0 done, 1 something is wrong, 2 wrong usage. Nothing of Django is imported before that.
"""

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from shouxin.kit.terminal import language, words

if TYPE_CHECKING:
    from shouxin.journal.verification import Report


def add_arguments(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command `ledger` with its two subcommands."""
    ledger = subparsers.add_parser("ledger", help=words("检验或导出日志账本", "verify or export the ledger"))
    commands = ledger.add_subparsers(dest="ledger_command", required=True)
    verifying = commands.add_parser("verify", help=words("检验全部日志", "verify the whole journal"))
    verifying.add_argument(
        "--checkpoint",
        type=Path,
        action="append",
        default=[],
        metavar="FILE",
        help=words("以往收到的检查点", "a checkpoint received earlier; may be repeated"),
    )
    verifying.add_argument(
        "--proof",
        type=Path,
        metavar="FILE",
        help=words("只核验一条的证明", "verify only the proof of one entry"),
    )
    verifying.add_argument("--json", action="store_true", help=words("供程序读取", "for programs"))
    verifying.set_defaults(run=verify)
    exporting = commands.add_parser(
        "export", help=words("导出账本供他人检验", "export the ledger for others to verify")
    )
    exporting.add_argument("folder", metavar="DIR", type=Path, help=words("空目录", "an empty folder"))
    exporting.add_argument("--json", action="store_true", help=words("供程序读取", "for programs"))
    exporting.set_defaults(run=export)


def verify(args: argparse.Namespace) -> int:
    """Verify the whole journal; prints what was proved or the first entry that is wrong."""
    from shouxin.journal import services

    missing = [path for path in (*args.checkpoint, *filter(None, [args.proof])) if not path.is_file()]
    if missing:
        sentence = words(f"没有此文件: {missing[0]}", f"no such file: {missing[0]}")
        return _fail(args, "checkpoint_missing", sentence)
    if args.proof:
        return _verify_proof(args)
    try:
        report = services.verify(services.OPERATOR, handed_out=args.checkpoint)
    except services.NoLedgerYet:
        return _fail(args, "nothing_sealed", _nothing_sealed())
    _say(args, _report(report), _sentences(report))
    return 0 if report.sound else 1


def _verify_proof(args: argparse.Namespace) -> int:
    """The proof against the ledger's key, and against the ledger as it stands here."""
    from shouxin.core.ledger.errors import LedgerError
    from shouxin.journal import proving, services

    try:
        found = proving.check_file(
            services.OPERATOR, text=args.proof.read_text(encoding="utf-8", errors="replace")
        )
    except services.NoLedgerYet:
        return _fail(args, "nothing_sealed", _nothing_sealed())
    except LedgerError as error:
        sentence = words("证明不成立", "The proof does not hold")
        _say(args, {"ok": False, "detail": str(error)}, f"{sentence}: {error}")
        return 1
    facts = {"ok": True, "index": found.index, "size": found.size, "root": found.root.hex()}
    sentence = words(
        f"证明成立: 序号 {found.index}, 账本 {found.size} 条; 本账本同处也是这一条",
        f"Proved: entry {found.index} of a log of {found.size}; the ledger here holds the same in its place",
    )
    _say(args, facts, f"{sentence}\nroot {found.root.hex()}")
    return 0


def export(args: argparse.Namespace) -> int:
    """Export the sealed journal, its checkpoints and the public key."""
    from shouxin.journal import services

    folder: Path = args.folder
    try:
        done = services.export(services.OPERATOR, folder=folder)
    except services.NoLedgerYet:
        return _fail(args, "nothing_sealed", _nothing_sealed())
    except services.FolderInUse:
        return _fail(
            args, "folder_in_use", words(f"目录不是空的: {folder}", f"the folder is not empty: {folder}")
        )
    facts = {"ok": True, "size": done.size, "root": done.root.hex(), "folder": str(folder)}
    said = words(
        f"已导出 {done.size} 条条目; 可以这样检验:", f"{done.size} entries exported; verify them with:"
    )
    _say(args, facts, f"{said}\nshouxin-verify {folder} --key {folder / 'ledger.pub'}")
    return 0


def _nothing_sealed() -> str:
    return words("尚无已封存的条目: 请先启动服务", "nothing has been sealed yet: start the server first")


def _report(report: "Report") -> dict[str, Any]:
    first = report.first
    return {
        "ok": report.sound,
        "size": report.size,
        "root": report.root.hex(),
        "checkpoints": report.checkpoints,
        "waiting": report.waiting,
        "first": None if first is None else _finding(first),
        "findings": [_finding(found) for found in report.findings],
    }


def _finding(found: Any) -> dict[str, Any]:
    return {
        "what": found.what.value,
        "index": found.first,
        "last": found.last,
        "entry": None if found.entry is None else str(found.entry),
        "source": found.source,
        "message_zh": found.message.zh,
        "message_en": found.message.en,
    }


def _sentences(report: "Report") -> str:
    if not report.sound:
        found = sorted(report.findings, key=lambda one: one != report.first)
        heading = words("账本有误:", "The ledger is not sound:")
        return "\n".join([heading, *(f"- {one.message.in_(language())}" for one in found)])
    size, checkpoints, waiting = report.size, report.checkpoints, report.waiting
    said = words(
        f"账本完好: {size} 条条目, {checkpoints} 个检查点, {waiting} 条待封存",
        f"The ledger is sound: {size} entries, {checkpoints} checkpoints, {waiting} waiting to be sealed",
    )
    return f"{said}\nroot {report.root.hex()}"


def _say(args: argparse.Namespace, facts: dict[str, Any], sentences: str) -> None:
    sys.stdout.write((json.dumps(facts, ensure_ascii=False) if args.json else sentences) + "\n")


def _fail(args: argparse.Namespace, code: str, sentence: str) -> int:
    if args.json:
        sys.stdout.write(
            json.dumps({"ok": False, "code": code, "message": sentence}, ensure_ascii=False) + "\n"
        )
    else:
        sys.stderr.write(f"shouxin ledger: {sentence}\n")
    return 2
