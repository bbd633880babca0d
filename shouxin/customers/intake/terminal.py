"""An import from the server's command line: the same steps as on the screens, by a person who signs in."""

import argparse
import getpass
import json
import os
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, NoReturn

from django.utils import translation

from shouxin.core.crypto.errors import CryptoError
from shouxin.core.policy import Actor, NotAllowed
from shouxin.core.text import Text
from shouxin.customers.intake import drafts, export, jobs, presenting, queries, services
from shouxin.customers.intake.mapping import DROPPED, Gap, SheetPlan
from shouxin.customers.intake.models import BatchState, Existing, ImportBatch
from shouxin.customers.intake.reading import Choices, UnreadableFile
from shouxin.customers.intake.services import Declaration, IntakeProblem
from shouxin.customers.registry.models import Channel, Scope, Source
from shouxin.kit import clock
from shouxin.kit.terminal import language, words
from shouxin.people import signin
from shouxin.people.models import Department, Staff
from shouxin.vault.errors import VaultError

DONE, WRONG, MISUSED = 0, 1, 2
PIECE = 1 << 20
REST = "*"  # in a mapping: every column that is not named
PATIENCE_SECONDS = 30.0
SIGN_IN = {
    "wrong_password": Text("用户名或密码不正确。", "Wrong user name or password."),
    "locked": Text("连续失败，已暂时锁定，请稍后再试。", "Locked after repeated failures; try again later."),
    "first_password": Text(
        "请先在控制台登录并修改初始密码。", "Sign in to the console and change the first password first."
    ),
    "factor_missing": Text(
        "该登录名需要二次认证：请用 --code 给出动态码或恢复码。",
        "This log-in has a second factor: give its code with --code.",
    ),
    "factor_wrong": Text(
        "动态码不正确或已用过，请用当前显示的。",
        "The code is wrong or was used before; take the one shown now.",
    ),
    "factor_first": Text(
        "请先在控制台登录并设置二次认证。", "Sign in to the console and set up the second factor first."
    ),
    "outside_away": Text(
        "核对该登录名密码的目录现在连接不上，不会改用其他密码。",
        "The directory that checks this log-in's password cannot be reached; no other password takes its place.",
    ),
    "keys_away": Text(
        "密钥服务暂不可用，无法核对动态码。", "The key service is away, so no code can be checked."
    ),
}


class Unfit(Exception):
    """The command cannot be done; `status` is its exit status, `gaps` what is undecided."""

    def __init__(self, status: int, code: str, message: str, gaps: list[Gap] | None = None) -> None:
        super().__init__(code)
        self.status, self.code, self.message, self.gaps = status, code, message, gaps or []


def run(arguments: argparse.Namespace) -> int:
    """Sign in, upload, map, declare, check, run; prints what became of every row."""
    with translation.override("en" if language() == "en" else "zh-hans"):
        try:
            return _imported(arguments)
        except Unfit as problem:
            _say_problem(arguments, problem)
            return problem.status
        except UnreadableFile as error:
            _say_problem(arguments, Unfit(WRONG, f"file.{error.code}", error.text.in_(language())))
        except IntakeProblem as error:
            gaps = list(error.gaps)
            _say_problem(arguments, Unfit(WRONG, error.code, presenting.problem_text(error.code), gaps))
        except NotAllowed:
            _say_problem(
                arguments, Unfit(WRONG, "role.not-allowed", presenting.stopped_text("role.not-allowed"))
            )
        except (VaultError, CryptoError):
            _say_problem(
                arguments, Unfit(WRONG, "keys.unavailable", presenting.stopped_text("keys.unavailable"))
            )
        return WRONG


def _imported(arguments: argparse.Namespace) -> int:
    if not arguments.file.is_file():
        raise Unfit(MISUSED, "file.missing", words("没有这个文件。", "There is no such file."))
    mapping = _mapping(arguments.mapping)
    actor = _signed_in(arguments)
    declaration = _declaration(arguments)
    choices = Choices(encoding=arguments.encoding) if arguments.encoding else None
    batch = services.receive(
        actor=actor,
        pieces=_pieces(arguments.file),
        file_name=arguments.file.name,
        now=clock.now(),
        choices=choices,
    )
    kept = False
    try:
        if earlier := queries.same_file(actor, batch):
            _progress(_repeated(earlier))
        _decide(arguments, actor, batch, mapping)
        batch.refresh_from_db()
        services.declare(actor=actor, batch=batch.id, revision=batch.draft_revision, declaration=declaration)
        _check(actor, batch)
        if arguments.check:
            return _told(arguments, batch, batch.findings.get("refused", 0))
        services.start(actor=actor, batch=batch.id, now=clock.now())
        kept = True
        _work(actor, batch)
    finally:
        if not kept:  # nothing was stored: the file is not left behind
            with suppress(IntakeProblem, VaultError, CryptoError):
                services.cancel(actor=actor, batch=batch.id, now=clock.now())
    if arguments.refused and batch.refused_count:
        _write_refused(actor, batch, arguments.refused)
    return _told(arguments, batch, batch.refused_count)


def _repeated(earlier: list[ImportBatch]) -> str:
    """That the file was here before; as an import only when one of it ran to its end."""
    done = next((batch for batch in earlier if batch.state == BatchState.DONE), None)
    day = clock.today((done or earlier[0]).uploaded_at).isoformat()
    if done:
        return words(f"同一文件已于 {day} 导入过。", f"The same file was imported on {day}.")
    return words(
        f"同一文件已于 {day} 上传过，尚未导入。", f"The same file was uploaded on {day}, not imported."
    )


def _signed_in(arguments: argparse.Namespace) -> Actor:
    if arguments.password_file:
        try:
            password = arguments.password_file.read_text(encoding="utf-8").rstrip("\r\n")
        except (OSError, UnicodeDecodeError):
            raise Unfit(
                MISUSED, "password-file", words("读不到密码文件。", "The password file cannot be read.")
            ) from None
    elif sys.stdin.isatty():
        password = getpass.getpass(words("密码：", "Password: "))
    else:
        raise Unfit(
            MISUSED,
            "password-file",
            words(
                "没有终端可以询问密码：请用 --password-file。", "No terminal to ask at: use --password-file."
            ),
        )
    try:
        return signin.at_terminal(
            user_name=arguments.account, password=password, ask_code=lambda: _code(arguments)
        )
    except signin.NotSignedIn as error:
        raise Unfit(WRONG, error.code, SIGN_IN[error.code].in_(language())) from None


def _code(arguments: argparse.Namespace) -> str:
    """What is typed as second factor; a code works once, so it may stand on the command line."""
    if arguments.code:
        return str(arguments.code)
    if not sys.stdin.isatty():
        return ""
    return getpass.getpass(words("动态码或恢复码：", "Code of the authenticator app, or recovery code: "))


def _declaration(arguments: argparse.Namespace) -> Declaration:
    departments = list(Department.objects.filter(name=arguments.department))
    if len(departments) != 1:
        _misused("department", arguments.department)
    responsible = None
    if arguments.responsible:
        responsible = (
            Staff.objects.filter(user_name=arguments.responsible).values_list("id", flat=True).first()
        )
        if responsible is None:
            _misused("responsible", arguments.responsible)
    if arguments.channel not in Channel.values:
        _misused("channel", arguments.channel)
    return Declaration(
        purpose=arguments.purpose,
        channel=Channel(arguments.channel),
        source=Source(arguments.source),
        department=departments[0].id,
        scope=Scope(arguments.scope),
        responsible=responsible,
        supplier=arguments.supplier,
        evidence=arguments.evidence,
        existing=Existing(arguments.existing),
    )


def _misused(option: str, given: str) -> NoReturn:
    message = words(f"--{option} 不存在或不唯一：{given}", f"--{option} is unknown or not unique: {given}")
    raise Unfit(MISUSED, option, message)


def _mapping(path: Path | None) -> Mapping[str, Any] | None:
    if path is None:
        return None
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        found = None
    if not isinstance(found, dict):
        message = words(
            "对应文件应是 JSON 对象：列名对应字段，多表时表名对应“列名对应字段”的对象。",
            "The mapping is a JSON object from heading to field; for several sheets, from sheet to such an object.",
        )
        raise Unfit(MISUSED, "mapping", message)
    return found


def _decide(
    arguments: argparse.Namespace, actor: Actor, batch: ImportBatch, mapping: Mapping[str, Any] | None
) -> None:
    """Columns as the mapping or the proposals say; sheets that were neither named nor proposed are left aside."""
    plans = drafts.opened(batch).sheets
    for name in set(arguments.sheet) - {plan.name for plan in plans}:
        _misused("sheet", name)
    services.map_columns(
        actor=actor,
        batch=batch.id,
        revision=batch.draft_revision,
        columns={plan.name: _columns(plan, mapping) for plan in plans},
        used={
            plan.name: plan.name in arguments.sheet if arguments.sheet else bool(plan.used or len(plans) == 1)
            for plan in plans
        },
    )


def _columns(plan: SheetPlan, mapping: Mapping[str, Any] | None) -> list[str | None]:
    """By heading, or by the column's number from 1; what is not named keeps its proposal."""
    if mapping is None:
        return list(plan.columns)
    own = mapping.get(plan.name, mapping if not any(isinstance(v, dict) for v in mapping.values()) else {})
    chosen: list[str | None] = []
    for number, heading in enumerate(plan.layout.header):
        rest = own[REST] if REST in own else plan.columns[number]
        said = own.get(heading, own.get(str(number + 1), rest))
        chosen.append(DROPPED if said == DROPPED else str(said) if said is not None else None)
    return chosen


def _check(actor: Actor, batch: ImportBatch) -> None:
    batch.refresh_from_db()
    services.request_check(actor=actor, batch=batch.id, revision=batch.draft_revision)
    _until_worked(batch, jobs.work_check, BatchState.CHECKING, "rows_checked")
    if batch.state != BatchState.CHECKED:
        raise Unfit(WRONG, batch.problem, presenting.stopped_text(batch.problem))


def _work(actor: Actor, batch: ImportBatch) -> None:
    try:
        _until_worked(batch, jobs.work_run, BatchState.RUNNING, "rows_done")
    except KeyboardInterrupt:
        with suppress(IntakeProblem):
            services.pause(actor=actor, batch=batch.id)
        _progress(
            words(
                "已暂停，可在控制台的导入页继续。", "Paused; go on with it on the console's page of imports."
            )
        )
        raise
    if batch.state != BatchState.DONE:
        raise Unfit(WRONG, batch.problem, presenting.stopped_text(batch.problem))


def _until_worked(batch: ImportBatch, work: Callable[..., None], state: str, counted: str) -> None:
    """Do the work here; the server's worker may do it as well, so what it does is waited for."""
    seen, since = -1, time.monotonic()

    def tell() -> bool:
        row = ImportBatch.objects.filter(id=batch.id).values_list(counted, "rows_total").get()
        _progress(f"{row[0]} / {row[1]}", replace=True)
        return False

    work(batch=batch.id, now=clock.now(), stop=tell)
    batch.refresh_from_db()
    while batch.state == state:
        done = getattr(batch, counted)
        if done != seen:
            seen, since = done, time.monotonic()
        elif time.monotonic() - since > PATIENCE_SECONDS:
            work(batch=batch.id, now=clock.now(), stop=tell)
            since = time.monotonic()
        tell()
        time.sleep(0.2)
        batch.refresh_from_db()
    tell()
    _progress("")


def _pieces(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while piece := file.read(PIECE):
            yield piece


def _write_refused(actor: Actor, batch: ImportBatch, path: Path) -> None:
    """One CSV file for each sheet with refused rows, readable by its owner alone."""
    services.record_download(actor=actor, batch=batch.id)
    plans = drafts.opened(batch).sheets
    sheets = sorted({row.sheet for row in drafts.refused_rows(batch)})
    for sheet in sheets:
        target = path if len(sheets) == 1 else path.with_stem(f"{path.stem}-{sheet + 1}")
        rows = drafts.rows_to_send(batch, sheet, plans[sheet].columns)
        descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            os.fchmod(descriptor, 0o600)
            file.writelines(export.csv_pieces(plans[sheet].layout.header, rows, language=language()))


def _told(arguments: argparse.Namespace, batch: ImportBatch, refused: int) -> int:
    """What was found and done, for the person or a program; the exit status."""
    counts = {
        name: getattr(batch, f"{name}_count")
        for name in ("created", "updated", "merged", "waiting", "refused", "dropped")
    }
    problems = [
        {
            "field": p["field"],
            "code": p["code"],
            "refuses": p["refuses"],
            "count": p["count"],
            "row": p["first"][1],
        }
        for p in batch.findings.get("problems", [])
    ]
    if arguments.json:
        checked = {"checked": batch.findings.get("rows", 0), "would_refuse": batch.findings.get("refused", 0)}
        facts = {"ok": not refused, "batch": str(batch.id), "read": batch.rows_done, **counts, **checked}
        sys.stdout.write(json.dumps({**facts, "problems": problems}, ensure_ascii=False) + "\n")
    else:
        sys.stdout.write("\n".join(_sentences(arguments, batch, counts)) + "\n")
    return WRONG if refused else DONE


def _sentences(arguments: argparse.Namespace, batch: ImportBatch, counts: Mapping[str, int]) -> Iterator[str]:
    for problem in batch.findings.get("problems", []):
        text = Text(*problem["text"]).in_(language())
        row = words(f"首见第 {problem['first'][1]} 行", f"first in row {problem['first'][1]}")
        yield f"{problem['count']:>8}  {problem['field'] or '-'}: {text} ({row})"
    if arguments.check:
        rows, refused = batch.findings.get("rows", 0), batch.findings.get("refused", 0)
        yield words(
            f"检查了 {rows} 行，将拒绝 {refused} 行；没有入库。",
            f"{rows} rows checked, {refused} would be refused; nothing was stored.",
        )
        return
    yield words(
        "读 {read} 行 = 新建 {created} + 更新 {updated} + 并入 {merged} + 待审核 {waiting}"
        " + 拒绝 {refused} + 丢弃 {dropped}",
        "{read} rows read = {created} created + {updated} updated + {merged} merged + {waiting} to be reviewed"
        " + {refused} refused + {dropped} dropped",
    ).format(read=batch.rows_done, **counts)
    yield words("待归口部门负责人确认后可用。", "The head of the owner department has to confirm the batch.")


def _say_problem(arguments: argparse.Namespace, problem: Unfit) -> None:
    gaps = [
        {"code": gap.code, "sheet": gap.sheet, "column": None if gap.column is None else gap.column + 1,
         "field": gap.field, "text": gap.text.in_(language())}
        for gap in problem.gaps
    ]  # fmt: skip
    if arguments.json:
        facts = {"ok": False, "code": problem.code, "message": problem.message, "gaps": gaps}
        sys.stdout.write(json.dumps(facts, ensure_ascii=False) + "\n")
        return
    sys.stderr.write(f"shouxin import: {problem.message}\n")
    sys.stderr.writelines(f"  - {gap['text']}\n" for gap in gaps)


def _progress(text: str, *, replace: bool = False) -> None:
    """On standard error; over the line before when that is a terminal."""
    if replace and not sys.stderr.isatty():
        return
    sys.stderr.write(f"\r{text}" if replace else f"{text}\n" if text or sys.stderr.isatty() else "")
    sys.stderr.flush()
