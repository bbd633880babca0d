"""`shouxin keys status`, `rotate`, `check`, `outdated`, `destroy-root`: for whoever works at the server."""

import argparse
import json
import sys
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from shouxin.kit.terminal import words
from shouxin.vault import outdated_command, root_command, search_command

if TYPE_CHECKING:
    from shouxin.core.policy import Actor
    from shouxin.vault.checking import Checked
    from shouxin.vault.queries import KeyStatus, RootCount


def add_arguments(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command `keys` with its two subcommands."""
    keys = subparsers.add_parser("keys", help=words("查看或轮换密钥", "show or rotate the keys"))
    commands = keys.add_subparsers(dest="keys_command", required=True)
    showing = commands.add_parser(
        "status", help=words("各版本密钥各封存多少", "how much each key version seals")
    )
    showing.add_argument("--json", action="store_true", help=words("供程序读取", "for programs"))
    showing.set_defaults(run=status)
    rotating = commands.add_parser(
        "rotate",
        help=words(
            "轮换密钥，可中断后继续，不影响使用",
            "rotate the keys while people work; goes on when interrupted",
        ),
    )
    rotating.add_argument("--json", action="store_true", help=words("供程序读取", "for programs"))
    root_command.add_rotation(rotating)
    rotating.set_defaults(run=rotate)
    root_command.add_destruction(commands)
    checking = commands.add_parser(
        "check",
        help=words("打开全部密文，指出被改动的", "open everything sealed and name what was altered"),
    )
    checking.add_argument("--json", action="store_true", help=words("供程序读取", "for programs"))
    checking.set_defaults(run=check)
    outdated_command.add_arguments(commands)
    search_command.add_arguments(subparsers)


def operator() -> "Actor":
    """Whoever works at the server's command line, with the rights of these commands."""
    from shouxin.core.policy import Permission
    from shouxin.journal.services import OPERATOR

    return replace(OPERATOR, permissions=frozenset({Permission.VAULT_KEY_READ, Permission.VAULT_KEY_ROTATE}))


def status(args: argparse.Namespace) -> int:
    """Print provider, suite and counts per key version; 1 when the key provider does not answer."""
    from shouxin.vault import queries

    found = queries.key_status(actor=operator())
    _say(args, _facts(found), _sentences(found))
    return 0 if found.provider else 1


def rotate(args: argparse.Namespace) -> int:
    """Wrap every data key under a new epoch key; at the end the count proves that nothing remains under the old one."""
    from shouxin.core.crypto.errors import CryptoError
    from shouxin.vault import queries, services
    from shouxin.vault.errors import VaultError

    if args.root:
        return root_command.rotate(args)
    done = None
    try:
        for done in services.rotate(actor=operator()):
            if not args.json:
                left = words(f"还剩 {done.remaining} 把数据密钥", f"{done.remaining} data keys left")
                sys.stderr.write(f"\r{left}      ")
    except (CryptoError, VaultError) as error:
        sys.stderr.write(
            words(
                f"\n轮换中断（{type(error).__name__}）：已完成的部分有效，排除原因后再运行一次即可继续。\n",
                f"\nThe rotation stopped ({type(error).__name__}): what is done stays done; run it again to go on.\n",
            )
        )
        return 1
    found = queries.key_status(actor=operator())
    if not args.json:
        sys.stderr.write("\n")
    _say(args, _facts(found), _sentences(found))
    return 0 if done is not None and done.finished and not done.remaining else 1


def check(args: argparse.Namespace) -> int:
    """Open every sealed value and name each that is not what was stored; 1 when there is one, or nothing opens."""
    from shouxin.core.crypto.errors import CryptoError
    from shouxin.vault import services
    from shouxin.vault.errors import VaultError

    done = services.Checked()
    try:
        for done in services.check(actor=operator()):
            if not args.json:
                so_far = words(f"已检验 {done.groups} 个存储组", f"{done.groups} storage groups checked")
                sys.stderr.write(f"\r{so_far}      ")
    except (CryptoError, VaultError) as error:
        sys.stderr.write(
            words(
                f"\n无法检验（{type(error).__name__}）：密钥服务没有应答，或尚未建立密钥。\n",
                f"\nNothing can be checked ({type(error).__name__}): no keys yet, or their provider does not answer.\n",
            )
        )
        return 1
    if not args.json:
        sys.stderr.write("\n")
    found = [
        {"customer": str(one.customer_id), "group": one.group, "what": one.what.value}
        | ({"record": str(one.record_id)} if one.record_id else {})
        for one in done.found
    ]
    found += [
        {"place": one.place, "item": one.told, "part": one.part, "what": one.what.value}
        for one in done.altered
    ]
    facts: dict[str, Any] = {"ok": not found, "groups": done.groups, "records": done.records}
    facts |= {"versions": done.versions, "keys": done.keys, "parcels": done.parcels}
    _say(args, {**facts, "found": found}, _verdict(done))
    return 1 if found else 0


def _verdict(done: "Checked") -> str:
    from shouxin.vault import places

    counts = words(
        f"{done.groups} 个存储组、{done.records} 条记录、{done.versions} 个历史版本；"
        f"{done.keys} 个由根密钥封装的密钥、其下 {done.parcels} 份密文",
        f"{done.groups} storage groups, {done.records} records, {done.versions} earlier versions; "
        f"{done.keys} keys that root keys wrap, {done.parcels} sealed pieces under them",
    )
    problems = len(done.found) + len(done.altered)
    if not problems:
        return words(f"密文完好：{counts}", f"Everything sealed is as it was stored: {counts}")
    lines = [words(f"发现被改动 {problems} 处：{counts}", f"{problems} alterations found: {counts}")]
    lines += [
        f"  {one.what.value}  {one.customer_id}  {one.group}  {one.record_id or ''}".rstrip()
        for one in done.found
    ]
    names = {place.key: place.name for place in places.under_root()}
    lines += [
        f"  {one.what.value}  {words(names[one.place].zh, names[one.place].en)}  {one.told}  {one.part}".rstrip()
        for one in done.altered
    ]
    return "\n".join(lines)


def _facts(found: "KeyStatus") -> dict[str, Any]:
    return {
        "ok": found.provider is not None,
        "provider": found.provider,
        "fingerprint": found.fingerprint,
        "suite": found.suite,
        "epochs": [
            {"epoch": one.epoch, "state": one.state, "suite": one.suite, "data_keys": one.data_keys}
            for one in found.epochs
        ],
        "algorithms": [
            {
                "suite": one.suite,
                "name": one.name,
                "status": one.status,
                "groups": one.groups,
                "secrets": one.secrets,
                "epochs": one.epochs,
            }
            for one in found.algorithms
        ],
        "groups": dict(found.groups),
        "roots": [
            {
                "number": one.number,
                "kind": one.kind,
                "fingerprint": one.fingerprint,
                "suite": one.suite,
                "state": one.state,
                "keys": one.keys,
                "kept": one.kept,
            }
            for one in found.roots
        ],
        "places": [
            {"place": one.key, "keys": one.total, "roots": one.roots, "suites": one.suites}
            for one in found.places
        ],
    }


ROOTS = {
    "prepared": ("待启用", "being made"),
    "current": ("在用", "current"),
    "retiring": ("轮换中", "being rotated away"),
    "retired": ("已停用，尚保留", "out of use, still kept"),
    "destroying": ("销毁未完成", "destruction not completed"),
    "destroyed": ("已销毁", "destroyed"),
}
STATES = {
    "current": ("在用", "current"),
    "own": ("高风险独立密钥", "of its own, high risk"),
    "retiring": ("轮换中", "retiring"),
    "retired": ("已停用", "retired"),
}


def _sentences(found: "KeyStatus") -> str:
    if found.provider is None:
        first = words(
            "密钥服务不可用：现在读不出、也写不入任何密文。",
            "The key provider does not answer: nothing can be read or sealed.",
        )
    else:
        kind, mark = found.provider, found.fingerprint
        first = words(f"根密钥：{kind}，指纹 {mark}", f"Root key: {kind}, fingerprint {mark}")
    lines = [first, *map(_of_root, found.roots)]
    for one in found.epochs:
        zh, en = STATES.get(one.state, (one.state, one.state))
        lines.append(
            words(
                f"纪元密钥 {one.epoch}（{zh}）：封存 {one.data_keys} 把数据密钥",
                f"Epoch key {one.epoch} ({en}): wraps {one.data_keys} data keys",
            )
        )
    lines += [
        words(f"{one.name}：{one.groups} 个存储组", f"{one.name}: {one.groups} storage groups")
        for one in found.algorithms
        if one.groups
    ]
    lines += [
        words(f"{one.name.zh}：{one.total} 个密钥", f"{one.name.en}: {one.total} keys")
        for one in found.places
        if one.total
    ]
    return "\n".join(lines)


def _of_root(one: "RootCount") -> str:
    zh, en = ROOTS.get(one.state, (one.state, one.state))
    return words(
        f"{one.number} 号根密钥（{zh}）：指纹 {one.fingerprint or '—'}，封装 {one.keys} 个密钥",
        f"Root key no. {one.number} ({en}): fingerprint {one.fingerprint or '—'}, wraps {one.keys} keys",
    )


def _say(args: argparse.Namespace, facts: dict[str, Any], sentences: str) -> None:
    sys.stdout.write((json.dumps(facts, ensure_ascii=False) if args.json else sentences) + "\n")
