"""Wherever a room keeps something sealed, the vault finds it: when keys change, and when somebody altered it."""

import base64
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from django.apps import apps
from django.conf import LazySettings
from django.db import connection
from django.db.models import BinaryField
from django.test import Client
from pytest_django import DjangoCaptureOnCommitCallbacks

from shouxin.access.clients import services as clients
from shouxin.access.clients.rules import Wanted as WantedClient
from shouxin.access.webhooks import services as webhooks
from shouxin.access.webhooks.models import Endpoint
from shouxin.access.webhooks.rules import CHANGED
from shouxin.access.webhooks.rules import Wanted as WantedEndpoint
from shouxin.core.policy import customer_actor
from shouxin.customers.collection import drafts as form_drafts
from shouxin.customers.collection_forms.tests import cast as form_cast
from shouxin.customers.intake import drafts
from shouxin.customers.intake.models import BatchState, ImportBatch
from shouxin.customers.intake.tests import cast
from shouxin.customers.messages import services as messages
from shouxin.customers.messages import suppressing
from shouxin.customers.messages.models import Message
from shouxin.drafts import services as typed_drafts
from shouxin.drafts.kinds import kinds
from shouxin.journal.models import Entry
from shouxin.kit import clock, ids, sealing
from shouxin.people.connections.models import Connection
from shouxin.people.connections.queries import SECRET
from shouxin.people.lists import secrets as list_secrets
from shouxin.people.lists import services as lists
from shouxin.people.lists.models import ListQuery, SavedFilter
from shouxin.people.notices import secrets as addresses
from shouxin.people.notices.models import Address
from shouxin.people.second_factor import adapter, enrolment
from shouxin.people.views.register import KEY as STAFF
from shouxin.portal.entering import secrets as door
from shouxin.portal.entering import services as entering
from shouxin.portal.entering.models import Challenge
from shouxin.portal.surveys.keeping import given_in
from shouxin.portal.surveys.models import Answer as SurveyAnswer
from shouxin.portal.surveys.models import ApartAnswer
from shouxin.portal.surveys.tests.cast import SAID as ANSWERS
from shouxin.portal.surveys.tests.cast import answered as survey_answered
from shouxin.rights.cases import answering, proving
from shouxin.rights.cases import services as cases
from shouxin.rights.cases.answering import Answer
from shouxin.rights.cases.keeping import answer_of, words_of
from shouxin.rights.cases.models import Case, Check, Kind, Outcome, Proof
from shouxin.rights.cases.tests import cast as rights
from shouxin.rights.feedback import services as feedback
from shouxin.rights.feedback.keeping import Said, said_in
from shouxin.rights.feedback.models import Category, Feedback
from shouxin.rights.packages import services as packages
from shouxin.rights.packages.keeping import key_of, rows_in
from shouxin.rights.packages.models import Package, Piece
from shouxin.rights.satisfaction.keeping import remark_in
from shouxin.rights.satisfaction.models import ContactScore
from shouxin.rights.satisfaction.tests.cast import serve
from shouxin.vault import algorithms, places, root_destruction, root_rotation, services
from shouxin.vault.checking_places import Altered
from shouxin.vault.commands import operator
from shouxin.vault.errors import KeysDamaged, Tampering
from shouxin.vault.keyring import keyring, root_key_path
from shouxin.vault.models import RootKey
from shouxin.vault.queries import key_status, outdated_epochs, outdated_secrets
from shouxin.vault.tests import cast as vault
from tests.register import SALES, Register

pytestmark = pytest.mark.django_db

# Bytes that are not sealed: hashes and keyed digests.
NOT_SEALED = {
    ("access_client_token", "digest"),
    ("access_ledger_token", "digest"),
    ("customers_dial", "digest"),
    ("customers_mail_code", "digest"),
    ("customers_message_recipient", "address"),
    ("customers_selection", "token"),
    ("customers_stored_file", "digest"),
    ("customers_suppression", "digest"),
    ("intake_batch", "fingerprint"),
    ("intake_remembered_mapping", "heading"),
    ("kit_bot_count", "source"),
    ("kit_bot_spent", "nonce"),
    ("people_connection", "token_digest"),
    ("people_list_query", "token"),
    ("people_notice_address", "code_digest"),
    ("people_setuplink", "token_hash"),
    ("portal_challenge", "code_digest"),
    ("portal_challenge", "token_digest"),
    ("portal_change_notice", "address"),
    ("portal_change_notice", "token_digest"),
    ("portal_invitation", "code_digest"),
    ("portal_session", "token_digest"),
    ("portal_survey_invite", "token_digest"),
    ("rights_case", "code_digest"),
    ("rights_case", "recogniser"),
    ("rights_feedback", "code_digest"),
    ("vault_business_key", "token"),
}
FILE = cast.table(
    ("客户编号", "姓名", "手机号码"),
    ("K-1", "欧阳春", "13811239876"),
    ("K-1", "诸葛秋", "13811239876"),  # the same number, another name: refused
)
OFFER = b"%PDF of an offer"
MAILBOX = "wang.fang@staff.example"
TYPED = typed_drafts.Typed([("name_zh", "为张伟送样的说明")])
PASSWORD = b"a password of the directory"
HELD = {
    "people.connection": 1,
    "people.connection.draft": 1,
    "people.lists.queries": 1,
    "people.lists.saved": 1,
    "people.notices": 1,
    "people.second_factor": 2,
    "people.second_factor.waiting": 1,
    "access.webhook": 1,
    "customers.intake": 2,
    "customers.collection": 1,
    "customers.message.proof": 1,
    "customers.suppression": 1,
    "drafts": 1,
    "portal.entering": 1,
    "portal.survey_answer": 1,
    "portal.survey_apart": 1,
    "rights.case": 3,
    "rights.contact_score": 1,
    "rights.feedback": 1,
    "rights.package": 1,
    "rights.proof": 1,
}


@pytest.fixture
def folder(
    register: Register, tmp_path: Path, settings: LazySettings, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Path]:
    """A data folder of this test's own with the register's keys, which are asked for on every use."""
    shutil.copytree(Path(settings.DATA) / "keys", tmp_path / "keys")
    settings.DATA = tmp_path
    monkeypatch.setattr(keyring, "_interval", 0.0)
    keyring.drop()
    yield tmp_path
    keyring.drop()


@dataclass(slots=True)
class Filled:
    """An installation that keeps something at every place, and how to read it all again."""

    register: Register
    connection: UUID
    endpoint: UUID
    secret: str
    batch: UUID
    waiting: UUID
    begun: UUID
    typed: UUID
    suppressed: bytes
    client: Client

    def read(self) -> None:
        """Everything, as its owners read it."""
        row = Connection.objects.get(id=self.connection)
        for sealed in (row.secret, row.draft_secret):
            assert sealing.unseal(SECRET, row.id, bytes(sealed or b"")) == PASSWORD
        assert addresses.unseal(Address.objects.get()) == MAILBOX
        for model in (SavedFilter, ListQuery):
            assert list_secrets.whole(model.objects.get()) == {"words": "诸葛秋", "state": "active"}
        endpoint = Endpoint.objects.get(id=self.endpoint)
        opened = webhooks.key_of(endpoint).open("secret", bytes(endpoint.secret or b""))
        assert base64.b64decode(self.secret.removeprefix("whsec_")) == opened
        assert webhooks.key_of(endpoint).open("earlier", bytes(endpoint.earlier_secret or b""))
        assert [row.cells[1] for row in drafts.refused_rows(ImportBatch.objects.get(id=self.batch))] == [
            "诸葛秋"
        ]
        draft = drafts.opened(ImportBatch.objects.get(id=self.waiting))
        with drafts.upload_of(draft) as upload:
            assert upload.read() == FILE
        found = form_drafts.opened(
            actor=self.register.world.actor("clerk"), draft=self.begun, now=clock.now()
        )
        assert found is not None
        assert found[1].values == {"person_name": "欧阳春"}
        head = self.register.world.actor("sales_head")
        assert door.unseal(Challenge.objects.get()) == "somebody@example.com"
        kept = typed_drafts.opened(actor=head, kind="purpose", draft=self.typed, now=clock.now())
        assert kept is not None
        assert kept[1] == TYPED
        asked = Case.objects.get(kind=Kind.COMPLAINT)
        assert (words_of(asked).text, answer_of(asked)) == (rights.SAID, rights.SAID)
        clerk = self.register.world.actor("clerk")
        assert proving.opened(actor=clerk, proof=Proof.objects.get()) == rights.PNG
        for given in (SurveyAnswer.objects.get(), ApartAnswer.objects.get()):
            assert tuple(given_in(given)) == ANSWERS
        assert remark_in(ContactScore.objects.get()) == rights.SAID
        assert said_in(Feedback.objects.get()).text == rights.SAID
        package = Package.objects.get()
        assert list(rows_in(key_of(package), package, packages.VALUES))
        assert messages.proof_of(Message.objects.get()) == OFFER
        assert suppressing.digests("EMAIL", [MAILBOX]) == [self.suppressed]
        officer = self.register.world.people["officer"]
        with adapter.of(officer.id):
            assert len(RecoveryCodes.activate(officer).generate_codes()) > 0
        sealed = base64.b64decode(self.client.session[enrolment.WAITING])
        agent = self.register.world.people["agent"]
        assert sealing.unseal(enrolment.USE, agent.id, sealed) == b"JBSWY3DP"


@pytest.fixture
def filled(register: Register, folder: Path, client: Client) -> Filled:
    assert folder.exists()
    world, now = register.world, clock.now()
    kept = Connection(name="目录", kind="ldap", drafted_by=world.people["system_admin"], drafted_at=now)
    kept.secret = sealing.seal(SECRET, kept.id, PASSWORD)
    kept.draft_secret = sealing.seal(SECRET, kept.id, PASSWORD)
    kept.save()
    mailbox = Address(id=ids.new(), staff=world.people["clerk"], channel="mail", made_at=now)
    mailbox.sealed = addresses.seal(mailbox, MAILBOX)
    mailbox.save(force_insert=True)
    _narrowed(register)
    endpoint, secret = _endpoint(register)
    entering.ask(typed="somebody@example.com", address="192.0.2.1", now=now)
    done, waiting = cast.imported(register, FILE, "a.csv"), cast.upload(register, FILE, "b.csv")
    asked = rights.in_hand(register, Kind.COMPLAINT)
    said = Answer(Outcome.GRANTED, "", rights.SAID)
    answering.propose(actor=world.actor("clerk"), case=asked.id, answer=said, now=now)
    answering.approve(actor=world.actor("officer"), case=asked.id, now=now)
    waits = cases.take(actor=world.actor("clerk"), case=rights.filed(register, Kind.KNOW).case.id, now=now)
    shown = rights.in_hand(register, Kind.ACCESS)
    packages.assemble(actor=world.actor("clerk"), case=shown.id, now=now)
    document = Check.Method.DOCUMENT
    cases.check(actor=world.actor("clerk"), case=waits.id, method=document, proof=rights.PNG, now=now)
    feedback.file(
        actor=customer_actor(register["li"]), category=Category.OTHER, said=Said(rights.SAID), now=now
    )
    serve(register, now)
    for anonymous in (False, True):
        survey_answered(register, register["li"], anonymous=anonymous)
    world.code("officer")
    with adapter.of(world.people["officer"].id):
        RecoveryCodes.activate(world.people["officer"])
    world.signed_in(client, "agent")
    session: Any = client.session
    sealed = sealing.seal(enrolment.USE, world.people["agent"].id, b"JBSWY3DP")
    session[enrolment.WAITING] = base64.b64encode(sealed).decode()
    session.save()
    return Filled(
        *(register, kept.id, endpoint, secret, done.id, waiting.id, _begun(register), _typed(register)),
        *(_offered(register), client),
    )


def _narrowed(register: Register) -> None:
    """A list that somebody narrowed by a name, and keeps so."""
    actor, query = register.world.actor("system_admin"), {"words": "诸葛秋", "state": "active"}
    lists.keep_query(actor=actor, key=STAFF, query=query, now=clock.now())
    lists.save_filter(actor=actor, key=STAFF, name="找人", query=query, opens=False, now=clock.now())


def _offered(register: Register) -> bytes:
    """A message with the proof of its offer; gives the digest of an address on the list of those who left."""
    offer = Message(
        id=ids.new(), staff=register.world.people["clerk"], kind="service", channel="email", total=0
    )
    offer.proof, offer.made_at = sealing.seal(messages.PROOF, offer.id, OFFER), clock.now()
    offer.save(force_insert=True)
    return suppressing.digests("EMAIL", [MAILBOX])[0]


def _begun(register: Register) -> UUID:
    """A form that somebody began to fill."""
    row, draft = form_cast.published(register.world), ids.new()
    form_drafts.keep(
        actor=register.world.actor("clerk"),
        draft=draft,
        form=row.form_id,
        begun=form_drafts.Begun("person", {"person_name": "欧阳春"}),
        plan=None,
        customer=None,
        now=clock.now(),
    )
    return draft


def _typed(register: Register) -> UUID:
    """A purpose that somebody began to describe."""
    draft = ids.new()
    typed_drafts.keep(
        actor=register.world.actor("sales_head"),
        kind=kinds["purpose"],
        draft=draft,
        revision=0,
        path="/rules/purposes/new/",
        typed=TYPED,
        now=clock.now(),
    )
    return draft


def _endpoint(register: Register) -> tuple[UUID, str]:
    world, now = register.world, clock.now()
    wanted = WantedClient(
        name="订单系统",
        purposes=[SALES],
        readable=["person_name"],
        clear=[],
        writable=[],
        addresses=["203.0.113.7"],
        per_minute=60,
        daily_rows=100,
        starts_at=now,
        ends_at=now + timedelta(days=30),
        reason="订单履约",
    )
    proposed = clients.propose(
        actor=world.actor("sales_head"),
        owner=world.people["clerk"].id,
        department=world.departments["sales"].id,
        wanted=wanted,
        now=now,
    )
    clients.approve(actor=world.actor("officer"), client=proposed.id, now=now)
    hook = WantedEndpoint("https://crm.example.cn/hooks", [CHANGED], [], "同步")
    asked = webhooks.propose(actor=world.actor("sales_head"), client=proposed.id, wanted=hook, now=now)
    webhooks.approve(actor=world.actor("officer"), endpoint=asked.id, now=now)
    endpoint, secret = webhooks.rotate_secret(actor=world.actor("sales_head"), endpoint=asked.id, now=now)
    return endpoint.id, secret


def held() -> dict[str, int]:
    """How many keys each place of the rooms holds."""
    return {one.key: one.total for one in places.count() if one.key not in places.OF_VAULT}


def check() -> services.Checked:
    *_, done = services.check(actor=operator())
    return done


def test_every_column_of_bytes_is_on_the_list_or_known_to_hold_nothing_sealed() -> None:
    binary = {
        (model._meta.db_table, field.column)
        for model in apps.get_models()
        for field in model._meta.get_fields()
        if isinstance(field, BinaryField) and not model._meta.db_table.startswith("journal_")
    }
    listed = {*places.UNDER_EPOCH, *(column for place in places.under_root() for column in place.columns)}
    assert binary - listed == NOT_SEALED
    assert not listed & NOT_SEALED


def test_nothing_sealed_stands_in_a_column_of_text_that_is_not_on_the_list(
    filled: Filled,
) -> None:
    """A small secret in base64 begins with its version, suite and length: AQEA or AQIA, and goes on for long."""
    listed = {column for place in places.under_root() for column in place.columns}
    found = set()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = 'public'"
            " AND data_type IN ('text', 'character varying', 'json', 'jsonb', 'ARRAY')"
        )
        for table, column in cursor.fetchall():
            cursor.execute(
                f"""SELECT EXISTS (SELECT 1 FROM "{table}" WHERE "{column}"::text ~ 'AQ[EI]A[A-Za-z0-9+/]{{80}}')"""
            )
            if cursor.fetchone()[0]:
                found.add((table, column))
    assert ("mfa_authenticator", "data") in found
    assert found - listed == set()


@pytest.mark.clause("A7.2")
def test_a_new_root_key_reaches_every_place(filled: Filled) -> None:
    assert held() == HELD
    done = list(root_rotation.rotate(actor=operator()))[-1]
    assert (done.remaining, done.opened) == (0, sum(HELD.values()) + 2)
    old = RootKey.objects.get(number=0).fingerprint
    root_destruction.destroy(actor=operator(), fingerprint=old)
    assert not root_key_path(0).exists()
    filled.read()
    moved = Entry.objects.filter(event="root_key.rotation_continued")
    told = b"".join(bytes(entry.body) for entry in moved)
    assert [key for key in HELD if key.encode() not in told] == []


@pytest.mark.clause("D10.2")
def test_an_outdated_suite_is_sealed_away_at_every_place(
    filled: Filled, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    former = cast.file_of(ImportBatch.objects.get(id=filled.waiting))
    services.give_own_key(actor=vault.OPERATOR, customer_id=filled.register["li"])
    waiting = algorithms.mark_outdated(actor=operator(), suite=1, successor=2)
    of_groups = key_status(actor=operator()).groups["collected"]
    assert waiting == of_groups + sum(HELD.values())
    with django_capture_on_commit_callbacks(execute=True):
        steps = list(algorithms.reencrypt(actor=operator()))
    assert steps[-1].remaining == 0
    assert sum(step.secrets for step in steps) == sum(HELD.values())
    assert (outdated_secrets(), outdated_epochs()) == (0, 0)
    suites = {one.key: one.suites for one in places.count() if one.key != places.INDEXES}
    assert {suite for found in suites.values() for suite in found} == {2}
    filled.read()
    assert not former.exists()
    assert not check().altered


def test_a_batch_that_a_job_works_on_waits_and_is_counted(filled: Filled) -> None:
    ImportBatch.objects.filter(id=filled.waiting).update(state=BatchState.CHECKING)
    algorithms.mark_outdated(actor=operator(), suite=1, successor=2)
    assert list(algorithms.reencrypt(actor=operator()))[-1].remaining == 1
    assert not Entry.objects.filter(event="reencryption.finished").exists()
    ImportBatch.objects.filter(id=filled.waiting).update(state=BatchState.DRAFT)
    assert list(algorithms.reencrypt(actor=operator()))[-1].remaining == 0
    filled.read()


def test_a_resealing_that_is_cut_off_leaves_everything_readable(
    filled: Filled, monkeypatch: pytest.MonkeyPatch
) -> None:
    def cut_off(*_: Any, **__: Any) -> None:
        raise OSError("no space left on the disk")

    algorithms.mark_outdated(actor=operator(), suite=1, successor=2)
    with monkeypatch.context() as patch:
        patch.setattr(ImportBatch, "save", cut_off)
        with pytest.raises(OSError, match="no space"):
            list(algorithms.reencrypt(actor=operator()))
    filled.read()
    assert list(algorithms.reencrypt(actor=operator()))[-1].remaining == 0
    filled.read()


def test_what_nobody_altered_is_found_sound(filled: Filled) -> None:
    done = check()
    assert (done.found, done.altered) == ([], [])
    assert (done.keys, done.parcels) == (sum(HELD.values()) + 2, 27 + Piece.objects.count())


def spoil(table: str, column: str, where: str) -> None:
    """Change the last bit of what stands there."""
    last = f"octet_length({column}) - 1"
    changed = f"set_byte({column}, {last}, get_byte({column}, {last}) # 1)"
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE {table} SET {column} = {changed} WHERE {where}")
        assert cursor.rowcount == 1


def swapped_factor(filled: Filled) -> int:
    """Put the officer's secret into the row of somebody who would like to have it."""
    world = filled.register.world
    world.code("security_admin")
    officer, other = (
        Authenticator.objects.get(user=world.people[who], type=Authenticator.Type.TOTP)
        for who in ("officer", "security_admin")
    )
    Authenticator.objects.filter(pk=other.pk).update(data=officer.data)
    return int(other.pk)


@pytest.mark.clause("C2.0")
def test_every_planted_alteration_of_secrets_and_parcels_is_named(filled: Filled) -> None:
    spoil("people_connection", "draft_secret", "true")
    spoil("access_webhook_endpoint", "earlier_secret", "true")
    spoil("intake_batch", "wrapped_key", f"id = '{filled.batch}'")
    path = cast.file_of(ImportBatch.objects.get(id=filled.waiting))
    path.write_bytes(path.read_bytes()[:-1])
    totp = swapped_factor(filled)
    found = check().altered
    assert set(found) == {
        Altered("people.connection.draft", str(filled.connection), SECRET, Tampering.BLOB_ALTERED),
        Altered("access.webhook", str(filled.endpoint), "earlier", Tampering.BLOB_ALTERED),
        Altered("customers.intake", str(filled.batch), "", Tampering.KEY_ALTERED),
        Altered("customers.intake", str(filled.waiting), "file", Tampering.BLOB_ALTERED),
        Altered("people.second_factor", str(totp), "", Tampering.KEY_ALTERED),
    }
    assert Entry.objects.filter(event="secret.altered").count() == len(found)
    algorithms.mark_outdated(actor=operator(), suite=1, successor=2)
    with pytest.raises(KeysDamaged) as caught:
        list(algorithms.reencrypt(actor=operator()))
    assert {one[:2] for one in caught.value.found} == {(one.place, one.told) for one in found}
    assert outdated_secrets() == len(found)  # all others were done
