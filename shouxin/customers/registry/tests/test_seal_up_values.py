"""A public field made private: closed at once, sealed in steps, nothing left in clear, nothing lost."""

import pytest
from django.test import Client

from shouxin.core.crypto.indexes import code_of
from shouxin.core.policy import Action, Form, GroupState
from shouxin.customers.registry import queries, sealing_up, services
from shouxin.customers.registry.entries import CustomerEntry
from shouxin.customers.registry.models import ClearVersion, Customer, Kind, Scope
from shouxin.customers.registry.queries import Cell
from shouxin.customers.registry.search import search
from shouxin.gate.facts import rules
from shouxin.gate.services import Refused
from shouxin.journal.models import Entry
from shouxin.journal.queries import of_events, timeline
from shouxin.kit import clock
from shouxin.kit.statements import execute
from shouxin.rulebook.catalogue import grading
from shouxin.rulebook.catalogue.errors import Refused as NotGraded
from shouxin.rulebook.catalogue.models import FieldSealing
from shouxin.vault import services as vault
from tests.register import FOOTING, SALES, Register, kept

KEY, NAME, EARLIER = "company_name", "华信家具股份有限公司", "华信家具有限公司"


def raised(register: Register, exposure: str = "private") -> None:
    grading.raise_grade(
        register.world.actor("officer"),
        key=KEY,
        level=3,
        exposure=exposure,
        masking_rule="M-NAME",
        reason="客户要求保密",
    )


@pytest.fixture
def renamed(register: Register) -> Register:
    """The organisation under its second name, so that there is a present and a past value."""
    services.edit(
        actor=register.world.actor("clerk"),
        footing=FOOTING,
        customer=register["huaxin"],
        revision=1,
        values=kept({KEY: NAME}),
        now=clock.now(),
    )
    return register


def seen(register: Register, action: Action = Action.VIEW) -> Cell | None:
    view = queries.profile(
        actor=register.world.actor("clerk"),
        purpose=SALES,
        row=Customer.objects.get(id=register["huaxin"]),
        fields=[KEY],
        action=action,
        reason="核对",
        now=clock.now(),
    )
    return view.cells.get(KEY)


def everything_in_clear() -> str:
    """Every clear column of the register that could hold it, as one text."""
    rows = execute("SELECT public_values::text || array_to_string(search_parts, ' ') FROM customers_customer")
    rows += execute('SELECT "values"::text FROM customers_clear_version')
    return "".join(text for (text,) in rows)


@pytest.mark.clause("C4.0")
def test_it_is_closed_at_once_and_sealed_with_its_history(renamed: Register) -> None:
    before = seen(renamed)
    assert before is not None
    assert (before.form, before.text) == (Form.CLEAR, NAME)
    was = {version.at for version in ClearVersion.objects.all() if KEY in version.values}
    raised(renamed)
    assert seen(renamed) is None  # still in clear underneath, and shown to nobody
    assert NAME in everything_in_clear()
    assert sealing_up.seal_up(stop=lambda: False)
    after = seen(renamed)
    assert after is not None
    assert after.form is Form.MASKED
    assert NAME not in str(after.text)
    assert after.provenance == before.provenance
    assert NAME not in everything_in_clear()
    assert EARLIER not in everything_in_clear()
    done = FieldSealing.objects.get()
    assert (done.customers, done.sealed, done.left) == (1, 1, 0)
    assert done.ended_at is not None
    purpose = rules["rulebook"].purpose(SALES)
    assert purpose is not None
    row = Customer.objects.get(id=renamed["huaxin"])
    past = queries.history(actor=renamed.world.actor("clerk"), purpose=purpose, row=row, now=clock.now())
    told = [one for one in past if KEY in one.values]
    assert was < {one.at for one in told}  # each at its own time, and the sealing itself
    assert NAME not in str(told)


def test_each_customer_and_the_end_stand_in_the_journal(renamed: Register) -> None:
    raised(renamed)
    sealing_up.seal_up(stop=lambda: False)
    line = of_events(["customer.sealed_up"])[0]
    assert line.data["versions"] == 2
    assert line.sentence("zh-hans") == "字段 单位名称 的公开程度提高：明文值及其 2 个版本已加密"
    assert timeline(renamed["huaxin"], limit=1)[0].event == "customer.sealed_up"
    assert Entry.objects.filter(event="field.sealed").count() == 1
    assert Entry.objects.filter(event="field.class_raised").count() == 1


def test_what_is_sealed_is_whole(renamed: Register) -> None:
    raised(renamed)
    sealing_up.seal_up(stop=lambda: False)
    *_, last = vault.check(actor=renamed.world.actor("security_admin"))
    assert last.found == []


def test_it_is_found_by_its_index_afterwards_and_by_nobody_meanwhile(renamed: Register) -> None:
    clerk = renamed.world.actor("clerk")

    def hits() -> list[object]:
        found = search(actor=clerk, purpose=SALES, term=NAME, now=clock.now())
        return [view.row.id for view in found.customers]

    assert hits() == [renamed["huaxin"]]
    raised(renamed)
    assert hits() == []
    sealing_up.seal_up(stop=lambda: False)
    assert hits() == [renamed["huaxin"]]


def test_a_step_cut_off_is_taken_up_again(renamed: Register) -> None:
    add_companies(renamed, 3)
    raised(renamed)
    steps = iter([False, False, True])
    assert not sealing_up.seal_up(stop=lambda: next(steps), batch=1)
    assert sealing_up.in_clear(KEY) == 2
    assert FieldSealing.objects.get().sealed == 2
    assert sealing_up.seal_up(stop=lambda: False, batch=1)
    assert sealing_up.in_clear(KEY) == 0
    assert FieldSealing.objects.get().sealed == 4


def test_a_step_that_fails_leaves_its_values_where_they_were(
    renamed: Register, monkeypatch: pytest.MonkeyPatch
) -> None:
    raised(renamed)
    monkeypatch.setattr(
        sealing_up, "_FORGET", "SELECT 1/0 FROM customers_customer WHERE id = ANY(%b::uuid[])"
    )
    with pytest.raises(Exception, match="division by zero"):
        sealing_up.seal_up(stop=lambda: False)
    assert NAME in everything_in_clear()
    assert execute("SELECT count(*) FROM vault_search_token WHERE field = %b::int4", [code_of(KEY)]) == [(0,)]
    assert FieldSealing.objects.get().sealed == 0


def test_a_value_written_meanwhile_is_not_overwritten(renamed: Register) -> None:
    raised(renamed)
    newer = "华信家居集团有限公司"
    services.edit(
        actor=renamed.world.actor("clerk"),
        footing=FOOTING,
        customer=renamed["huaxin"],
        revision=2,
        values=kept({KEY: newer}),
        now=clock.now(),
    )
    assert newer not in everything_in_clear()
    sealing_up.seal_up(stop=lambda: False)
    clerk = renamed.world.actor("clerk")
    found = search(actor=clerk, purpose=SALES, term=newer, now=clock.now())
    assert [view.row.id for view in found.customers] == [renamed["huaxin"]]
    assert not search(actor=clerk, purpose=SALES, term=NAME, now=clock.now()).customers
    assert NAME not in everything_in_clear()


def test_what_was_allowed_under_the_old_rule_is_not_stored_in_clear(
    renamed: Register, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The field is raised between somebody's leave to write and their write."""
    hold = services.hold

    def meanwhile(*args: object, **kwargs: object) -> Customer:
        raised(renamed)
        return hold(*args, **kwargs)  # type: ignore[arg-type] # as it is called

    monkeypatch.setattr(services, "hold", meanwhile)
    with pytest.raises(Refused, match=r"rules\.changed"):
        services.edit(
            actor=renamed.world.actor("clerk"),
            footing=FOOTING,
            customer=renamed["huaxin"],
            revision=2,
            values=kept({KEY: "新名"}),
            now=clock.now(),
        )
    assert "新名" not in everything_in_clear()


def test_values_of_a_destroyed_group_are_removed_and_those_of_a_locked_one_sealed(renamed: Register) -> None:
    add_companies(renamed, 2)
    group = rules["rulebook"].fields()[KEY].storage_group
    officer = renamed.world.actor("officer")
    grading.raise_grade(officer, key="business_scope", level=3, exposure="private", reason="从严")
    sealing_up.seal_up(stop=lambda: False)  # it lies in the same group, which so begins
    assert rules["rulebook"].fields()["business_scope"].storage_group == group
    others = Customer.objects.filter(kind="organisation").exclude(id=renamed["huaxin"])
    locked, destroyed = others.order_by("id").values_list("id", flat=True)
    vault.move_state(actor=officer, groups=[(locked, group)], state=GroupState.LOCKED)
    vault.destroy_groups(actor=officer, groups=[(destroyed, group)], reason="batch_rejected")
    raised(renamed)
    sealing_up.seal_up(stop=lambda: False)
    done = FieldSealing.objects.get(field=KEY)
    assert (done.sealed, done.removed, done.left) == (3, 1, 0)
    held = "SELECT count(*) FROM vault_search_token WHERE field = %b::int4 AND customer_id = %b"
    assert execute(held, [code_of(KEY), destroyed]) == [(0,)]
    assert execute(held, [code_of(KEY), locked]) != [(0,)]


def test_the_page_says_what_it_will_do_before_it_does(renamed: Register, client: Client) -> None:
    renamed.world.signed_in(client, "officer")
    said = {"level": 3, "exposure": "private", "masking_rule": "M-NAME", "reason": "客户要求保密"}
    page = client.post(f"/rules/fields/{KEY}/raise/", said).content.decode()
    assert "1 名客户有此字段的值" in page
    assert "立即停止显示，并在后台加密" in page
    assert "脱敏显示" in page
    assert not FieldSealing.objects.exists()
    assert client.post(f"/rules/fields/{KEY}/raise/", {**said, "confirmed": "yes"}).status_code == 302
    assert "明文值正在加密" in client.get(f"/rules/fields/{KEY}/").content.decode()
    sealing_up.seal_up(stop=lambda: False)
    assert "明文剩余 0 个" in client.get(f"/rules/fields/{KEY}/").content.decode()


def test_a_class_that_would_still_show_all_is_refused(register: Register) -> None:
    officer = register.world.actor("officer")
    with pytest.raises(NotGraded, match="still_clear"):
        grading.raise_grade(officer, key=KEY, level=1, exposure="semi_public", reason="从严")
    with pytest.raises(NotGraded, match="filter_column"):
        grading.raise_grade(officer, key="segment", level=3, exposure="private", reason="从严")


def add_companies(register: Register, count: int) -> None:
    clerk, sales = register.world.actor("clerk"), register.world.departments["sales"].id
    entries = [
        CustomerEntry(
            Kind.ORGANISATION,
            kept({KEY: f"第{n}家有限公司", "business_scope": "家具"}),
            sales,
            Scope.DEPARTMENT,
            clerk.id,
        )
        for n in range(count)
    ]
    services.store(actor=clerk, footing=FOOTING, entries=entries, now=clock.now())
