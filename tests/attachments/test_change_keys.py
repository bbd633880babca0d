"""Whatever changes keys reaches attachments: another suite, epoch or root key; `keys check` finds harm."""

import shutil
from pathlib import Path

import pytest

from shouxin.customers.attachments import queries
from shouxin.customers.attachments.models import StoredFile
from shouxin.customers.attachments.tests import cast
from shouxin.vault import algorithms, root_rotation, services
from shouxin.vault.commands import operator
from shouxin.vault.errors import KeysDamaged, Tampering
from shouxin.vault.files import RECOGNISER
from shouxin.vault.models import FileKey
from shouxin.vault.queries import outdated_secrets
from tests.attachments.opening import NAME, may_open, opened
from tests.register import Register

pytestmark = pytest.mark.django_db


def suite_of_file(folder: Path) -> set[int]:
    """The suite byte of every sealed file."""
    return {path.read_bytes()[5] for path in folder.iterdir()}


def test_an_outdated_suite_is_sealed_away_in_files_and_their_keys(
    register: Register, folder: Path, django_capture_on_commit_callbacks: object
) -> None:
    row = cast.attach(register, cast.pdf(2), NAME)
    algorithms.mark_outdated(actor=operator(), suite=1, successor=2)
    assert outdated_secrets() >= 2  # the file's key, and the one by which equal files are recognised
    assert suite_of_file(folder) == {1}
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
        assert list(algorithms.reencrypt(actor=operator()))[-1].remaining == 0
    assert suite_of_file(folder) == {2}
    assert set(FileKey.objects.values_list("suite", flat=True)) == {2}
    assert len(list(folder.iterdir())) == 1
    may_open(register)
    row.refresh_from_db()
    assert b"".join(opened(register, row).chunks) == cast.pdf(2)
    again = cast.attach(register, cast.pdf(2), NAME)
    third = cast.attach(register, cast.pdf(2), NAME)
    assert again.file == third.file  # recognised again, by the new key


def test_a_resealing_that_is_cut_off_leaves_the_file_readable(register: Register, folder: Path) -> None:
    row = cast.attach(register, cast.pdf(2), NAME)
    before = folder.parent / "before"
    shutil.copytree(folder, before)
    algorithms.mark_outdated(actor=operator(), suite=1, successor=2)
    (lies,) = folder.iterdir()
    lies.write_bytes(lies.read_bytes()[:-1])  # what cannot be opened is not sealed again
    with pytest.raises(KeysDamaged):
        list(algorithms.reencrypt(actor=operator()))
    assert [path.name for path in folder.iterdir()] == [lies.name]
    shutil.copy(before / lies.name, lies)
    may_open(register)
    row.refresh_from_db()
    assert b"".join(opened(register, row).chunks) == cast.pdf(2)


def test_new_epoch_and_root_keys_leave_files_readable(register: Register, folder: Path) -> None:
    row = cast.attach(register, cast.pdf(), NAME)
    list(services.rotate(actor=operator()))
    list(root_rotation.rotate(actor=operator()))
    may_open(register)
    assert b"".join(opened(register, row).chunks) == cast.pdf()


def test_an_altered_file_key_is_found_and_opens_nothing(register: Register, folder: Path) -> None:
    row = cast.attach(register, cast.pdf(), NAME)
    key = FileKey.objects.exclude(file_id=RECOGNISER).get()
    sealed = bytes(key.sealed)
    FileKey.objects.filter(file_id=key.file_id).update(sealed=sealed[:-1] + bytes([sealed[-1] ^ 1]))
    *_, done = services.check(actor=operator())
    assert [(one.record_id, one.what) for one in done.found] == [(key.file_id, Tampering.KEY_ALTERED)]
    may_open(register)
    with pytest.raises(queries.NotOpen, match="altered"):
        opened(register, row)


def test_the_key_of_one_file_opens_no_other(register: Register, folder: Path) -> None:
    """Who can write into the database puts one file's key in the place of another's."""
    row = cast.attach(register, cast.pdf(1), NAME)
    other = cast.attach(register, cast.pdf(2), NAME)
    assert row.file
    assert other.file
    theirs = FileKey.objects.get(file_id=other.file.id).sealed
    FileKey.objects.filter(file_id=row.file.id).update(sealed=theirs)
    may_open(register)
    with pytest.raises(queries.NotOpen, match="altered"):
        opened(register, row)


def test_a_file_of_another_customer_does_not_open_in_its_place(register: Register, folder: Path) -> None:
    mine = cast.attach(register, cast.pdf(1), NAME)
    theirs = cast.attach(register, cast.pdf(2), NAME, customer=register["zhang"])
    assert theirs.file
    type(mine).objects.filter(id=mine.id).update(file=theirs.file)
    mine.refresh_from_db()
    assert mine.file
    may_open(register)
    with pytest.raises(queries.NotOpen):
        opened(register, mine)
    assert StoredFile.objects.count() == 2
