"""What one request asks of a list: from the address, a kept query, a saved filter, or what the list opens with."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse

from shouxin.kit import clock, lists, sealing
from shouxin.kit.lists import Field, Listed, Place, Sort, Window
from shouxin.people.doors import StaffRequest
from shouxin.people.lists import queries, secrets, services
from shouxin.people.lists.models import ListLook, SavedFilter
from shouxin.people.lists.services import PROBLEMS, TYPED_LENGTH, ListProblem

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
    sorted_by: str = ""

    def sorting(self, key: str) -> "Asked":
        """In the order `key` where the request names none: what ends soon is read soonest first, say."""
        return self if self.sorted_by else replace(self, sort=lists.sort_from(self.listed.sorts, key))

    def sorting_but(self, key: str) -> "Asked":
        """In another order than `key`, which means nothing for what the list is narrowed to."""
        return self if self.sort.key != key else replace(self, sort=self.listed.sorts[0])

    @property
    def narrowed(self) -> bool:
        return any(self.query.get(one) for one in self.listed.filters)

    def context(
        self, page: Window[Any], found: QuerySet[Any] | None = None, form: Sequence[Field] = ()
    ) -> dict[str, Any]:
        """What the parts list_head.html, list_tools.html and pager.html are given.

        `found` is what the page was cut from: it is counted as far as lists count. `form` stands above the list.
        """
        home = reverse(self.listed.url_name)
        return {
            **lists.links(self.address, page, self.place, self.listed.sizes),
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
            "list_form": [(one, self.query.get(one.key, "")) for one in form],
            "list_typed": any(one.key in self.listed.hidden for one in form),
            "counted": None if found is None else lists.count(found),
        }

    def _kept(self) -> dict[str, str]:
        return {key: text for key, text in self.address.items() if key != "sort"}


def read(request: StaffRequest, key: str) -> Asked:
    """What the request asks of the list `key`."""
    try:
        return _read(request, lists.known[key])
    except sealing.Unavailable:  # what was typed cannot be opened: the list as it is without it
        messages.error(request, str(PROBLEMS["keys.unavailable"]))
        return _read(request, lists.known[key], bare=True)


def _read(request: StaffRequest, listed: Listed, *, bare: bool = False) -> Asked:
    key, given = listed.key, QueryDict(f"{ALL}=1") if bare else request.GET
    look, saved = queries.look_of(request.actor, key), queries.saved_of(request.actor, key)
    query = {
        one: text
        for one in listed.filters
        if one not in listed.hidden and (text := services.storable(given.get(one, "")))
    }
    address, chosen, over = dict(query), None, False
    if token := given.get(TOKEN, ""):
        kept = queries.query_of(request.actor, key, token, clock.now())
        query, over = kept or {}, kept is None
        address = {} if over else {TOKEN: token}
    elif (named := given.get(SAVED, "")) or not (query or given.get(ALL)):
        chosen = next((one for one in saved if str(one.id) == named or (not named and one.opens)), None)
        if chosen:
            known = (*listed.filters, "sort")  # a filter that a list no longer has narrows nothing
            query = {one: text for one, text in secrets.whole(chosen).items() if one in known}
            address = {SAVED: str(chosen.id)}
    if given.get(ALL):
        address[ALL] = "1"
    named = query.pop("sort", "")
    sorted_by = given.get("sort", "") or named
    sort = lists.sort_from(listed.sorts, sorted_by)
    if sorted_by and sorted_by == sort.key:
        address["sort"] = sort.key
    else:
        sorted_by = ""
    place = lists.place_from(given, size=look.size, sizes=listed.sizes, edge=listed.edge)
    if given.get("size") == str(place.size):
        address["size"] = str(place.size)
    return Asked(listed, query, address, place, sort, look, saved, chosen, over, sorted_by)


def narrowed(request: StaffRequest, key: str) -> HttpResponse:
    """To the list as its posted form narrows it: what is typed freely is kept, and only a token of it is an address."""
    listed = lists.known[key]
    wanted = {
        one: text
        for one in (*listed.filters, "sort")
        if (text := request.POST.get(one, "").strip()[:TYPED_LENGTH])
    }
    if any(wanted.get(one) for one in listed.hidden):
        return kept(request, key, wanted)
    return redirect(f"{reverse(listed.url_name)}?{urlencode({ALL: '1', **wanted})}")


def kept(request: StaffRequest, key: str, wanted: Mapping[str, str]) -> HttpResponse:
    """To the list narrowed to `wanted`, of which the address tells nothing."""
    home = reverse(lists.known[key].url_name)
    if not wanted:
        return redirect(f"{home}?{ALL}=1")
    try:
        token = services.keep_query(actor=request.actor, key=key, query=wanted, now=clock.now())
    except ListProblem as problem:
        messages.error(request, str(PROBLEMS[problem.code]))
        return redirect(f"{home}?{ALL}=1")
    return redirect(f"{home}?{TOKEN}={token}")
