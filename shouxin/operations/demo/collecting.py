"""What is being collected: a survey with its plan under way, and a registration form that waits for the officer."""

from datetime import timedelta

from django.db import transaction

from shouxin.customers.collection import plans
from shouxin.customers.collection.rules import day_of
from shouxin.customers.collection_forms import queries, services
from shouxin.customers.collection_forms.models import CollectionForm, FormKind, FormVersion
from shouxin.customers.collection_forms.services import Words
from shouxin.kit import clock
from shouxin.operations.demo.founding import OFFICER, Organisation

HEAD, PURPOSE = "songtao", "sales_contract"
SURVEY = (
    ("person_name", True, "称呼受访客户，并与其档案对应"),
    ("customer_no", False, "认出已有的客户，避免重复建档"),
    ("mobile", False, "客户愿意时回访一次"),
    ("customer_needs", False, "了解送装服务哪里要改进"),
)
REGISTRATION = (
    ("person_name", True, "登记须知道相对人"),
    ("mobile", False, "确认到货和送装时间"),
    ("home_address", False, "需要送货上门时才填"),
)


@transaction.atomic
def collect(organisation: Organisation) -> None:
    """Both forms and the plan, once."""
    if CollectionForm.objects.exists():
        return
    head, officer, now = organisation.actor(HEAD), organisation.actor(OFFICER), clock.now()
    survey = drafted(organisation, FormKind.SURVEY, "送装服务回访", "Survey after delivery", SURVEY)
    services.publish(actor=officer, version=survey.id, seen=queries.digest_of(survey), now=now)
    drafted(organisation, FormKind.REGISTRATION, "展厅到访登记", "Registration in the showroom", REGISTRATION)
    today = day_of(now)
    plan = plans.draft(
        actor=head,
        words=plans.Words(
            title="四季度送装回访",
            goal="了解四季度送装服务的满意程度，够 200 位即止",
            group_text="四季度收过货的个人客户",
            forms=(survey.form_id,),
            starts_on=today,
            ends_on=today + timedelta(days=30),
            maximum=200,
            group_kinds=("person",),
        ),
        now=now,
    )
    plans.submit(actor=head, plan=plan.id, now=now)
    plans.approve(actor=officer, plan=plan.id, seen=plans.digest_of(plan), now=now)


def drafted(
    organisation: Organisation, kind: FormKind, zh: str, en: str, fields: tuple[tuple[str, bool, str], ...]
) -> FormVersion:
    """A form drafted and submitted by the head of sales."""
    head, now = organisation.actor(HEAD), clock.now()
    words = Words(title_zh=zh, title_en=en, purpose=PURPOSE)
    version = services.draft(actor=head, kind=kind, words=words, now=now)
    for key, necessary, reason in fields:
        services.ask(
            actor=head,
            version=version.id,
            field=key,
            necessity="required" if necessary else "optional",
            reason_zh=reason,
            mandatory=necessary,
            now=now,
        )
    services.submit(actor=head, version=version.id, now=now)
    return version
