"""The web server: granian with the number of processes this machine can feed."""

import os

from granian import Granian
from granian.constants import Interfaces, SSLProtocols

from shouxin.operations.server import environment, logs

MOST_PROCESSES = 4
THREADS = 4  # per process; the database pool holds twice as many connections


def process_count() -> int:
    wanted = os.environ.get("SHOUXIN_WEB_PROCESSES")
    return int(wanted) if wanted else min(MOST_PROCESSES, len(os.sched_getaffinity(0)))


def main() -> None:
    """Serve on the address in HOST and PORT until told to stop."""
    certificate = environment.certificate()
    Granian(
        "shouxin.wsgi:application",
        address=os.environ["HOST"],
        port=int(os.environ["PORT"]),
        interface=Interfaces.WSGI,
        workers=process_count(),
        blocking_threads=THREADS,
        websockets=False,
        ssl_cert=certificate[0] if certificate else None,
        ssl_key=certificate[1] if certificate else None,
        ssl_protocol_min=SSLProtocols.tls12,  # and 1.3; the library behind knows nothing older
        respawn_failed_workers=True,
        respawn_interval=0.2,
        workers_kill_timeout=3,
        log_access=False,
        log_dictconfig=logs.logging_config(),
    ).serve()


if __name__ == "__main__":
    logs.keep_words_out()
    main()
