"""A file is attached sealed, opens for a permit alone, and equal files of a customer are stored once."""

import shutil
from pathlib import Path

import pytest
from django.test import Client

from shouxin.access.grants import services as grants
from shouxin.core.crypto.errors import SealBroken
from shouxin.core.policy import GroupState
from shouxin.customers.attachments import queries, services, upkeep
from shouxin.customers.attachments.content import ContentProblem
from shouxin.customers.attachments.models import Attachment, Kind, State, StoredFile
from shouxin.customers.attachments.services import AttachmentProblem
from shouxin.customers.attachments.tests import cast
from shouxin.customers.registry.models import Customer
from shouxin.gate.services import Refused
from shouxin.journal.models import Entry
from shouxin.kit import clock
from shouxin.vault import services as vault
from shouxin.vault.commands import operator
from shouxin.vault.models import FileKey
from tests.attachments.opening import NAME, contact, may_open, opened
from tests.register import SALES, Register

pytestmark = pytest.mark.django_db


def test_what_was_attached_is_opened_as_it_was_and_the_opening_is_journalled_once(
    register: Register, folder: Path
) -> None:
    content = cast.pdf(2)
    row = cast.attach(register, content, NAME)
    may_open(register)
    before = Entry.objects.filter(event="field.revealed").count()
    found = opened(register, row)
    assert (found.name, b"".join(found.chunks)) == (NAME, content)
    assert Entry.objects.filter(event="field.revealed").count() == before + 1
    assert (row.pages, row.scanned, row.state) == (2, False, State.CURRENT)


def test_neither_name_nor_content_stands_anywhere_in_clear(register: Register, folder: Path) -> None:
    content = cast.pdf(1, text="PLANTED SENTENCE")
    cast.attach(register, content, NAME)
    (stored,) = folder.iterdir()
    assert b"PLANTED" not in stored.read_bytes()
    assert content[:64] not in stored.read_bytes()
    assert stored.stat().st_mode & 0o777 == 0o600
    assert folder.stat().st_mode & 0o777 == 0o700
    rows = [*Attachment.objects.values(), *StoredFile.objects.values()]
    told = "".join(str(row) for row in rows) + "".join(bytes(e.body).decode() for e in Entry.objects.all())
    assert "李小明" not in told
    assert "pdf" not in stored.name


def test_without_a_grant_nobody_opens_it(register: Register, folder: Path) -> None:
    row = cast.attach(register, cast.pdf(), NAME)
    with pytest.raises(Refused) as refused:
        opened(register, row)
    assert refused.value.refusal.code == "contact.missing"
    contact(register)
    with pytest.raises(Refused) as refused:
        opened(register, row)
    assert refused.value.refusal.code == "grant.missing"


def test_an_ended_grant_opens_nothing_any_more(register: Register, folder: Path) -> None:
    row = cast.attach(register, cast.pdf(), NAME)
    grant = may_open(register)
    assert opened(register, row).name == NAME
    grants.end(actor=register.world.actor("clerk"), grant=grant, now=clock.now())
    with pytest.raises(Refused) as refused:
        opened(register, row)
    assert refused.value.refusal.code == "grant.missing"


def test_whoever_lost_sight_of_the_customer_opens_nothing_any_more(register: Register, folder: Path) -> None:
    row = cast.attach(register, cast.pdf(), NAME)
    may_open(register)
    head = register.world.people["sales_head"].id
    Customer.objects.filter(id=register["li"]).update(scope="own", responsible=head)
    with pytest.raises(Refused) as refused:
        opened(register, row)
    assert refused.value.refusal.code == "customer.unknown"


def test_a_grant_over_contracts_opens_no_identity_document(register: Register, folder: Path) -> None:
    row = cast.attach(register, cast.picture(), "证件.jpg", kind=Kind.ID_IMAGE)
    may_open(register)
    with pytest.raises(Refused) as refused:
        opened(register, row)
    assert refused.value.refusal.code in {"grant.missing", "grant.sensitive"}


def test_a_colleague_of_another_department_neither_finds_nor_opens_nor_attaches(
    register: Register, folder: Path
) -> None:
    row = cast.attach(register, cast.pdf(), NAME)
    assert queries.find(register.world.actor("agent"), row.id) is None
    with pytest.raises(Refused):
        opened(register, row, who="agent")
    with pytest.raises(Refused):
        cast.attach(register, cast.pdf(), NAME, who="agent")
    assert [path.name for path in folder.iterdir()] == [f"{row.file.object_id}.sealed" if row.file else ""]


def test_equal_files_of_a_customer_are_stored_once_and_of_two_customers_twice(
    register: Register, folder: Path
) -> None:
    one = cast.attach(register, cast.pdf(), NAME)
    two = cast.attach(register, cast.pdf(), "另一份.pdf")
    other = cast.attach(register, cast.pdf(), NAME, customer=register["zhang"])
    assert one.file == two.file != other.file
    assert len(list(folder.iterdir())) == StoredFile.objects.count() == 2
    digests = {bytes(row.digest) for row in StoredFile.objects.all()}
    assert len(digests) == 2  # nobody learns from the database that two customers hold the same paper


def test_a_new_version_follows_the_old_one_and_both_can_be_read(register: Register, folder: Path) -> None:
    first = cast.attach(register, cast.pdf(1), NAME)
    second = cast.attach(register, cast.pdf(2), NAME, replaces=first.id)
    first.refresh_from_db()
    assert (first.state, second.number, second.series) == (State.REPLACED, 2, first.series)
    may_open(register)
    assert b"".join(opened(register, first).chunks) == cast.pdf(1)
    with pytest.raises(AttachmentProblem):
        cast.attach(register, cast.pdf(3), NAME, replaces=first.id)


def test_a_version_follows_no_attachment_of_another_customer(register: Register, folder: Path) -> None:
    other = cast.attach(register, cast.pdf(), NAME, customer=register["zhang"])
    with pytest.raises(AttachmentProblem):
        cast.attach(register, cast.pdf(2), NAME, replaces=other.id)
    other.refresh_from_db()
    assert other.state == State.CURRENT


def test_what_is_removed_opens_for_nobody_and_what_is_destroyed_is_gone(
    register: Register, folder: Path, django_capture_on_commit_callbacks: object
) -> None:
    row = cast.attach(register, cast.pdf(), NAME)
    kept = cast.attach(register, cast.pdf(3), "留下的.pdf")
    may_open(register)
    clerk, head = register.world.actor("clerk"), register.world.actor("sales_head")
    services.remove(actor=clerk, purpose=SALES, attachment=row.id, now=clock.now())
    row.refresh_from_db()
    with pytest.raises(queries.NotOpen):
        opened(register, row)
    wrapped = {bytes(key.sealed) for key in FileKey.objects.all()}
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
        services.destroy(actor=head, purpose=SALES, attachment=row.id, now=clock.now())
    assert [path.stem for path in folder.iterdir()] == [str(kept.file.object_id if kept.file else "")]
    assert not wrapped & {bytes(key.sealed) for key in FileKey.objects.all()}  # the rest is under a new key
    assert b"".join(opened(register, kept).chunks) == cast.pdf(3)
    assert Entry.objects.filter(event="attachment.destroyed").count() == 1


def test_nobody_destroys_what_they_removed_themselves(register: Register, folder: Path) -> None:
    row = cast.attach(register, cast.pdf(), NAME)
    head = register.world.actor("sales_head")
    with pytest.raises(AttachmentProblem):
        services.destroy(actor=head, purpose=SALES, attachment=row.id, now=clock.now())  # still in use
    services.remove(actor=head, purpose=SALES, attachment=row.id, now=clock.now())
    with pytest.raises(AttachmentProblem) as problem:
        services.destroy(actor=head, purpose=SALES, attachment=row.id, now=clock.now())
    assert problem.value.code == "attachment.same-person"


def test_destroying_a_storage_group_destroys_its_files_everywhere(
    register: Register, folder: Path, django_capture_on_commit_callbacks: object
) -> None:
    row = cast.attach(register, cast.pdf(), NAME)
    group = StoredFile.objects.get().storage_group
    copy = folder.parent / "copy"
    shutil.copytree(folder, copy)
    vault.destroy_group(actor=operator(), customer_id=register["li"], group=group, reason="expired")
    assert not FileKey.objects.exists()  # the copy of the bytes is of no use to anybody from now on
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
        assert upkeep.sweep(now=clock.now()) == 1
    assert list(folder.iterdir()) == []
    row.refresh_from_db()
    assert (row.state, row.file) == (State.DESTROYED, None)


@pytest.mark.parametrize("harm", ["altered", "cut", "longer", "swapped"])
def test_bytes_that_are_not_what_was_stored_do_not_open(register: Register, folder: Path, harm: str) -> None:
    row = cast.attach(register, cast.pdf(), NAME)
    other = cast.attach(register, cast.pdf(2), NAME)
    assert row.file
    assert other.file
    path, another = (folder / f"{one.object_id}.sealed" for one in (row.file, other.file))
    sealed = path.read_bytes()
    path.write_bytes(
        {
            "altered": sealed[:100] + bytes([sealed[100] ^ 1]) + sealed[101:],
            "cut": sealed[:-1],
            "longer": sealed + b"x",
            "swapped": another.read_bytes(),
        }[harm]
    )
    may_open(register)
    with pytest.raises(SealBroken):
        b"".join(opened(register, row).chunks)


def test_a_refused_file_leaves_nothing_behind(register: Register, folder: Path) -> None:
    with pytest.raises(ContentProblem):
        cast.attach(register, b"<svg onload='alert(1)'/>", "a.svg")
    assert not folder.exists()
    assert not Attachment.objects.exists()


def test_an_upload_that_breaks_off_leaves_nothing_behind(
    register: Register, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(**_kwargs: object) -> None:
        raise RuntimeError("cut off")

    monkeypatch.setattr("shouxin.customers.attachments.services.journal.append", away)
    with pytest.raises(RuntimeError):
        cast.attach(register, cast.pdf(), NAME)
    assert list(folder.iterdir()) == []
    assert not StoredFile.objects.exists()


def test_names_with_paths_in_them_lead_nowhere(register: Register, folder: Path, client: Client) -> None:
    row = cast.attach(register, cast.pdf(), "../../../etc/cron.d/合同\u202efdp.pdf")
    may_open(register)
    assert opened(register, row).name == "合同fdp.pdf"
    assert [path.suffix for path in folder.iterdir()] == [".sealed"]
    assert len(list(folder.parent.rglob("*合同*"))) == 0


def test_what_is_locked_is_stored_and_not_opened(register: Register, folder: Path) -> None:
    row = cast.attach(register, cast.pdf(), NAME)
    may_open(register)
    group = StoredFile.objects.get().storage_group
    vault.move_state(actor=operator(), groups=[(register["li"], group)], state=GroupState.LOCKED)
    with pytest.raises(Refused, match="locked"):
        opened(register, row)
    with pytest.raises(Refused, match="locked"):
        cast.attach(register, cast.pdf(2), NAME)
    assert len(list(folder.iterdir())) == 1
