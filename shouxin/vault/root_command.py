"""`shouxin keys rotate --root` and `shouxin keys destroy-root`: for whoever keeps the root key."""

import argparse
import json
import sys
from typing import TYPE_CHECKING, Any

from shouxin.kit.terminal import words

if TYPE_CHECKING:
    from shouxin.vault.root_rotation import RootProgress

SUITES = ("aes", "sm4")


def add_rotation(rotating: argparse.ArgumentParser) -> None:
    """Add to `keys rotate` what concerns the root key."""
    rotating.add_argument(
        "--root",
        action="store_true",
        help=words(
            "轮换根密钥，而不是纪元密钥；旧根密钥保留，直到用 destroy-root 销毁",
            "rotate the root key instead of the epoch keys; the old one is kept until destroy-root",
        ),
    )
    rotating.add_argument(
        "--kind",
        choices=("file", "passphrase"),
        help=words(
            "新根密钥的种类，默认与现在相同", "the kind of the new root key; as the present one unless named"
        ),
    )
    rotating.add_argument(
        "--suite",
        choices=SUITES,
        help=words(
            "新根密钥的算法套件，默认为单位选定的",
            "the suite of the new root key; the organisation's unless named",
        ),
    )


def add_destruction(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `keys destroy-root`."""
    destroying = commands.add_parser(
        "destroy-root",
        help=words("销毁已停用的旧根密钥", "destroy an old root key that is out of use"),
        description=words(
            "销毁已停用的旧根密钥。轮换之前的数据库备份从此不可读：请先备份新根密钥，并重新备份数据库。",
            "Destroy an old root key that is out of use. Database backups from before the rotation become unreadable: "
            "back up the new root key and the database first.",
        ),
    )
    destroying.add_argument(
        "--fingerprint",
        required=True,
        help=words(
            "旧根密钥的指纹（见 keys status）", "fingerprint of the old root key (keys status shows it)"
        ),
    )
    destroying.add_argument(
        "--backed-up",
        action="store_true",
        help=words(
            "确认：新根密钥与轮换之后的数据库已备份，并且备份可用",
            "confirm: the new root key, and the database as it is since the rotation, are backed up and the backup "
            "works",
        ),
    )
    destroying.add_argument("--json", action="store_true", help=words("供程序读取", "for programs"))
    destroying.set_defaults(run=destroy)


def rotate(args: argparse.Namespace) -> int:
    """Wrap everything under a new root key; at the end all of it was opened with the new one alone."""
    from shouxin.core.crypto.errors import CryptoError
    from shouxin.vault import root_rotation
    from shouxin.vault.commands import operator
    from shouxin.vault.errors import VaultError
    from shouxin.vault.jobs import SUITES as NUMBERS

    done = None
    try:
        chosen = NUMBERS[args.suite] if args.suite else None
        for done in root_rotation.rotate(actor=operator(), kind=args.kind, suite=chosen):
            if not args.json and done.rewrapped:
                sys.stderr.write(
                    words(f"已重新封装 {done.rewrapped} 个密钥\n", f"{done.rewrapped} keys wrapped again\n")
                )
    except (CryptoError, VaultError) as error:
        sys.stderr.write(_why(error) + "\n")
        return 1
    if done is None or not done.finished:
        return 1
    _say(args, {"ok": True, **_facts(done)}, _proof(done))
    return 0


def _facts(done: "RootProgress") -> dict[str, Any]:
    return {"old": done.old, "new": done.new, "remaining": done.remaining, "opened": done.opened}


def _proof(done: "RootProgress") -> str:
    from shouxin.vault.keyring import root_key_path
    from shouxin.vault.models import RootKey

    old = RootKey.objects.get(number=done.old).fingerprint
    return words(
        f"{done.old} 号根密钥下剩余 {done.remaining} 个密钥；全部 {done.opened} 个仅凭 {done.new} 号根密钥逐一打开。\n"
        f"请备份 {root_key_path(done.new)}，再备份数据库；轮换之前的数据库备份仍要旧根密钥才能读。\n"
        f"旧根密钥一直保留；要销毁：shouxin keys destroy-root --fingerprint {old} --backed-up",
        f"{done.remaining} keys remain under root key no. {done.old}; all {done.opened} were opened with no. "
        f"{done.new} "
        f"alone.\nBack up {root_key_path(done.new)}, then the database; backups from before the rotation still "
        "need the "
        f"old root key.\nThe old root key is kept. To destroy it: shouxin keys destroy-root --fingerprint {old} "
        "--backed-up",
    )


def _why(error: Exception) -> str:
    from shouxin.core.crypto.errors import WrongPassphrase
    from shouxin.vault.errors import KeysDamaged
    from shouxin.vault.keyring import passphrase_path
    from shouxin.vault.models import RootKey, RootState
    from shouxin.vault.root_rotation import RotationElsewhere, SamePassphrase

    coming = (
        RootKey.objects.filter(state__in=[RootState.PREPARED, RootState.CURRENT]).order_by("-number").first()
    )
    path = passphrase_path(coming.number if coming else 0)
    match error:
        case RotationElsewhere():
            return words("根密钥正在由另一个进程轮换。", "Another process is rotating the root key just now.")
        case SamePassphrase():
            return words(
                f"新根密钥要有自己的口令：请写入 {path}（权限 0600），不可与现在的相同，然后再运行一次。",
                f"The new root key needs a passphrase of its own: put it into {path} (mode 0600), other than the "
                "present "
                "one, and run this again.",
            )
        case WrongPassphrase():
            return words(
                f"口令不对：{path} 里的口令打不开已建立的根密钥。没有改动任何东西；放回正确的口令后再运行一次。",
                f"Wrong passphrase: what {path} holds does not open the root key that was made. Nothing was "
                "changed; put the "
                "right passphrase back and run this again.",
            )
        case KeysDamaged():
            named = "\n".join(f"  {place}  {told}".rstrip() for place, told in error.found)
            return words(
                f"以下密钥被改动，打不开；其余已完成。重新设置或停用它们之后再运行一次：\n{named}",
                "These keys were altered and do not open; all others are done. Set them up anew or end them, then "
                "run this "
                f"again:\n{named}",
            )
        case _:
            return words(
                f"轮换中断（{type(error).__name__}：{error}）：已完成的部分有效，排除原因后再运行一次即可继续。",
                f"The rotation stopped ({type(error).__name__}: {error}): what is done stays done; run it again to "
                "go on.",
            )


def destroy(args: argparse.Namespace) -> int:
    """Destroy a retired root key by its fingerprint, after the confirmation that backups were renewed."""
    from shouxin.core.crypto.errors import CryptoError
    from shouxin.vault import root_destruction
    from shouxin.vault.commands import operator
    from shouxin.vault.errors import VaultError

    if not args.backed_up:
        sys.stderr.write(
            words(
                "没有销毁。销毁之后，轮换之前的数据库备份再也读不出来。备份新根密钥和现在的数据库，然后加上 "
                "--backed-up。\n",
                "Nothing was destroyed. Afterwards no database backup from before the rotation can ever be read. "
                "Back up the "
                "new root key and the database as it is now, then add --backed-up.\n",
            )
        )
        return 2
    try:
        number = root_destruction.destroy(actor=operator(), fingerprint=args.fingerprint)
    except root_destruction.NotRetired:
        sys.stderr.write(
            words(
                "没有销毁：没有这个指纹的、已证明停用的根密钥。指纹见 shouxin keys status。\n",
                "Nothing was destroyed: no root key with this fingerprint is proven to be out of use. shouxin keys "
                "status "
                "shows the fingerprints.\n",
            )
        )
        return 1
    except (CryptoError, VaultError) as error:
        sys.stderr.write(
            words(
                f"没有销毁（{type(error).__name__}：{error}）。\n",
                f"Nothing was destroyed ({type(error).__name__}: {error}).\n",
            )
        )
        return 1
    _say(
        args,
        {"ok": True, "destroyed": number},
        words(
            f"{number} 号根密钥的密钥文件已销毁。它的其他副本（备份、保管的口令）请一并销毁。",
            f"The key file of root key no. {number} is destroyed. Destroy its other copies (backups, kept "
            "passphrases) too.",
        ),
    )
    return 0


def _say(args: argparse.Namespace, facts: dict[str, Any], sentences: str) -> None:
    sys.stdout.write((json.dumps(facts, ensure_ascii=False) if args.json else sentences) + "\n")
