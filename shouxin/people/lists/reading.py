"""What one request asks of a list: from the address, a kept query, a saved filter, or what the list opens with."""

from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse

from shouxin.kit import clock, lists
from shouxin.kit.lists import Listed, Place, Sort, Window
from shouxin.people.doors import StaffRequest
from shouxin.people.lists import queries
from shouxin.people.lists.models import ListLook, SavedFilter

TOKEN, SAVED, ALL = "list", "view", "all"


@dataclass(frozen=True, slots=True)
class Asked:
    """A list as somebody asks for it.

    Attributes:
        query: filter → value; only what the list knows.
        address: what goes on in the addresses of further pages.
        over: a kept query was asked for that is no longer kept.
    """

    listed: Listed
    query: dict[str, str]
    address: dict[str, str]
    place: Place
    sort: Sort
    look: ListLook
    saved: list[SavedFilter] = field(default_factory=list)
    chosen: SavedFilter | None = None
    over: bool = False

    @property
    def narrowed(self) -> bool:
        return any(self.query.get(one) for one in self.listed.filters)

    def context(self, page: Window[Any]) -> dict[str, Any]:
        """What the parts list_tools.html and pager.html are given."""
        home = reverse(self.listed.url_name)
        return {
            **lists.links(self.address, page, self.place),
            "asked": self,
            "list_home": home,
            "list_sorts": [
                (sort.title, f"?{urlencode({**self._kept(), 'sort': sort.key})}", sort.key == self.sort.key)
                for sort in self.listed.sorts
            ],
            "list_columns": [
                (column.key, column.title, column.key not in self.look.left_out)
                for column in self.listed.columns
            ],
            "list_shown": {
                column.key for column in self.listed.columns if column.key not in self.look.left_out
            },
            "list_saved": [
                (one, f"{home}?{SAVED}={one.id}", bool(self.chosen and self.chosen.id == one.id))
                for one in self.saved
            ],
            "list_all": f"{home}?{ALL}=1",
            "list_fields": list(self.query.items()),
        }

    def _kept(self) -> dict[str, str]:
        return {key: text for key, text in self.address.items() if key != "sort"}


def read(request: StaffRequest, key: str) -> Asked:
    """What the request asks of the list `key`."""
    listed, given = lists.known[key], request.GET
    look, saved = queries.look_of(request.actor, key), queries.saved_of(request.actor, key)
    query = {one: given[one] for one in listed.filters if one not in listed.typed and given.get(one)}
    address, chosen, over = dict(query), None, False
    if token := given.get(TOKEN, ""):
        kept = queries.query_of(request.actor, key, token, clock.now())
        query, over = kept or {}, kept is None
        address = {} if over else {TOKEN: token}
    elif (named := given.get(SAVED, "")) or not (query or given.get(ALL)):
        chosen = next((one for one in saved if str(one.id) == named or (not named and one.opens)), None)
        if chosen:
            query, address = dict(chosen.query), {SAVED: str(chosen.id)}
    if given.get(ALL):
        address[ALL] = "1"
    sort = lists.sort_from(listed.sorts, given.get("sort", "") or query.pop("sort", ""))
    query.pop("sort", None)
    if sort is not listed.sorts[0]:
        address["sort"] = sort.key
    place = lists.place_from(given, size=look.size)
    if place.size != look.size:
        address["size"] = str(place.size)
    return Asked(listed, query, address, place, sort, look, saved, chosen, over)
