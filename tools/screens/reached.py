"""Whether every screen was seen: the addresses of the table of permissions against those that were reached."""

from collections.abc import Iterable, Iterator

from django.urls import reverse

# Never a picture of its own, with the reason.
EXCEPTED = {
    "access:duties_csv": "a file",
    "access:review_csv": "a file",
    "api:nowhere": "an answer for programs",
    "api:openapi": "an answer for programs",
    "api:describe": "an answer for programs",
    "api:docs": "drawn by the interface's own describer",
    "customers:dial": "a code that is good for one minute; tests/journeys shows it",
    "console:help_picture": "a picture",
    "customers:bulk_failures": "a file",
    "customers:bulk_new": "there only while customers are chosen; tests of the list show it",
    "customers:import_progress": "there only while a check runs",
    "customers:import_repeated": "there only when the same file comes again",
    "customers:read_code": "there only while a code is out",
    "customers:unpersonal": "behind a link in a message; tests show it",
    "customers:promise_make": "sent from a customer's page; alone it is shown after a mistake",
    "healthz": "an answer for programs",
    "journal:key": "a file",
    "operations:job": "there only while a job waits or has failed; tests show it",
    "my:clear": "after a code by mail; tests/journeys shows it",
    "my:code": "after a code by mail; tests/journeys shows it",
    "my:detail": "after a code by mail; tests/journeys shows it",
    "my:key": "a file",
    "my:news": "there only when a notice changed a purpose; tests show it",
    "my:notice": "behind a link in a message; tests show it",
    "my:handed": "an address that is handed out, signed; the same page as my:receipt",
    "my:handed_proof": "a file",
    "my:proof": "a file",
    "my:published": "a file",
    "my:receipt_record": "a file",
    "my:records": "a file",
    "my:ward": "there only for a guardian; tests/journeys shows it",
    "my:ward_purpose": "there only for a guardian; tests/journeys shows it",
    "my:followed": "after number and code; tests/journeys shows it",
    "my:followed_feedback": "after number and code; tests show it",
    "my:session": "an answer for the page's script",
    "my:survey": "behind a link in a message; tests show it",
    "my:verifier": "a file",
    "people:back": "closes itself after signing in again",
    "people:factor_remove": "asks for a password sent with it",
    "people:federation_back": "whoever comes back from another house's sign-in",
    "people:guard_paused": "leads on",
    "people:join_template": "a file",
    "people:second_step": "the second page of signing in; tests/journeys shows it",
    "people:session": "an answer for the page's script",
    "people:set_up": "works once, before there is anybody",
    "readyz": "an answer for programs",
    "rulebook:policy_read": "leads on to the version in force",
}
NO_CONSOLE = ("admin:", "scim:", "api:")


def missing(names: Iterable[str]) -> list[str]:
    """A line for every screen that nobody came to, and for every exception that is none any more."""
    from tests.test_permissions_table import ROWS

    seen = set(names)
    wanted = {
        name.partition("#")[0]
        for name, row in ROWS.items()
        if row.method == "GET" and not name.startswith(NO_CONSOLE)
    }
    lines = [f"unseen  {name}" for name in sorted(wanted - seen - set(EXCEPTED))]
    lines += [f"excepted, but seen  {name}" for name in sorted(seen & set(EXCEPTED))]
    return lines + [
        f"excepted, but no address  {name}"
        for name in sorted(set(EXCEPTED) - wanted)
        if not name.startswith(NO_CONSOLE)
    ]


def also(who: str) -> Iterator[str]:
    """Where somebody comes to from a form and not by a link."""
    from shouxin.customers.attachments.models import Attachment
    from shouxin.customers.intake.models import ImportBatch
    from tools.screens import cast

    if who in {"yuanfei", "songtao"}:
        yield from (
            f"/customers/{cast.own('yuanfei', kind, turn=4).id}/" for kind in ("person", "organisation")
        )
        yield from (f"/customers/{cast.own('yuanfei', 'person', turn=turn).id}/" for turn in (0, 1))
    if who == "duanrui":
        yield f"/customers/{cast.own('duanrui').id}/"
    for attachment in Attachment.objects.order_by("id") if who in {"yuanfei", "songtao"} else ():
        for page in ("", "_remove", "_replace", "_destroy"):
            destroying, here = page == "_destroy", attachment.state == "current"
            if who == "songtao" if destroying else here or not page:
                yield reverse(f"customers:attachment{page}", args=[attachment.customer_id, attachment.id])
    if who == "yuanfei":
        yield reverse("drafts:list")
        for batch in ImportBatch.objects.order_by("id"):
            for step in ("sheets", "columns", "declaration", "check", "preview", "run", "result"):
                yield f"/customers/imports/{batch.id}/{step}/"
    if who == "pengyu":
        yield reverse("people:factor_ask_reset", args=[cast.staff("dongxue").id])
        yield reverse("people:staff_rejoin", args=[cast.staff("zhoumo").id])
    if who == "zengqi":
        yield reverse("people:roles_proposed")
