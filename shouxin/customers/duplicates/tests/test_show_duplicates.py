"""The pages of duplicates: a steward looks, chooses, confirms by a typed word, and undoes; all of it masked."""

from uuid import UUID

import pytest
from django.test import Client

from shouxin.customers.duplicates import probable
from shouxin.customers.duplicates.models import Merge, PairState, SuspectedPair
from shouxin.customers.duplicates.tests.test_find_duplicates import run
from shouxin.customers.duplicates.tests.test_merge_customers import TWIN, store
from shouxin.customers.registry.models import Customer
from tests.register import PHONE, SALES, Register

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def pair(register: Register) -> SuspectedPair:
    register.ids["twin"] = store(register, TWIN)
    run(register, thorough=False)
    return SuspectedPair.objects.get()


def sign_in(register: Register, client: Client, who: str = "sales_head") -> Client:
    register.world.signed_in(client, who)
    session = client.session
    session["purpose"] = SALES
    session.save()
    return client


def test_the_list_masks_and_says_why(register: Register, pair: SuspectedPair, client: Client) -> None:
    page = sign_in(register, client).get("/customers/duplicates/").content.decode()
    assert "李**" in page
    assert "电话相同、名称同音" in page
    assert "李小明" not in page
    assert PHONE not in page
    for narrowed, there in (
        ("?least=0.99", False),
        ("?reason=phone:same", True),
        ("?state=different", False),
    ):
        answer = client.get(f"/customers/duplicates/{narrowed}").content.decode()
        assert (str(pair.id) in answer) is there, narrowed


def test_a_missing_extra_is_told_with_the_command(
    register: Register, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(probable, "is_available", lambda: False)
    assert "shouxin[dedupe]" in sign_in(register, client).get("/customers/duplicates/").content.decode()


def test_side_by_side_each_field_says_how_it_agrees(
    register: Register, pair: SuspectedPair, client: Client
) -> None:
    page = sign_in(register, client).get(f"/customers/duplicates/{pair.id}/").content.decode()
    assert all(word in page for word in ("相同", "相近", "仅一方有", "两个编号都保留"))
    assert PHONE not in page
    assert "中关村大街1号院" not in page


def choice(pair: SuspectedPair, keep: UUID, **more: str) -> dict[str, str]:
    rows = dict(
        Customer.objects.filter(id__in=[pair.customer_id, pair.other_id]).values_list("id", "revision")
    )
    return {
        "survivor": "one" if keep == pair.customer_id else "other",
        "revision-one": str(rows[pair.customer_id]),
        "revision-other": str(rows[pair.other_id]),
        **more,
    }


def test_nothing_is_merged_before_the_word_is_typed(
    register: Register, pair: SuspectedPair, client: Client
) -> None:
    sign_in(register, client)
    address = f"/customers/duplicates/{pair.id}/merge/"
    gone = "other" if pair.customer_id == register["li"] else "one"
    sent = choice(pair, register["li"], **{"take-home_address": gone})
    first = client.post(address, sent)
    assert "请输入“合并”以确认" in first.content.decode()
    assert client.post(address, {**sent, "confirmation": "好"}).status_code == 422
    assert not Merge.objects.exists()
    done = client.post(address, {**sent, "confirmation": "合并"}, follow=True)
    assert done.redirect_chain == [(f"/customers/{register['li']}/", 302)]
    assert Merge.objects.get().fields == ["email", "home_address"]
    page = done.content.decode()
    assert "撤销最近一次合并" in page
    client.post(f"/customers/duplicates/merges/{Merge.objects.get().id}/undo/")
    assert Merge.objects.get().undone_by == register.world.people["sales_head"]
    listed = client.get("/customers/duplicates/merges/").content.decode()
    assert "已撤销" in listed
    assert "李**" in listed  # who stands, as in every other list, and no number of a file
    assert f">{register['li']}<" not in listed


def test_what_changed_meanwhile_is_said_and_not_merged(
    register: Register, pair: SuspectedPair, client: Client
) -> None:
    sign_in(register, client)
    sent = choice(pair, register["li"], confirmation="合并")
    Customer.objects.filter(id=register["twin"]).update(revision=9)
    page = client.post(f"/customers/duplicates/{pair.id}/merge/", sent, follow=True).content.decode()
    assert "刚被修改" in page
    assert not Merge.objects.exists()


def test_a_clerk_judges_but_does_not_merge(register: Register, pair: SuspectedPair, client: Client) -> None:
    sign_in(register, client, "clerk")
    assert "合并由部门负责人决定" in client.get(f"/customers/duplicates/{pair.id}/").content.decode()
    sent = choice(pair, register["li"], confirmation="合并")
    assert client.post(f"/customers/duplicates/{pair.id}/merge/", sent).status_code == 403
    client.post(f"/customers/duplicates/{pair.id}/judge/", {"verdict": "handed"})
    pair.refresh_from_db()
    assert pair.state == PairState.HANDED
    sign_in(register, client)
    assert "交我判断的疑似重复" in client.get("/").content.decode()


def test_a_customers_own_page_names_who_may_be_the_same(
    register: Register, pair: SuspectedPair, client: Client
) -> None:
    page = sign_in(register, client).get(f"/customers/{register['li']}/").content.decode()
    assert f"/customers/duplicates/{pair.id}/" in page
