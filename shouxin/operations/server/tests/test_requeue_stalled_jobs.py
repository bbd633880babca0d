"""A job that a killed worker left half-done is queued again and done."""

import json
import signal

from shouxin.operations.server import processes
from tests.harness.server import Server, until

TASK = "builtin:procrastinate.builtin_tasks.remove_old_jobs"


def test_a_job_of_a_killed_worker_is_done_by_the_next(shared_server: Server) -> None:
    with shared_server.database() as connection:
        row = connection.execute(
            "INSERT INTO procrastinate_jobs (task_name, queue_name, args, status) "
            "VALUES (%s, 'builtin', %s, 'doing') RETURNING id",
            [TASK, json.dumps({"max_hours": 1})],
        ).fetchone()
        assert row is not None
        processes.send(shared_server.members()["worker"][:1], signal.SIGKILL)

        def done() -> bool:
            left = connection.execute("SELECT status FROM procrastinate_jobs WHERE id = %s", row).fetchone()
            return left is None or left[0] == "succeeded"

        until(done, "the job queued again")
    shared_server.wait_ready()
