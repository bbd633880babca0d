"""`shouxin attachments check` and `shouxin attachments move`."""

import argparse
import json
import sys

from shouxin.core.crypto.errors import CryptoError
from shouxin.customers.attachments import moving, storage
from shouxin.customers.attachments.models import Store
from shouxin.kit.terminal import words
from shouxin.vault.commands import operator
from shouxin.vault.errors import VaultError

SHOWN = 50


def check(arguments: argparse.Namespace) -> int:
    """Open every stored file; 1 when something is missing, altered or belongs to nothing."""
    looked = moving.Looked()
    try:
        for looked in moving.check(actor=operator()):
            _progress(looked.files, arguments)
    except (storage.StorageAway, CryptoError, VaultError) as problem:
        return _stopped(problem, arguments)
    found = {"missing": looked.missing, "altered": looked.altered, "orphaned": looked.orphaned}
    if arguments.json:
        told = {name: [str(one) for one in ids] for name, ids in found.items()}
        sys.stdout.write(json.dumps({"ok": looked.sound, "files": looked.files, **told}) + "\n")
        return 0 if looked.sound else 1
    sys.stdout.write(
        words(f"检查了 {looked.files} 个附件文件。\n", f"Checked {looked.files} files of attachments.\n")
    )
    names = {
        "missing": words("内容丢失", "content missing"),
        "altered": words("与存入时不符，或密钥已销毁", "not what was stored, or its key is destroyed"),
        "orphaned": words(
            "不属于任何附件（每天自动清除，6 小时内的除外）",
            "belongs to no attachment (swept daily, once six hours old)",
        ),
    }
    for name, ids in found.items():
        for one in ids[:SHOWN]:
            sys.stdout.write(f"  {one}  {names[name]}\n")
        if len(ids) > SHOWN:
            sys.stdout.write(f"  … {len(ids) - SHOWN}  {names[name]}\n")
    return 0 if looked.sound else 1


def move(arguments: argparse.Namespace) -> int:
    """Move what lies elsewhere; run again after a cut-off, it goes on."""
    moved = moving.Moved()
    try:
        for moved in moving.move(actor=operator(), to=Store(arguments.to)):
            _progress(moved.done, arguments)
    except (storage.StorageAway, CryptoError, VaultError) as problem:
        return _stopped(problem, arguments)
    if arguments.json:
        told = {"ok": not moved.missing, "moved": moved.done, "missing": [str(one) for one in moved.missing]}
        sys.stdout.write(json.dumps(told) + "\n")
    else:
        sys.stdout.write(words(f"已移动 {moved.done} 个。\n", f"Moved {moved.done}.\n"))
        for one in moved.missing:
            sys.stdout.write(f"  {one}  " + words("内容丢失", "content missing") + "\n")
    return 1 if moved.missing else 0


def _progress(done: int, arguments: argparse.Namespace) -> None:
    if not arguments.json and sys.stderr.isatty():
        sys.stderr.write(f"\r{done}   ")


def _stopped(problem: Exception, arguments: argparse.Namespace) -> int:
    if arguments.json:
        sys.stdout.write(
            json.dumps({"ok": False, "problem": type(problem).__name__, "text": str(problem)}) + "\n"
        )
    else:
        sys.stderr.write(
            words(
                f"未完成：{problem}。已完成的部分有效，排除原因后再运行一次。\n",
                f"Not done: {problem}. What is done stays done; run it again to go on.\n",
            )
        )
    return 1
