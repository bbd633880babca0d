"""One story: an organisation, the time in it, who works there, and what this test remembers by itself."""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from shouxin.core.policy import Actor
from shouxin.people import queries
from shouxin.people.models import Staff
from tests.register import Register
from tests.rights.book import Book

ADDRESS = "203.0.113.7"


@dataclass
class Story:
    register: Register
    now: datetime
    people: list[UUID]
    moved: dict[UUID, datetime] = field(default_factory=dict)
    back: dict[UUID, datetime] = field(default_factory=dict)  # who left and came back, when
    over: set[UUID] = field(default_factory=set)  # roles that a move must have ended
    tokens: list[tuple[UUID, str]] = field(default_factory=list)  # of programs, with what is shown once
    done: Counter[str] = field(default_factory=Counter)
    tried: Counter[str] = field(default_factory=Counter)  # beyond the rules
    problems: list[str] = field(default_factory=list)
    book: Book | None = None  # as the last deed left it
    weighed: dict[UUID, Any] = field(default_factory=dict)  # log-ins as they were when last judged

    def now_stands(self) -> Book:
        """What stands now; what was refused has changed nothing."""
        book = self.book or Book(self.now)
        book.at = self.now
        return book

    def actor(self, log_in: UUID) -> Actor:
        return queries.actor_of(Staff.objects.get(id=log_in))

    def place(self, name: str) -> UUID:
        return self.register.world.departments[name].id


Args = tuple[Any, ...]
Act = tuple[Any, ...]  # who, and what else it needs


@dataclass(frozen=True)
class Deed:
    """`about` lists what it could be done to; `may` says, by this test's own reading, whether the rules let it.

    `do` does it by the services that the screens use. Everything but these three is about what is chosen how often.
    """

    name: str
    about: Callable[[Story, Book], Iterable[Args]]
    may: Callable[..., bool]  # (story, book, doer, *args)
    do: Callable[..., None]  # (story, doer, *args)
    weight: float = 1  # how much seldomer than others it happens
    only: Callable[..., bool] | None = None  # of what the rules let, what this deed is for
    prefer: Callable[..., bool] | None = None  # where something hangs on it
    tempts: Callable[..., int] | None = (
        None  # of what the rules forbid, what comes nearest to being let: the most
    )

    def options(self, story: Story, book: Book, number: int) -> list[Act]:
        """What the rules let somebody do now; two times of three where something hangs on it, if there is such."""
        found = [
            act
            for act in self._acts(story, book)
            if self.may(story, book, *act) and (self.only is None or self.only(story, book, *act))
        ]
        weighty = [act for act in found if self.prefer and self.prefer(story, book, *act)]
        return weighty if weighty and number % 3 else found

    def beyond(self, story: Story, book: Book) -> list[Act]:
        """What the rules forbid."""
        return [act for act in self._acts(story, book) if not self.may(story, book, *act)]

    def temptations(self, story: Story, book: Book, beyond: list[Act]) -> tuple[int, list[Act]]:
        """What comes nearest to being let, and how near that is."""
        weighed = [(int(self.tempts(story, book, *act)), act) for act in beyond] if self.tempts else []
        most = max((weight for weight, _act in weighed), default=0)
        return most, [act for weight, act in weighed if weight == most and most]

    def _acts(self, story: Story, book: Book) -> list[Act]:
        about = list(self.about(story, book))
        return [(doer, *args) for doer in story.people for args in about]
