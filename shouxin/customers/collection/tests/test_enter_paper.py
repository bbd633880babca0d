"""A paper form entered later needs the date on the paper and its scan; both stay with what was collected."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.test import Client

from shouxin.customers.attachments import scanning
from shouxin.customers.attachments.models import Attachment, Kind
from shouxin.customers.attachments.services import NewFile
from shouxin.customers.attachments.tests.cast import pdf
from shouxin.customers.collection.models import Submission
from shouxin.customers.collection.problems import SubmissionProblem
from shouxin.customers.collection.tests.cast import notice_of, send, today
from shouxin.customers.collection_forms.tests.cast import published
from shouxin.customers.registry.models import Customer, Method, Provenance
from shouxin.journal.queries import of_events
from shouxin.kit import ids
from tests.world import World

pytestmark = pytest.mark.usefixtures("ruled")
SCAN = NewFile(Kind.OTHER, "林黛玉.pdf", pdf())


@pytest.fixture(autouse=True)
def folder(settings: LazySettings, tmp_path: Path) -> Path:
    """Scans of a test lie in a folder of its own; the keys stay where they are."""
    keys = Path(settings.DATA) / "keys"
    (tmp_path / "keys").symlink_to(keys)
    settings.DATA = tmp_path
    return tmp_path


@pytest.mark.clause("B6.1.3")
def test_date_and_scan_stay_with_what_was_collected(world: World) -> None:
    row = published(world)
    done = send(world, row, {"person_name": "林黛玉"}, method=Method.PAPER, paper_on=today(), scan=SCAN)
    kept = Submission.objects.get()
    assert (kept.method, kept.paper_on) == (Method.PAPER, today())
    assert [(one.id, one.customer_id) for one in Attachment.objects.all()] == [(kept.scan, done.customer)]
    assert {(one.method, one.paper_on) for one in Provenance.objects.all()} == {(Method.PAPER, today())}


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ({"scan": SCAN}, "paper.no-date"),
        ({"paper_on": 0}, "paper.no-scan"),
        ({"paper_on": 1, "scan": SCAN}, "paper.future"),
        ({"paper_on": -1, "scan": SCAN}, "paper.before-form"),
        ({"paper_on": 0, "scan": NewFile(Kind.OTHER, "x.pdf", b"no pdf")}, "scan.refused"),
    ],
)
def test_without_date_or_scan_nothing_is_stored(world: World, said: dict[str, Any], code: str) -> None:
    row = published(world)
    if "paper_on" in said:
        said = {**said, "paper_on": today() + timedelta(days=said["paper_on"])}
    with pytest.raises(SubmissionProblem) as caught:
        send(world, row, {"person_name": "林黛玉"}, method=Method.PAPER, **said)
    assert caught.value.code == code
    assert Customer.objects.count() == Submission.objects.count() == Attachment.objects.count() == 0


@pytest.mark.clause("B6.1.3")
def test_the_database_keeps_no_paper_without_date_and_scan(world: World) -> None:
    row = published(world)
    send(world, row, {"person_name": "林黛玉"})
    with pytest.raises(IntegrityError, match="submission_paper_has_date_and_scan"), transaction.atomic():
        Submission.objects.update(method="paper", paper_on=today())
    found = Provenance.objects.get()
    found.id, found.method = ids.new(), "paper"
    with pytest.raises(IntegrityError, match="provenance_paper_has_its_date"), transaction.atomic():
        found.save(force_insert=True)


def test_a_scan_with_a_virus_is_told_and_nothing_stored(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scanning, "scan", lambda _content: scanning.Verdict.FOUND)
    row = published(world)
    with pytest.raises(SubmissionProblem, match=r"virus\.found"):
        send(world, row, {"person_name": "林黛玉"}, method=Method.PAPER, paper_on=today(), scan=SCAN)
    assert Customer.objects.count() == 0
    assert len(of_events(["attachment.virus_found"])) == 1


def test_the_counter_enters_a_paper_form(world: World, client: Client) -> None:
    row = published(world)
    world.signed_in(client, "clerk")
    path = f"/customers/collect/{row.form_id}/?paper=1"
    assert "multipart/form-data" in client.get(path).content.decode()
    values = {
        "draft": str(ids.new()),
        "kind": "person",
        "notice_version": str(notice_of(row)),
        "told": "on",
        "department": str(world.departments["sales"].id),
        "scope": "department",
        "person_name": "林黛玉",
        "paper_on": str(today()),
        "verb": "send",
    }
    refused = client.post(path, values)
    assert refused.status_code == 422
    assert 'id="id_scan_error"' in refused.content.decode()
    scan = SimpleUploadedFile("scan.pdf", pdf(), content_type="application/pdf")
    assert client.post(path, {**values, "scan": scan}).status_code == 302
    assert Submission.objects.get().paper_on == today()
    plain = path.partition("?")[0]
    scan = SimpleUploadedFile("scan.pdf", pdf(), content_type="application/pdf")
    assert client.post(plain, {**values, "draft": str(ids.new()), "scan": scan}).status_code == 422
