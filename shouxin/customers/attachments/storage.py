"""Where the sealed bytes of attachments lie. Names are random ids; nothing is ever written in clear."""

import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol
from uuid import UUID

import structlog
from django.conf import settings

from shouxin.customers.attachments import bucket
from shouxin.customers.attachments.errors import Missing, StorageAway
from shouxin.customers.attachments.models import Store, StoredFile

log = structlog.get_logger(__name__)
__all__ = [
    "Folder",
    "Missing",
    "Storage",
    "StorageAway",
    "chosen",
    "delete_quietly",
    "in_use",
    "of",
    "undone_on_failure",
]
PIECE = 1 << 20
_PRIVATE = 0o600


class Storage(Protocol):
    """Keeps the sealed bytes of files."""

    def put(self, file: UUID, pieces: Iterable[bytes], size: int) -> None:
        """Keep a file of `size` sealed bytes, whole or not at all.

        Raises:
            StorageAway: it could not be kept.
        """

    def get(self, file: UUID) -> Iterator[bytes]:
        """The sealed bytes, piece by piece.

        Raises:
            Missing: there is no such file.
            StorageAway: it cannot be read now.
        """

    def delete(self, file: UUID) -> None:
        """Delete it; doing it twice does no harm.

        Raises:
            StorageAway: it could not be deleted.
        """

    def listed(self) -> Iterator[tuple[UUID, datetime]]:
        """Every file that lies here, and when it was put."""

    def leftovers(self) -> Iterator[tuple[str, datetime]]:
        """What is no whole file: uploads that broke off."""

    def discard(self, name: str) -> None:
        """Delete a leftover."""


class Folder:
    """In `attachments/` of the data folder, for its owner alone."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def put(self, file: UUID, pieces: Iterable[bytes], size: int) -> None:
        self._path.mkdir(mode=0o700, parents=True, exist_ok=True)
        part = self._of(file).with_suffix(".part")
        part.unlink(missing_ok=True)  # of a move that was cut off
        try:
            with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _PRIVATE), "wb") as out:
                written = sum(out.write(piece) for piece in pieces)
                out.flush()
                os.fsync(out.fileno())
            if written == size:
                part.rename(self._of(file))
                self._settle()
                return
            part.unlink()
        except OSError:
            part.unlink(missing_ok=True)
            raise StorageAway("the data folder cannot be written") from None
        except BaseException:
            part.unlink(missing_ok=True)
            raise
        raise StorageAway("a file is not as long as it was said to be")

    def get(self, file: UUID) -> Iterator[bytes]:
        try:
            stream = self._of(file).open("rb")
        except FileNotFoundError:
            raise Missing(str(file)) from None
        except OSError:
            raise StorageAway("the data folder cannot be read") from None
        with stream:
            while piece := stream.read(PIECE):
                yield piece

    def delete(self, file: UUID) -> None:
        try:
            self._of(file).unlink(missing_ok=True)
        except OSError:
            raise StorageAway("the data folder cannot be written") from None

    def listed(self) -> Iterator[tuple[UUID, datetime]]:
        for path in self._path.glob("*.sealed"):
            try:
                yield UUID(path.stem), _age(path)
            except (ValueError, FileNotFoundError):
                continue

    def leftovers(self) -> Iterator[tuple[str, datetime]]:
        for path in self._path.glob("*.part"):
            try:
                yield path.name, _age(path)
            except FileNotFoundError:
                continue

    def discard(self, name: str) -> None:
        (self._path / Path(name).name).unlink(missing_ok=True)

    def _of(self, file: UUID) -> Path:
        return self._path / f"{file}.sealed"

    def _settle(self) -> None:
        """The new name itself must survive a power cut."""
        descriptor = os.open(self._path, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _age(path: Path) -> datetime:
    return datetime.fromtimestamp(path.stat().st_mtime, UTC)


def folder() -> Folder:
    return Folder(Path(settings.DATA) / "attachments")


def chosen() -> Store:
    """Where new files go."""
    return Store.S3 if bucket.is_configured() else Store.FOLDER


def of(store: str) -> Storage:
    """The storage of this name.

    Raises:
        StorageAway: it is not set up.
    """
    return folder() if store == Store.FOLDER else bucket.Bucket(bucket.configured())


def delete_quietly(store: str, file: UUID) -> None:
    """Delete bytes whose key is gone already; what cannot be deleted now is swept later."""
    try:
        of(store).delete(file)
    except StorageAway:
        log.warning("sealed bytes could not be deleted yet", file=str(file), store=store)


@contextmanager
def undone_on_failure() -> Iterator[list[StoredFile]]:
    """Files put inside are deleted again when what they were put for is not committed."""
    put: list[StoredFile] = []
    try:
        yield put
    except BaseException:
        for file in put:
            delete_quietly(file.store, file.object_id)
        raise


def in_use() -> list[Store]:
    """Every storage that is set up: what is no longer chosen may still hold files."""
    return [Store.FOLDER, Store.S3] if bucket.is_configured() else [Store.FOLDER]
