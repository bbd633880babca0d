"""The same file gives the same customers under AES-256-GCM and under SM4-GCM."""

from typing import Any

import pytest

from shouxin.core.crypto.suites import SM4_GCM_HMAC_SM3
from shouxin.customers.intake import drafts
from shouxin.customers.intake.tests import cast
from shouxin.vault import services as vault
from shouxin.vault.keyring import keyring, root_key_path
from shouxin.vault.models import Settings
from tests import register as registers
from tests.register import Register
from tests.world import World

pytestmark = pytest.mark.django_db(transaction=True)
FILE = cast.table(
    ("客户编号", "姓名", "手机号码", "订单编号", "产品名称"),
    ("K-1", "王一", "13812340001", "CN-1", "椅"),
    ("k-1", "王一", "13812340001", "cn-1", "桌"),
    ("K-2", "", "", "CN-1", "灯"),
    ("K-3", "赵二", "no phone", "CN-1", "灯"),
)
COLUMNS = {"": ["customer_no", "person_name", "mobile", "order_no", "product_name"]}


@pytest.mark.parametrize("suite", [None, SM4_GCM_HMAC_SM3.id])
def test_the_suite_changes_nothing_of_an_import(
    world: World, suite: int | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    if suite is not None:
        made, set_up = vault.make_root_key, vault.set_up
        root_key_path().unlink(missing_ok=True)
        keyring.drop()

        def with_suite(call: Any) -> Any:
            return lambda **given: call(**{**given, "suite": suite})

        monkeypatch.setattr(vault, "make_root_key", with_suite(made))
        monkeypatch.setattr(vault, "set_up", with_suite(set_up))
    try:
        register: Register = registers.build(world)
        assert Settings.objects.get().suite == (suite or 1)
        batch = cast.imported(register, FILE, "f.csv", columns=COLUMNS)
        assert batch.key_suite == (suite or 1)
        assert cast.counts(batch) == (2, 0, 1, 1, 0)
        held = cast.kept(batch=batch.id)
        assert held["K-1"].values["mobile"] == "13812340001"
        assert [line["product_name"] for line in held["K-1"].orders()["CN-1"]] == ["椅", "桌"]
        assert [row.number for row in drafts.refused_rows(batch)] == [4]
        again = cast.imported(register, FILE, "g.csv", columns=COLUMNS)
        assert cast.counts(again) == (0, 0, 0, 1, 3)
    finally:
        if suite is not None:
            root_key_path().unlink()
            keyring.drop()
