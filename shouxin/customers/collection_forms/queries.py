"""Reading collection forms: the lists, one version with everything it says, and what is published now."""

from collections.abc import Collection, Iterable
from datetime import datetime
from uuid import UUID

from django.db.models import Min, Q, QuerySet

from shouxin.core.policy import Actor, Necessity, Permission
from shouxin.core.text import Text
from shouxin.customers.collection_forms.models import CollectionForm, FormField, FormState, FormVersion
from shouxin.customers.collection_forms.rules import Asked, Content, Lack, lacks
from shouxin.gate.facts import rules as rulebooks
from shouxin.journal.queries import Line, of_thing
from shouxin.rulebook.catalogue.queries import log_ins_of
from shouxin.rulebook.purposes.rules import digest

EVENTS = (
    "form.drafted",
    "form.edited",
    "form.submitted",
    "form.returned",
    "form.published",
    "form.withdrawn",
    "form.undeclared",
)


class FormAltered(Exception):
    """What stands in the database is not what was published."""


def forms(actor: Actor, *, show: str = "") -> QuerySet[FormVersion]:
    """The version of each form that matters: the one in work, else the published, else the last.

    `show` narrows to "waiting" (for this actor's approval), "mine" (their drafts), "asked" (submitted)
    or a state.
    """
    actor.require(Permission.CUSTOMERS_FORM_READ)
    if show == "waiting":
        return waiting(actor)
    found = FormVersion.objects.select_related("form").order_by("-form_id", "-number")
    if show == "asked":
        return submitted_by(actor)
    if show == "mine":
        return found.filter(state=FormState.DRAFT, drafted_by__in=log_ins_of(actor))
    if show in FormState.values:
        return found.filter(state=show)
    return found.filter(
        id__in=FormVersion.objects.order_by("form_id", "-number").distinct("form_id").values("id")
    )


def waiting(actor: Actor) -> QuerySet[FormVersion]:
    """The versions this actor may publish: submitted, and by other people."""
    if not actor.may(Permission.CUSTOMERS_FORM_PUBLISH):
        return FormVersion.objects.none()
    mine = log_ins_of(actor)
    found = FormVersion.objects.select_related("form").filter(state=FormState.SUBMITTED)
    return found.exclude(Q(drafted_by__in=mine) | Q(submitted_by__in=mine)).order_by("-id")


def submitted_by(actor: Actor) -> QuerySet[FormVersion]:
    """What this person submitted and nobody decided on yet."""
    found = FormVersion.objects.select_related("form").filter(state=FormState.SUBMITTED)
    return found.filter(submitted_by__in=log_ins_of(actor)).order_by("-id")


def version_for(actor: Actor, version: UUID) -> FormVersion | None:
    """One version, or None."""
    actor.require(Permission.CUSTOMERS_FORM_READ)
    return FormVersion.objects.select_related("form").filter(id=version).first()


def versions_of(form: UUID) -> QuerySet[FormVersion]:
    """All versions of a form, the newest first."""
    return FormVersion.objects.filter(form_id=form).order_by("-number")


def asked(version: FormVersion) -> list[FormField]:
    """The fields of a version in their order."""
    return list(version.asked.select_related("field").order_by("position", "id"))


def content_of(version: FormVersion) -> Content:
    """Everything a version says."""
    return Content(
        form=version.form_id,
        version=version.id,
        number=version.number,
        kind=version.form.kind,
        title=Text(version.title_zh, version.title_en or version.title_zh),
        purpose=version.purpose,
        subjects=version.subjects,
        known_only=version.known_only,
        existing=version.existing,
        asked=tuple(
            Asked(
                key=row.field_id,
                label=Text(row.label("zh"), row.label("en")),
                help=Text(row.help_zh, row.help_en or row.help_zh),
                reason=row.reason_zh,
                necessity=Necessity(row.necessity),
                mandatory=row.mandatory,
            )
            for row in asked(version)
        ),
        offers=tuple(version.offers),
    )


def digest_of(version: FormVersion) -> str:
    """The digest of everything a publication covers: words, purpose, fields, reasons; not the catalogue's own names."""
    rows = version.asked.order_by("position", "id").values_list(
        "field_id",
        "label_zh",
        "label_en",
        "help_zh",
        "help_en",
        "necessity",
        "reason_zh",
        "reason_en",
        "mandatory",
    )
    names = ("title_zh", "title_en", "purpose", "subjects", "known_only", "existing")
    return digest(
        {
            "form": str(version.form_id),
            "kind": version.form.kind,
            "number": version.number,
            **{name: getattr(version, name) for name in names},
            "fields": [list(row) for row in rows],
            **({"offers": list(version.offers)} if version.offers else {}),
        }
    )


def lacks_of(version: FormVersion) -> list[Lack]:
    """What keeps a version from being published now."""
    book = rulebooks["rulebook"]
    return lacks(content_of(version), book.fields(), book.purpose(version.purpose))


def published() -> QuerySet[FormVersion]:
    """Every published version, by kind and name."""
    found = FormVersion.objects.select_related("form").filter(state=FormState.PUBLISHED)
    return found.order_by("form__kind", "title_zh", "id")


def published_version(form: UUID) -> FormVersion | None:
    """The version of `form` that is to be filled now, if there is one."""
    return published().filter(form_id=form).first()


def sound(version: FormVersion) -> Content:
    """What a published version asks, after making sure that it is what was published.

    Raises:
        FormAltered: it is not.
    """
    if digest_of(version) != version.content_sha256:
        raise FormAltered
    return content_of(version)


def titles(versions: Iterable[UUID]) -> dict[UUID, Text]:
    """The names of versions, with their numbers."""
    rows = FormVersion.objects.filter(id__in=list(versions)).values_list(
        "id", "title_zh", "title_en", "number"
    )
    return {
        key: Text(f"{zh} 第 {number} 版", f"{en or zh}, version {number}") for key, zh, en, number in rows
    }


def form_titles(forms: Collection[UUID]) -> dict[UUID, Text]:
    """What these forms are called in their newest versions."""
    newest = FormVersion.objects.filter(form_id__in=forms).order_by("form_id", "-number").distinct("form_id")
    rows = newest.values_list("form_id", "title_zh", "title_en")
    return {form: Text(zh, en or zh) for form, zh, en in rows}


def form_title(form: UUID) -> Text | None:
    """What a form is called in its newest version."""
    row = (
        FormVersion.objects.filter(form_id=form)
        .order_by("-number")
        .values_list("title_zh", "title_en")
        .first()
    )
    return Text(row[0], row[1] or row[0]) if row else None


def form_exists(form: UUID) -> bool:
    return CollectionForm.objects.filter(id=form).exists()


def story_of(actor: Actor, form: UUID) -> list[Line]:
    """What happened to a form, the latest first, from the journal."""
    actor.require(Permission.CUSTOMERS_FORM_READ)
    return of_thing(EVENTS, {"collection_form": str(form)}, limit=20)


def first_published(form: UUID) -> datetime | None:
    """When a form was published for the first time."""
    found: datetime | None = FormVersion.objects.filter(form_id=form).aggregate(first=Min("published_at"))[
        "first"
    ]
    return found
