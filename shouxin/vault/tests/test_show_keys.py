"""The page of keys: each root key with its state, what lies under it, and what to do next."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.test import Client

from shouxin.kit import backups
from shouxin.vault import root_rotation
from shouxin.vault.algorithms import mark_outdated
from shouxin.vault.keyring import keyring
from shouxin.vault.models import RootKey
from shouxin.vault.tests import cast
from tests.world import World, have_keys

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin(world: World, client: Client, tmp_path: Path, settings: LazySettings) -> Iterator[Client]:
    """The security administrator before an installation with keys of its own."""
    settings.DATA = tmp_path
    keyring.drop()
    have_keys()
    yield world.signed_in(client, "security_admin")
    keyring.drop()


def page(client: Client) -> str:
    return client.get("/keys/").content.decode()


def test_a_root_key_is_shown_from_the_beginning_of_its_rotation_to_its_end(admin: Client) -> None:
    assert "轮换根密钥在服务器上进行" in page(admin)
    steps = root_rotation.rotate(actor=cast.OPERATOR, batch=1)
    next(steps)
    under_way = page(admin)
    assert "根密钥正在轮换" in under_way
    old, new = RootKey.objects.order_by("number")
    for fingerprint in (old.fingerprint, new.fingerprint):
        assert fingerprint in under_way
    assert "--backed-up" not in under_way
    list(steps)
    done = page(admin)
    assert "根密钥正在轮换" not in done
    assert f"destroy-root --fingerprint {old.fingerprint} --backed-up" in done
    assert f"destroy-root --fingerprint {new.fingerprint}" not in done


def test_what_re_encryption_does_not_reach_is_said(admin: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "系统目前不制作备份" in page(admin)
    mark_outdated(actor=cast.OPERATOR, suite=1, successor=2)
    shown = page(admin)
    assert "在用的根密钥仍属过时的算法" in shown
    assert "最后一步会重建索引" in shown
    list(root_rotation.rotate(actor=cast.OPERATOR))
    assert "在用的根密钥仍属过时的算法" not in page(admin)
    made = backups.Backup("月度备份", "异地机房", datetime(2026, 10, 31, tzinfo=UTC), frozenset({1}))
    monkeypatch.setitem(backups.sources._entries, "here", lambda: [made])
    assert "月度备份" in page(admin)
