"""What a table of new staff must look like, cell by cell; pure."""

import re
import unicodedata
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from shouxin.core.policy import Role
from shouxin.core.text import Text
from shouxin.people.rules import ROLE_NAMES, separation_broken

MOST_ROWS = 200
COLUMNS = (
    Text("用户名", "User name"),
    Text("姓名", "Name"),
    Text("部门", "Department"),
    Text("角色", "Role"),
)
REASON = Text("问题", "Problem")
USER, NAME, DEPARTMENT, ROLE = range(4)
_USER = re.compile(r"[\w.@+-]+")
_BETWEEN = re.compile(r"[、,，;；/\s]+")
LONGEST_USER, LONGEST_NAME = 64, 100


@dataclass(slots=True)
class Line:
    """One row of the table: its number in the sheet, its four cells, and what is the matter with each."""

    number: int
    cells: tuple[str, str, str, str]
    problems: dict[int, Text] = field(default_factory=dict)
    department: UUID | None = None
    roles: tuple[Role, ...] = ()

    def sentence(self, language: str) -> str:
        """Every problem of the row, each with the name of its column."""
        return "；".join(
            f"{COLUMNS[column].in_(language)}: {text.in_(language)}"
            for column, text in sorted(self.problems.items())
        )


def heading(cells: Sequence[str]) -> list[int] | None:
    """Where the four columns stand in a row of headings, in either language; None when it is no heading."""
    names = [unicodedata.normalize("NFKC", cell).strip().casefold() for cell in cells]
    found = []
    for column in COLUMNS:
        wanted = {column.zh.casefold(), column.en.casefold()}
        place = next((n for n, name in enumerate(names) if name in wanted), None)
        if place is None:
            return None
        found.append(place)
    return found


def check(
    rows: Sequence[tuple[int, Sequence[str]]],
    *,
    taken: Collection[str],
    departments: Mapping[str, Sequence[UUID]],
) -> list[Line]:
    """The rows with everything that is the matter with them.

    `taken` are user names in use, folded; `departments` the open ones by name and by path from the top.
    """
    lines = [Line(number, _four(cells)) for number, cells in rows]
    often = Counter(line.cells[USER].casefold() for line in lines)
    for line in lines:
        _check_user(line, taken, often)
        _check_name(line)
        _check_department(line, departments)
        _check_roles(line)
    return lines


def _four(cells: Sequence[str]) -> tuple[str, str, str, str]:
    user, name, department, role = (str(cell).strip() for cell in (*cells, "", "", "", "")[:4])
    return unicodedata.normalize("NFKC", user), name, department, role


def _check_user(line: Line, taken: Collection[str], often: Counter[str]) -> None:
    user = line.cells[USER]
    if not user:
        line.problems[USER] = Text("请填写", "Missing")
    elif not _USER.fullmatch(user) or len(user) > LONGEST_USER:
        line.problems[USER] = Text(
            "只能包含文字、数字和 . @ + - _，最多 64 个字符", "Letters, digits and . @ + - _ only, 64 at most"
        )
    elif user.casefold() in taken:
        line.problems[USER] = Text("已被使用，请换一个", "Taken already, choose another")
    elif often[user.casefold()] > 1:
        line.problems[USER] = Text("表中重复", "Stands twice in this table")


def _check_name(line: Line) -> None:
    name = line.cells[NAME]
    if not name:
        line.problems[NAME] = Text("请填写", "Missing")
    elif len(name) > LONGEST_NAME:
        line.problems[NAME] = Text("最多 100 个字符", "100 characters at most")


def _check_department(line: Line, departments: Mapping[str, Sequence[UUID]]) -> None:
    name = line.cells[DEPARTMENT]
    found = departments.get(name, ())
    if not name:
        line.problems[DEPARTMENT] = Text("请填写", "Missing")
    elif not found:
        line.problems[DEPARTMENT] = Text("没有这个部门，或已停用", "No such department, or it is closed")
    elif len(found) > 1:
        line.problems[DEPARTMENT] = Text(
            "有几个同名部门，请写全路径，如“总公司/销售部”",
            "Several have this name; give the path, as “Head office/Sales”",
        )
    else:
        line.department = found[0]


def _check_roles(line: Line) -> None:
    known = {
        name.in_(language).casefold(): role for role, name in ROLE_NAMES.items() for language in ("zh", "en")
    }
    whole = known.get(line.cells[ROLE].casefold())  # names in English hold spaces
    words = [line.cells[ROLE]] if whole else [word for word in _BETWEEN.split(line.cells[ROLE]) if word]
    unknown = [word for word in words if word.casefold() not in known]
    if unknown:
        listed = "、".join(name.zh for name in ROLE_NAMES.values())
        line.problems[ROLE] = Text(
            f"没有角色“{unknown[0]}”。可填：{listed}",
            f"No role “{unknown[0]}”. Possible: {', '.join(name.en for name in ROLE_NAMES.values())}",
        )
        return
    line.roles = tuple(dict.fromkeys(known[word.casefold()] for word in words))
    broken = separation_broken(line.roles)
    if broken is not None:
        line.problems[ROLE] = broken.reason
