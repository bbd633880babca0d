"""Proofs and checks in words."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from shouxin.journal.models import CheckState, LedgerCheck
from shouxin.journal.proving import Step, Verified

# What each step proves, and what it means when it does not.
STEPS = {
    Step.BYTES: (
        gettext_lazy("重新读取存储的字节，内容与列表中显示的一致"),
        gettext_lazy("存储的字节与列表中显示的不一致：有人改动过数据库"),
    ),
    Step.LEAF: (
        gettext_lazy("重新计算的哈希与封存时的相同"),
        gettext_lazy("重新计算的哈希与封存时的不同：本条被改动过"),
    ),
    Step.OUTSIDE: (
        gettext_lazy("与数据库之外留存的哈希相同"),
        gettext_lazy("数据库之外没有相同的哈希：数据库或留存文件被改动过"),
    ),
    Step.PATH: (
        gettext_lazy("沿包含证明逐级计算，得到根哈希"),
        gettext_lazy("沿包含证明计算得不到根哈希：哈希树被改动过"),
    ),
    Step.SIGNATURE: (
        gettext_lazy("检查点上是本账本密钥的签名"),
        gettext_lazy("检查点上不是本账本密钥的签名"),
    ),
}
STATES = {
    CheckState.WAITING: ("info", gettext_lazy("排队中")),
    CheckState.RUNNING: ("info", gettext_lazy("检验中")),
    CheckState.SOUND: ("ok", gettext_lazy("完好")),
    CheckState.UNSOUND: ("bad", gettext_lazy("有误")),
    CheckState.FAILED: ("warn", gettext_lazy("未能完成")),
}


def step_lines(verified: Verified) -> list[dict[str, Any]]:
    """Each step: held, failed, or not reached."""
    lines = []
    for step, (held, failed) in STEPS.items():
        if step in verified.held:
            lines.append({"kind": "ok", "mark": _("成立"), "text": held})
        elif step is verified.failed:
            lines.append({"kind": "bad", "mark": _("不成立"), "text": failed})
        else:
            lines.append({"kind": "muted", "mark": _("未进行"), "text": held})
    return lines


def check_shown(row: LedgerCheck, who: str, language: str) -> dict[str, Any]:
    """One check of the ledger as the page shows it."""
    kind, state = STATES[CheckState(row.state)]
    english = language.startswith("en")
    return {
        "row": row,
        "who": who,
        "kind": kind,
        "state": state,
        "going": row.finished_at is None,
        "root": bytes(row.root).hex(),
        "findings": [found["en" if english else "zh"] for found in row.findings],
    }
