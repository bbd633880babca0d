"""What somebody typed above a list is kept sealed, bound to its row: it may be the name of a person."""

import json
from collections.abc import Mapping
from uuid import UUID

from shouxin.core.text import Text
from shouxin.kit import sealing
from shouxin.kit.lists import Listed
from shouxin.people.lists.models import ListQuery, SavedFilter

USE = "typed in a list"

sealing.keep_in(
    "people_saved_filter",
    "sealed",
    key="people.lists.saved",
    name=Text("保存的筛选中填写的内容", "What was typed in saved filters"),
    use=USE,
    model=SavedFilter,
)
sealing.keep_in(
    "people_list_query",
    "sealed",
    key="people.lists.queries",
    name=Text("当前筛选中填写的内容", "What was typed in filters in use"),
    use=USE,
    model=ListQuery,
)


def parted(row: UUID, listed: Listed, query: Mapping[str, str]) -> tuple[dict[str, str], bytes | None]:
    """The codes of `query` in clear, and sealed for `row` what is typed.

    Raises:
        shouxin.kit.sealing.Unavailable: something is typed, and there are no keys now.
    """
    typed = {one: text for one, text in query.items() if one in listed.typed}
    sealed = sealing.seal(USE, row, json.dumps(typed).encode()) if typed else None
    return {one: text for one, text in query.items() if one not in typed}, sealed


def whole(found: ListQuery | SavedFilter) -> dict[str, str]:
    """What was asked for, with what is sealed of it.

    Raises:
        shouxin.kit.sealing.Unavailable, NotSealedHere: no keys, or altered.
    """
    typed = json.loads(sealing.unseal(USE, found.id, bytes(found.sealed))) if found.sealed else {}
    return {**found.query, **typed}
