"""What the supervised processes say: every line into logs/<name>.log, the important ones to the terminal."""

import json
import logging
import os
import sys
from datetime import datetime
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import Any

FILE_BYTES = 10 * 2**20
FILES_KEPT = 5
SHOWN = {"warning", "error", "critical"}
CHUNK = 65_536

logging.raiseExceptions = False  # a full disk must not turn each lost line into a page of complaints


class Lines:
    """One process's output: read in chunks, kept in lines."""

    def __init__(self, name: str, logs: Path, *, quiet: bool = False) -> None:
        self.name = name
        self._quiet = quiet
        self._rest = b""
        self._file = RotatingFileHandler(
            logs / f"{name}.log", maxBytes=FILE_BYTES, backupCount=FILES_KEPT, encoding="utf-8"
        )

    def read(self, descriptor: int) -> bool:
        """Take what there is; False at the end of the stream."""
        try:
            chunk = os.read(descriptor, CHUNK)
        except BlockingIOError:
            return True
        *lines, self._rest = (self._rest + chunk).split(b"\n")
        if not chunk and self._rest:
            lines, self._rest = [self._rest], b""
        for line in lines:
            self.keep(line.decode("utf-8", "replace"))
        return bool(chunk)

    def keep(self, line: str) -> None:
        if not line.strip():
            return
        self._file.emit(logging.LogRecord(self.name, logging.INFO, "", 0, "%s", (line,), None))
        if not self._quiet and (shown := _in_words(line)):
            say(f"{self.name}: {shown}")

    def close(self) -> None:
        self._file.close()


def _in_words(line: str) -> str:
    """The important JSON lines as plain words; nothing for the others."""
    try:
        entry: Any = json.loads(line)
    except ValueError:
        return ""
    if not isinstance(entry, dict) or entry.get("level") not in SHOWN:
        return ""
    details = [
        f"{key}={entry[key]}" for key in ("error", "code", "route", "check", "count") if entry.get(key)
    ]
    return " ".join([str(entry.get("event", "")), *details])


def say(text: str) -> None:
    """A line on the terminal, with the time."""
    sys.stdout.write(f"{datetime.now().astimezone():%H:%M:%S} {text}\n")
    sys.stdout.flush()
