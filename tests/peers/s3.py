"""A server of the S3 protocol in a process of its own, which checks signatures and keeps objects in memory."""

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from time import monotonic, sleep
from typing import Any

from minio import Minio

BUCKET = "shouxin-test"
_WITHIN = 300.0  # seconds, for a machine that is busy
_OPEN = (
    4  # requests before signatures are checked: those that make the user, its key, its policy and the bucket
)
_POLICY = '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]}'


@dataclass(frozen=True, slots=True)
class Server:
    """Where it listens, and the one key pair it knows."""

    host: str
    access: str
    secret: str

    def client(self) -> Minio:
        """A client beside the product's own, to see what lies there."""
        return Minio(
            self.host, access_key=self.access, secret_key=self.secret, secure=False, region="us-east-1"
        )

    def objects(self) -> dict[str, bytes]:
        client = self.client()
        found = {}
        for one in client.list_objects(BUCKET, recursive=True):
            answer = client.get_object(BUCKET, str(one.object_name))
            found[str(one.object_name)] = answer.read()
            answer.release_conn()
        return found


@contextmanager
def running() -> Iterator[Server]:
    """The server with one bucket; ended afterwards."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = {
        **{
            name: text for name, text in os.environ.items() if not name.startswith(("SHOUXIN_", "PYTHONWARN"))
        },
        "INITIAL_NO_AUTH_ACTION_COUNT": str(_OPEN),
        "MOTO_S3_CUSTOM_ENDPOINTS": f"http://127.0.0.1:{port}",
    }
    command = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)]
    with subprocess.Popen(
        command,
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        stdin=subprocess.DEVNULL,
    ) as process:
        try:
            _wait(port, process)
            yield _with_a_user(port)
        finally:
            process.kill()


def _wait(port: int, process: "subprocess.Popen[bytes]") -> None:
    end = monotonic() + _WITHIN
    while monotonic() < end and process.poll() is None:
        try:
            with socket.create_connection(("127.0.0.1", port), 1):
                return
        except OSError:
            sleep(0.05)
    raise RuntimeError("the S3 server did not start")


def _with_a_user(port: int) -> Server:
    """Made by the protocol's own management calls."""
    import boto3

    def client(service: str) -> Any:
        return boto3.client(
            service,
            endpoint_url=f"http://127.0.0.1:{port}",
            region_name="us-east-1",
            aws_access_key_id="first",
            aws_secret_access_key="first",
        )

    manager = client("iam")
    manager.create_user(UserName="shouxin")
    key = manager.create_access_key(UserName="shouxin")["AccessKey"]
    manager.put_user_policy(UserName="shouxin", PolicyName="all", PolicyDocument=_POLICY)
    client("s3").create_bucket(Bucket=BUCKET)
    return Server(f"127.0.0.1:{port}", key["AccessKeyId"], key["SecretAccessKey"])
