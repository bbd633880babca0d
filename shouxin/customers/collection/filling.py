"""The page on which a form is filled at the counter: what it shows, what was sent, and what becomes of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import QueryDict
from django.utils.translation import gettext as _

from shouxin.core.policy import FieldRule, PurposeRule
from shouxin.customers.asking import presenting as asking
from shouxin.customers.asking.boxes import BoxesForm
from shouxin.customers.attachments.services import NewFile
from shouxin.customers.collection import consenting, drafts, paper, plans, queries, rules, services
from shouxin.customers.collection.consenting import Choice
from shouxin.customers.collection.forms import PlaceForm, language
from shouxin.customers.collection.models import CollectionPlan
from shouxin.customers.collection.problems import SubmissionProblem
from shouxin.customers.collection.services import Done, Filled
from shouxin.customers.collection_forms.forms import AnswerForm
from shouxin.customers.collection_forms.models import FormVersion
from shouxin.customers.collection_forms.rules import Content, Judged
from shouxin.customers.consents import pages
from shouxin.customers.consents import rules as rules_of_consent
from shouxin.customers.consents.queries import closed_boxes
from shouxin.customers.registry import queries as registry
from shouxin.customers.registry.models import Customer, Kind, Method, Scope
from shouxin.customers.registry.presenting import uuid_or_none
from shouxin.kit import ids
from shouxin.people.doors import StaffRequest
from shouxin.rulebook.purposes import queries as purposes

AROUND = ("department", "scope", "mine", "province")
# What the page itself sends besides the fields of the form.
OWN = frozenset({"csrfmiddlewaretoken", "verb", "draft", "kind", "notice_version", "told", *AROUND})
ON_PAPER = frozenset({"paper_on", "scan"})


@dataclass(slots=True)
class Counter:
    """One page: the form as it is asked now, for whom and which plan, and what was typed."""

    version: FormVersion
    content: Content
    purpose: PurposeRule
    fields: dict[str, FieldRule]
    draft: UUID
    kind: str
    plan: CollectionPlan | None
    customer: Customer | None
    answers: AnswerForm
    place: PlaceForm
    on_paper: bool
    consent: BoxesForm | None = None  # where the form's purpose rests on consent
    resumed: datetime | None = None
    offered: list[BoxesForm] = field(default_factory=list)  # further purposes, each by itself


def counter(request: StaffRequest, form: UUID, now: datetime) -> Counter:
    """The page as it is asked for: blank, resumed from a draft, or with what was just typed.

    Raises:
        SubmissionProblem: the form cannot be filled now.
        LookupError: the plan or the customer is not this person's to see.
    """
    asked = services.opened(form)
    wanted = uuid_or_none(request.POST.get("draft", "") or request.GET.get("draft", ""))
    found = drafts.opened(actor=request.actor, draft=wanted, now=now) if wanted else None
    row, begun = found or (None, None)
    plan = _plan(request, form, row.plan_id if row else None, now)
    customer = _customer(request, row.customer_id if row else None)
    kinds = (customer.kind,) if customer else asked.content.kinds
    kind = request.POST.get("kind") or request.GET.get("kind") or (begun.kind if begun else "")
    kind = kind if kind in kinds else kinds[0]
    data = request.POST if request.method == "POST" else None
    on_paper = request.GET.get("paper") == "1"
    if on_paper and paper.kind_of(asked.purpose) is None:
        raise SubmissionProblem("paper.not-for-purpose")
    return Counter(
        asked.version,
        asked.content,
        asked.purpose,
        dict(asked.fields),
        wanted or ids.new(),
        kind,
        plan,
        customer,
        AnswerForm(
            data,
            content=asked.content,
            subject=kind,
            fields=asked.fields,
            known=customer is not None,
            initial=dict(begun.values) if begun else None,
        ),
        PlaceForm(
            data,
            request.FILES if data is not None else None,
            actor=request.actor,
            known=customer is not None,
            on_paper=on_paper,
            initial=begun.around if begun and data is None else None,
        ),
        on_paper,
        _consent(asked, customer, data, now),
        row.saved_at if row else None,
        _offered(asked, customer, data, now),
    )


def _offered(
    asked: services.Asked, customer: Customer | None, data: QueryDict | None, now: datetime
) -> list[BoxesForm]:
    found = consenting.offers(
        asked.content.offers, language=language(), customer=customer.id if customer else None, now=now
    )
    return [
        BoxesForm(
            data, page=page, prefix=f"offer-{page.purpose}", closed=_closed(customer, page.purpose, now)
        )
        for page in found
    ]


def _closed(customer: Customer | None, purpose: str, now: datetime) -> Mapping[str, datetime]:
    return closed_boxes(customer.id, purpose, now) if customer else {}


def _consent(
    asked: services.Asked, customer: Customer | None, data: QueryDict | None, now: datetime
) -> BoxesForm | None:
    """The boxes of the purpose, none of them ticked; what was ticked is kept in no draft."""
    if not asked.purpose.consent_based:
        return None
    page = pages.present(purpose=asked.purpose.key, language=language(), now=now)
    closed = dict(_closed(customer, page.purpose, now))
    closed.pop(rules_of_consent.GENERAL, None)  # who said no to the purpose itself is told so once it is sent
    return BoxesForm(data, page=page, prefix="consent", closed=closed)


def _plan(request: StaffRequest, form: UUID, kept: UUID | None, now: datetime) -> CollectionPlan | None:
    wanted = kept or uuid_or_none(request.GET.get("plan", ""))
    if wanted is None:
        return None
    found = queries.approved().filter(id=wanted, forms=form).first()
    if found is None:
        raise LookupError("plan")
    closed = plans.why_closed(found, now)
    # Whoever was filling when it closed is told on their page, with what they typed; nobody begins, nothing is kept.
    if closed and (request.method != "POST" or request.POST.get("verb") == "keep"):
        raise SubmissionProblem(closed)
    return found


def _customer(request: StaffRequest, kept: UUID | None) -> Customer | None:
    wanted = kept or uuid_or_none(request.GET.get("customer", ""))
    if wanted is None:
        return None
    found = registry.find(request.actor, wanted)
    if found is None:
        raise LookupError("customer")
    return found


def filled(request: StaffRequest, page: Counter) -> Filled:
    """What was sent, with whatever the form does not declare named as such; values are not checked yet."""
    sent: QueryDict = request.POST
    own = OWN | ON_PAPER if page.on_paper else OWN
    if page.consent is not None:
        own |= {page.consent.add_prefix(name) for name in page.consent.fields}
    for boxes in page.offered:
        own |= {boxes.add_prefix(name) for name in boxes.fields}
    strays = rules.undeclared([*sent, *request.FILES], page.content.keys, own)
    values = {key: sent.get(key, "") for key in page.content.keys if key in sent}
    row = page.customer
    return Filled(
        id=page.draft,
        form=page.content.form,
        kind=page.kind,
        values=values,
        notice_version=uuid_or_none(sent.get("notice_version", "")),
        department=row.owner_department_id if row else uuid_or_none(sent.get("department", "")),
        plan=page.plan.id if page.plan else None,
        customer=row.id if row else None,
        strays=tuple(strays),
        address=request.META.get("REMOTE_ADDR", ""),
        choice=_choice(page.consent),
        offered=tuple(chosen for boxes in page.offered if (chosen := _choice(boxes))),
    )


def _choice(boxes: BoxesForm | None) -> Choice | None:
    """What was ticked, if its page was shown at all."""
    if boxes is None or not boxes.is_valid():
        return None
    return Choice(boxes.cleaned_data["shown"], boxes.ticked)


def placed(sent: Filled, page: Counter) -> Filled:
    """The same with whose customer it becomes, once that was checked."""
    chosen = page.place.cleaned_data
    if page.on_paper:
        scan, kind = chosen["scan"], paper.kind_of(page.purpose)
        sent = replace(
            sent,
            method=Method.PAPER,
            paper_on=chosen["paper_on"],
            scan=NewFile(kind, scan.name, scan.read()) if kind else None,
        )
    if page.customer is not None:
        return sent
    return replace(
        sent,
        department=UUID(chosen["department"]),
        scope=Scope(chosen["scope"]),
        mine=chosen["mine"],
        province=chosen["province"],
    )


def judged(page: Counter, sent: Filled, now: datetime) -> Judged:
    """What is wrong with the answers themselves, while something around them is wrong too."""
    asked = services.Asked(page.version, page.content, page.purpose, page.fields)
    return services.judge(asked, sent, now)


def keep(request: StaffRequest, page: Counter, sent: Filled, now: datetime) -> None:
    """Keep what was typed so far, sealed; nothing of a purpose that rests on consent before there is one.

    Raises:
        SubmissionProblem: the form has no drafts.
    """
    if page.consent is not None:
        raise SubmissionProblem("consent.no-draft")
    around = {name: request.POST.get(name, "") for name in AROUND if name in request.POST}
    drafts.keep(
        actor=request.actor,
        draft=page.draft,
        form=page.content.form,
        begun=drafts.Begun(page.kind, sent.values, around),
        plan=sent.plan,
        customer=sent.customer,
        now=now,
    )


def context(page: Counter) -> dict[str, Any]:
    """What the template is given."""
    spoken = language()
    return {
        "page_title": page.content.title.in_(spoken),
        "page": page,
        "version": page.version,
        "purpose_name": page.purpose.name.in_(spoken),
        "notice": purposes.notice_version(page.purpose.notice_version_id)
        if page.purpose.notice_version_id
        else None,
        "kinds": () if page.customer or len(page.content.kinds) == 1 else page.content.kinds,
        "kind_name": Kind(page.kind).label,
        "boxes": page.consent.rows() if page.consent else (),
        "offered": [(one, one.rows(), asking.purpose_name(one.page.purpose)) for one in page.offered],
        "paper_possible": paper.kind_of(page.purpose) is not None,
        "left": page.plan.maximum - page.plan.people if page.plan else None,
    }


def say(request: StaffRequest, page: Counter, done: Done) -> None:
    """Tell what became of it: what is 未核验 and why, what stood already and stays, who is outside the group."""
    spoken = language()
    if done.again:
        messages.info(request, _("这份表单已经保存过，没有重复保存。"))
        return
    messages.success(request, _("已保存，新建了客户档案。") if done.created else _("已保存到客户档案。"))
    for remark in done.remarks:
        name = page.fields[remark.field].name.in_(spoken)
        messages.warning(request, f"{name}：{remark.text.in_(spoken)} {_('已按“未核验”保存。')}")
    if done.left:
        names = _("、").join(page.fields[key].name.in_(spoken) for key in done.left)
        messages.info(request, _("档案中已有、没有改动：%(names)s。") % {"names": names})
    if not done.inside:
        messages.warning(request, _("此人不在收集计划的目标人群之内，已标记。"))
