"""Sealed bytes in a bucket of an S3-compatible server. What leaves is ciphertext: its owner learns sizes and times.

SHOUXIN_S3 names it (`https://host/bucket/prefix`), SHOUXIN_S3_KEY_FILE a file of ours alone with the access key in its
first line and the secret key in its second. Without TLS only a server on this machine is spoken to.
"""

import io
import os
import stat
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit
from uuid import UUID

from shouxin.core.text import Text
from shouxin.customers.attachments.errors import Missing, StorageAway
from shouxin.kit import connections

ADDRESS, KEY_FILE, REGION = "SHOUXIN_S3", "SHOUXIN_S3_KEY_FILE", "SHOUXIN_S3_REGION"
DEFAULT_REGION = "us-east-1"
CONNECT_WITHIN, ANSWER_WITHIN = 5.0, 30.0  # seconds
PIECE = 1 << 20
_ONE_PART = 5 * 1024**3  # never in parts: an upload that breaks off leaves nothing
_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
_GONE = frozenset({"NoSuchKey", "NoSuchObject"})

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Place:
    """Which bucket, and as whom."""

    host: str
    secure: bool
    bucket: str
    prefix: str
    region: str
    access: str = field(repr=False)
    secret: str = field(repr=False)


def is_configured() -> bool:
    """Whether new files go to a bucket; a wrong setting counts, for then nothing is stored."""
    return bool(os.environ.get(ADDRESS, "").strip())


def configured() -> Place:
    """What the environment names.

    Raises:
        StorageAway: it names nothing usable; the sentence says what, never a key.
    """
    parts = urlsplit(os.environ.get(ADDRESS, "").strip())
    bucket, _, prefix = parts.path.strip("/").partition("/")
    if parts.scheme not in {"https", "http"} or not parts.hostname or not bucket or "@" in parts.netloc:
        raise StorageAway(f"{ADDRESS} is not of the form https://host/bucket")
    if parts.scheme == "http" and parts.hostname not in _LOOPBACK:
        raise StorageAway(f"{ADDRESS}: only a server on this machine is spoken to without TLS")
    access, secret = _keys()
    region = os.environ.get(REGION, "").strip() or DEFAULT_REGION
    prefix = f"{prefix.strip('/')}/" if prefix.strip("/") else ""
    return Place(parts.netloc, parts.scheme == "https", bucket, prefix, region, access, secret)


def _keys() -> tuple[str, str]:
    path = Path(os.environ.get(KEY_FILE, "").strip() or "/nonexistent")
    try:
        if stat.S_IMODE(path.stat().st_mode) & 0o077:
            raise StorageAway(f"{KEY_FILE}: the file may be read by others than its owner")
        lines = path.read_text("utf-8").split("\n")
    except (OSError, UnicodeDecodeError):
        raise StorageAway(f"{KEY_FILE}: the file cannot be read") from None
    if len(lines) < 2 or not lines[0].strip() or not lines[1].strip():  # noqa: PLR2004 - two keys
        raise StorageAway(f"{KEY_FILE}: the access key in the first line, the secret key in the second")
    return lines[0].strip(), lines[1].strip()


class Bucket:
    """Keeps files as objects `<prefix><id>.sealed`."""

    def __init__(self, place: Place) -> None:
        self._place, self._client = place, _client(place)

    def put(self, file: UUID, pieces: Iterable[bytes], size: int) -> None:
        """One request that succeeds or leaves nothing; the client holds the sealed file in memory for it."""
        stream = _Pieces(pieces)
        self._ask(
            lambda: self._client.put_object(
                self._place.bucket, self._name(file), stream, size, part_size=_ONE_PART
            )
        )
        if stream.more():
            self.delete(file)
            raise StorageAway("a file is not as long as it was said to be")

    def get(self, file: UUID) -> Iterator[bytes]:
        answer = self._ask(lambda: self._client.get_object(self._place.bucket, self._name(file)))
        try:
            yield from self._through(answer.stream(PIECE))
        finally:
            answer.close()
            answer.release_conn()

    def delete(self, file: UUID) -> None:
        self._ask(lambda: self._client.remove_object(self._place.bucket, self._name(file)))

    def listed(self) -> Iterator[tuple[UUID, datetime]]:
        found = self._client.list_objects(self._place.bucket, prefix=self._place.prefix, recursive=True)
        for one in self._through(found):
            name = str(one.object_name).removeprefix(self._place.prefix)
            try:
                yield UUID(name.removesuffix(".sealed")), one.last_modified
            except ValueError:
                continue  # nothing of ours

    def leftovers(self) -> Iterator[tuple[str, datetime]]:
        """None: an object is in the bucket whole or not at all."""
        return iter(())

    def discard(self, name: str) -> None:
        """Nothing to do, as there are no `leftovers`."""

    def reachable(self) -> None:
        """Raises:
        StorageAway: the bucket is not there, or we are not let in."""
        if not self._ask(lambda: self._client.bucket_exists(self._place.bucket)):
            raise StorageAway("there is no such bucket")

    def _name(self, file: UUID) -> str:
        return f"{self._place.prefix}{file}.sealed"

    def _ask(self, asking: Callable[[], T]) -> T:
        from minio.error import MinioException, S3Error
        from urllib3.exceptions import HTTPError

        try:
            return asking()
        except S3Error as error:
            if error.code in _GONE:
                raise Missing(error.code) from None
            raise StorageAway(f"object storage: {error.code}") from None
        except (MinioException, HTTPError, OSError):
            raise StorageAway("object storage does not answer") from None

    def _through(self, found: Iterable[T]) -> Iterator[T]:
        """What comes piece by piece may fail at any piece."""
        pieces = iter(found)
        end = object()
        while True:
            piece: Any = self._ask(lambda: next(pieces, end))
            if piece is end:
                return
            yield piece


class _Pieces(io.RawIOBase):
    """An iterator of pieces as a file to be read once."""

    def __init__(self, pieces: Iterable[bytes]) -> None:
        super().__init__()
        self._pieces, self._held = iter(pieces), b""

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1, /) -> bytes:
        parts, length = [], 0
        while size < 0 or length < size:
            piece = self._held or next(self._pieces, b"")
            if not piece:
                break
            taken = piece if size < 0 else piece[: size - length]
            self._held = piece[len(taken) :]
            parts.append(taken)
            length += len(taken)
        return b"".join(parts)

    def more(self) -> bool:
        """Whether anything is left; asking also lets the pieces come to their end."""
        return bool(self.read(1))


def _client(place: Place) -> Any:
    try:
        from minio import Minio
        from urllib3 import PoolManager, Retry, Timeout
    except ImportError:
        raise StorageAway("object storage needs the extra: pip install shouxin[s3]") from None
    pool = PoolManager(
        timeout=Timeout(connect=CONNECT_WITHIN, read=ANSWER_WITHIN),
        retries=Retry(total=1, redirect=0, status=0),
        cert_reqs="CERT_REQUIRED",
        ca_certs=os.environ.get("SSL_CERT_FILE") or None,
    )
    return Minio(
        place.host,
        access_key=place.access,
        secret_key=place.secret,
        secure=place.secure,
        region=place.region,
        http_client=pool,
    )


def look() -> list[connections.Outcome]:
    """For `shouxin doctor`."""
    if not is_configured():
        return []
    target = connections.host_and_port(os.environ.get(ADDRESS, ""))
    try:
        place = configured()
    except StorageAway as problem:
        return [
            connections.Outcome(
                target,
                "S3",
                connections.State.UNREACHABLE,
                Text(f"设置有误：{problem}", f"Wrong setting: {problem}"),
            )
        ]

    def trying() -> None:
        try:
            Bucket(place).reachable()
        except StorageAway as problem:
            if str(problem).startswith("object storage: "):
                raise connections.TurnedAway(Text(f"被拒绝：{problem}", f"Turned away: {problem}")) from None
            raise

    return [connections.attempt(target, "S3 (TLS)" if place.secure else "S3 (plain, this machine)", trying)]


connections.register(
    connections.Connection(
        "attachments.s3",
        Text("附件的对象存储（S3）", "Object storage of attachments (S3)"),
        Text(
            "连不上时，不能上传新附件，也不能查看存在那里的附件；其余照常。没有配置时，附件存在数据文件夹。",
            "While it is away nothing can be attached, nor what lies there be opened; all else goes on. Not "
            "configured: attachments lie in the data folder.",
        ),
        look,
    )
)
