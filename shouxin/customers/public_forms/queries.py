"""Reading public forms: the list, one of them, what came by it, and the one behind an address or a key."""

from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import QuerySet

from shouxin.core.policy import Actor, Permission
from shouxin.customers.collection import plans
from shouxin.customers.collection import rules as collection
from shouxin.customers.collection_forms import queries as forms
from shouxin.customers.collection_forms.rules import Lack
from shouxin.customers.public_forms import rules
from shouxin.customers.public_forms.models import PublicForm, PublicState, PublicSubmission
from shouxin.gate.facts import rules as rulebooks
from shouxin.journal.queries import Line, of_thing
from shouxin.kit.bots import queries as bots
from shouxin.people.queries import same_person

EVENTS = tuple(
    f"public_form.{verb}" for verb in ("proposed", "approved", "refused", "paused", "resumed", "closed")
)
ANSWERED = (PublicState.OPEN, PublicState.PAUSED, PublicState.CLOSED)
COUNTED = timedelta(days=30)


def public_forms(actor: Actor, *, show: str = "") -> QuerySet[PublicForm]:
    """All publications, the newest first; `show` is "waiting" (for this actor's approval) or a state."""
    actor.require(Permission.CUSTOMERS_FORM_READ)
    if show == "waiting":
        return waiting(actor)
    found = PublicForm.objects.select_related("department", "form").order_by("-id")
    return found.filter(state=show) if show in PublicState.values else found


def waiting(actor: Actor) -> QuerySet[PublicForm]:
    """Those this actor may approve: asked for by other people."""
    found = PublicForm.objects.select_related("department", "form").filter(state=PublicState.PROPOSED)
    if not actor.may(Permission.CUSTOMERS_FORM_PUBLISH):
        return found.none()
    own = [
        one for one in set(found.values_list("proposed_by", flat=True)) if same_person(actor.pseudonym, one)
    ]
    return found.exclude(proposed_by__in=own).order_by("-id")


def public_form_for(actor: Actor, wanted: UUID) -> PublicForm | None:
    """One of them, or None."""
    return public_forms(actor).filter(id=wanted).first()


def of_form(actor: Actor, form: UUID) -> QuerySet[PublicForm]:
    return public_forms(actor).filter(form_id=form)


def by_code(code: str) -> PublicForm | None:
    """The publication behind the address of a page; what was never approved is behind none."""
    return PublicForm.objects.select_related("plan").filter(code=code, state__in=ANSWERED).first()


def by_key(key: str) -> PublicForm | None:
    """The publication behind a key of a web site."""
    return PublicForm.objects.select_related("plan").filter(key=key, state__in=ANSWERED).first()


def why_closed(row: PublicForm, now: datetime) -> str:
    """Why it takes nothing now (a code), or nothing; its plan's end, maximum and stop count as its own."""
    own = rules.why_closed(row.state, row.ends_on, row.taken, row.maximum, collection.day_of(now))
    if own or row.plan is None:
        return own
    of_plan = plans.why_closed(row.plan, now)
    told = {"": "", "plan.full": "full", "plan.ended": "ended", "plan.not-begun": "paused"}
    return told.get(of_plan, "closed")


def lacks_of(form: UUID) -> list[Lack] | None:
    """What keeps a form from being public now; None when it has no version in use."""
    version = forms.published_version(form)
    if version is None:
        return None
    book = rulebooks["rulebook"]
    return rules.lacks(forms.content_of(version), book.fields(), book.purpose(version.purpose))


def received(actor: Actor, row: PublicForm) -> QuerySet[PublicSubmission]:
    """What came by it, the newest first."""
    actor.require(Permission.CUSTOMERS_FORM_READ)
    return PublicSubmission.objects.filter(publication=row).order_by("-at", "-id")


def turned_away(row: PublicForm, now: datetime) -> dict[str, int]:
    """What became of what was sent lately, by outcome; counts of nobody."""
    since = collection.day_of(now - COUNTED)
    found = bots.tallied(form_name(row), since)
    for outcome, count in bots.tallied(api_name(row), since).items():
        found[outcome] = found.get(outcome, 0) + count
    return found


def form_name(row: PublicForm) -> str:
    """By which the protection against programs counts its page."""
    return f"f:{row.code}"


def api_name(row: PublicForm) -> str:
    """Likewise what web sites send: a flood there does not shut the page."""
    return f"w:{row.code}"


def story_of(row: PublicForm) -> list[Line]:
    return of_thing(EVENTS, {"public_form": str(row.id)}, limit=20)
