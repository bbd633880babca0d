"""`shouxin doctor`: health, hardening and every connection that leaves the machine, in words and for programs."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection as database

from shouxin.core.text import Text
from shouxin.kit.connections import Connection, Outcome, State, connections, examine
from shouxin.kit.terminal import words
from shouxin.operations.server import folder, hardening, outside, readiness
from shouxin.operations.server.readings import Reading, readings

STATES = {
    State.OK: Text("正常", "ok"),
    State.NOT_CONFIGURED: Text("未配置", "not configured"),
    State.NOT_USED: Text("本版本不使用", "not used by this version"),
    State.UNREACHABLE: Text("无法连接", "unreachable"),
    State.CERTIFICATE_REFUSED: Text("已拒绝对方证书", "certificate refused"),
    State.TURNED_AWAY: Text("对方拒绝", "turned away"),
    State.NOT_TRIED: Text("未尝试", "not tried"),
}
AT_ONCE_SECONDS = 0.1
NOT_TRIED = Outcome(
    "",
    "",
    State.NOT_TRIED,
    Text(
        "其配置保存在数据库中，数据库恢复后才能尝试。",
        "Its settings stand in the database; first let that answer.",
    ),
)


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """What was found; `server` is the process that runs on the folder, if one does."""

    data: Path
    server: object
    problems: list[tuple[str, Text]]
    connections: list[tuple[Connection, Outcome]]
    readings: list[Reading] = field(default_factory=list)

    @property
    def fine(self) -> bool:
        return not self.problems and all(outcome.fine for _connection, outcome in self.connections)

    def facts(self) -> dict[str, Any]:
        """For programs."""
        return {
            "ok": self.fine,
            "data": str(self.data),
            "server": self.server,
            "problems": [{"code": code, "zh": text.zh, "en": text.en} for code, text in self.problems],
            "readings": [
                {"name": one.key, "kind": one.kind, "value": _both(one.value)}
                | ({"advice": _both(one.advice)} if one.advice else {})
                for one in self.readings
            ],
            "connections": [_facts(connection, outcome) for connection, outcome in self.connections],
        }

    def lines(self) -> Iterator[str]:
        """For people."""
        running = self.server or words("未运行", "not running")
        yield words(f"数据文件夹：{self.data}", f"Data folder: {self.data}")
        yield words(f"服务进程：{running}", f"Server: {running}")
        for one in self.readings:
            mark = {"ok": "✓", "muted": "–"}.get(one.kind, "✗")
            yield f"  {mark} {words(one.title.zh, one.title.en)}  {words(one.value.zh, one.value.en)}"
            if one.advice:
                yield f"      {words(one.advice.zh, one.advice.en)}"
        yield words("对外连接：", "Connections:")
        for connection, outcome in self.connections:
            yield from _lines(connection, outcome)
        yield from (f"✗ {code}: {words(text.zh, text.en)}" for code, text in self.problems)
        if self.fine:
            yield words("一切正常。", "Everything is in order.")


def look() -> Diagnosis:
    """Look at everything. The sealer runs only beside a server, so without one a log at rest counts as sealed."""
    server = folder.running_server(settings.DATA)
    problems = [item for item in readiness.obstacles() if server or item[0] != "sealer"]
    if not (answers := not any(code == "database" for code, _text in problems)):
        _wait_no_more()
    return Diagnosis(
        settings.DATA,
        server.get("pid"),
        problems + hardening.findings(database=answers),
        _tried(),
        [one for one in readings() if server or one.key not in {"sealer", "queue"}],
    )


def _wait_no_more() -> None:
    """Whoever asks again for the database that did not answer is told so at once, in this process of a report."""
    if pool := getattr(database, "pool", None):
        pool.timeout = AT_ONCE_SECONDS


def _tried() -> list[tuple[Connection, Outcome]]:
    """The database first: while it is away, nobody knows how the others are to be spoken to."""
    database = examine(outside.DATABASE)
    others = [one for one in connections.values() if one != outside.DATABASE]
    known = all(outcome.fine for outcome in database)
    return [(outside.DATABASE, outcome) for outcome in database] + [
        (one, outcome) for one in others for outcome in (examine(one) if known else [NOT_TRIED])
    ]


def _facts(connection: Connection, outcome: Outcome) -> dict[str, Any]:
    found = {
        "name": connection.name,
        "title": _both(connection.title),
        "protocol": outcome.protocol,
        "target": outcome.target,
        "result": outcome.state.value,
    }
    if not outcome.fine:
        found |= {"reduced": _both(connection.reduced)}
    if outcome.detail:
        found |= {"detail": _both(outcome.detail)}
    return found


def _both(text: Text) -> dict[str, str]:
    return {"zh": text.zh, "en": text.en}


def _lines(connection: Connection, outcome: Outcome) -> Iterator[str]:
    def said(text: Text) -> str:
        return words(text.zh, text.en)

    mark = {State.OK: "✓", State.NOT_CONFIGURED: "–", State.NOT_USED: "–"}.get(outcome.state, "✗")
    where = "  ".join(part for part in (outcome.protocol, outcome.target) if part)
    yield f"  {mark} {said(connection.title)}  {where}  {said(STATES[outcome.state])}".replace("    ", "  ")
    for text in (outcome.detail, None if outcome.fine else connection.reduced):
        if text:
            yield f"      {said(text)}"
