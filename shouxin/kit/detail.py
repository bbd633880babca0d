"""What every detail page is made of: a two-level status, the stages of a process, and the verbs that are possible now.

Rooms fill these; console/parts/{status,stepper,verbs}.html show them alike everywhere.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a thing stands: 使用中 · 接待中. `kind` is the tint: ok, warn, bad, info, muted."""

    kind: str
    text: "StrOrPromise"
    second: "StrOrPromise" = ""


@dataclass(frozen=True, slots=True)
class Stage:
    """One stage of a process: done, current, todo, or stopped (it went no further)."""

    title: "StrOrPromise"
    state: str
    who: str = ""
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Mark:
    """Who took a stage and when."""

    who: str = ""
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Verb:
    """Something to do here: a link (`href`), a form to send (`post`), or neither and `why` it is not possible now.

    `way` and `way_href` say what would work instead. `confirm` is asked before a form is sent.
    """

    label: "StrOrPromise"
    href: str = ""
    post: str = ""
    style: str = ""  # primary or danger
    confirm: "StrOrPromise" = ""
    why: "StrOrPromise" = ""
    way: "StrOrPromise" = ""
    way_href: str = ""
    sent: Mapping[str, str] = field(default_factory=dict)  # hidden fields of the form


def stages(
    path: Sequence[tuple[str, "StrOrPromise"]],
    *,
    at: str,
    marks: Mapping[str, Mark] | None = None,
    stopped: "StrOrPromise" = "",
    over: bool = False,
) -> list[Stage]:
    """The stages of `path` with the process at the stage of key `at`.

    `stopped`: it ended there for good, under this name (已拒绝); `over`: the last stage is behind it.

    Raises:
        ValueError: `at` is no stage of the path.
    """
    keys = [key for key, _title in path]
    here, known = keys.index(at), marks or {}
    found = []
    for place, (key, title) in enumerate(path):
        mark = known.get(key, Mark())
        if place == here and stopped:
            found.append(Stage(stopped, "stopped", mark.who, mark.at))
            break
        state = "done" if place < here or over else "current" if place == here else "todo"
        found.append(Stage(title, state, mark.who, mark.at))
    return found
