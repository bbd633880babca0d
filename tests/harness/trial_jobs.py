"""Jobs that only tests have, as a room would write them (tests/harness/trial_settings.py makes them known)."""

import time
from pathlib import Path

from django.db import connection
from procrastinate import JobContext
from procrastinate.contrib.django import app
from procrastinate.exceptions import JobAborted

PAUSE = 0.05


@app.task(name="trial.note", queue="trial")
def note(*, path: str, text: str) -> None:
    """Write one line."""
    with Path(path).open("a", encoding="utf-8") as file:
        file.write(f"{text}\n")


@app.task(name="trial.steps", queue="trial", pass_context=True)
def steps(context: JobContext, *, path: str, gate: str) -> None:
    """Count to four in a file, going on where an earlier worker was cut off; waits at two for the file `gate`."""
    place = Path(path)
    done = len(place.read_text(encoding="utf-8").splitlines()) if place.exists() else 0
    for step in range(done + 1, 5):
        note.func(path=path, text=str(step))
        while step == 2 and not Path(gate).exists():
            if context.should_abort():
                raise JobAborted
            time.sleep(PAUSE)


@app.task(name="trial.stubborn", queue="trial")
def stubborn(*, path: str, gate: str) -> None:
    """Never ask whether to stop; write "begun", wait for the file `gate`, write "done"."""
    note.func(path=path, text="begun")
    while not Path(gate).exists():
        time.sleep(PAUSE)
    note.func(path=path, text="done")


@app.task(name="trial.query", queue="trial")
def query(*, path: str, gate: str) -> None:
    """Hold a connection of the database, wait for the file `gate`, ask it something and write the answer."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        note.func(path=path, text=f"backend {cursor.fetchone()[0]}")
        while not Path(gate).exists():
            time.sleep(PAUSE)
        cursor.execute("SELECT 'answered'")
        note.func(path=path, text=cursor.fetchone()[0])


@app.task(name="trial.fails", queue="trial")
def fails(*, word: str) -> None:
    raise ValueError(f"the word was {word}")
