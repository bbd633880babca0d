"""At their own door people decide about every company by itself, keep a receipt that names it, and take it back."""

from typing import Any

import pytest

from shouxin.customers.consents import leaving, pages
from shouxin.customers.consents.models import Consent, Decision
from shouxin.kit import clock
from shouxin.portal.choosing.tests.test_choose_purposes import MARKETING, browser
from shouxin.rulebook.purposes.models import NoticeVersion
from tests.companies import MALL, PARTNER, entered, revised
from tests.register import Register


def receives(register: Register, company: Any) -> bool:
    li = register["li"]
    found = leaving.to_company(purpose=MARKETING, recipient=company.id, customers=[li], now=clock.now())
    return li in found.fields


@pytest.mark.django_db(transaction=True)
def test_a_company_is_ticked_kept_in_the_receipt_and_taken_back_alone(register: Register) -> None:
    partner, mall = entered(register.world, PARTNER, MALL)
    revised(register.world, MARKETING, named=[partner, mall])
    client = browser(register)
    form = client.get(f"/my/choices/{MARKETING}/").content.decode()
    assert "把我的信息提供给佳居家装有限公司" in form
    assert "checked" not in form
    yes = f"provision:{partner.id}"
    page = pages.present(purpose=MARKETING, language="zh-hans", now=clock.now())
    done: Any = client.post(f"/my/choices/{MARKETING}/", {"shown": page.sha256, "box": ["general", yes]})
    assert receives(register, partner)
    assert not receives(register, mall)  # left empty: a no to it, and to nothing else
    receipt = client.get(done.url).content.decode()
    assert receipt.index("已同意") < receipt.index("佳居家装有限公司") < receipt.index("万家商场有限公司")
    entry = Decision.objects.get(item=str(partner.id)).entry
    record = client.get(f"/my/receipts/{entry}/receipt.jsonld").json()
    of_partner = next(
        one
        for one in record["@graph"]
        if "dpv:hasRecipient" in one["dpv:hasProcess"]
        and one["dpv:hasProcess"]["dpv:hasRecipient"]["dpv:hasName"] == "佳居家装有限公司"
    )
    assert of_partner["dpv:hasConsentStatus"] == "dpv:ConsentGiven"
    assert of_partner["dpv:hasProcess"]["dpv:hasProcessing"] == "dpv:Share"
    seen = client.get(f"/my/seen/{entry}/").content.decode()
    assert "万家商场有限公司" in seen
    told = NoticeVersion.objects.filter(notice="customers", language="zh-Hans").latest("number")
    client.post("/my/news/", {"told": told.sha256})  # who may receive something is news of the notice
    home = client.get("/my/").content.decode()
    assert "您单独同意过提供给" in home
    assert "佳居家装有限公司" in home
    assert "Jiaju Interiors" in client.get("/my/", headers={"accept-language": "en"}).content.decode()

    card = client.get("/my/choices/").content.decode()
    assert "撤回：佳居家装有限公司" in card
    gone: Any = client.post(f"/my/choices/{MARKETING}/withdraw/", {"box": yes})
    assert not receives(register, partner)
    assert "佳居家装有限公司" in client.get(gone.url).content.decode()
    assert Consent.objects.get(kind="general").state == "given"
    assert "佳居家装有限公司" not in client.get("/my/").content.decode()
    back = client.get(f"/my/seen/{Decision.objects.get(decided='withdrawn').entry}/").content.decode()
    assert back.count("已撤回") == 1
    assert "未同意" not in back  # only what was taken back is told of


@pytest.mark.django_db(transaction=True)
def test_a_company_is_added_later_without_asking_again_what_was_agreed_to(register: Register) -> None:
    (mall,) = entered(register.world, MALL)
    revised(register.world, MARKETING, named=[mall])
    client = browser(register)
    page = pages.present(purpose=MARKETING, language="zh-hans", now=clock.now())
    client.post(f"/my/choices/{MARKETING}/", {"shown": page.sha256, "box": ["general"]})
    assert not receives(register, mall)
    form = client.get(f"/my/choices/{MARKETING}/").content.decode()
    assert 'name="kept" value="general"' in form
    added = {"shown": page.sha256, "kept": ["general"], "box": [f"provision:{mall.id}"]}
    assert client.post(f"/my/choices/{MARKETING}/", added).status_code == 302
    assert receives(register, mall)
    # Whoever only says that the purpose was agreed to agrees to nothing by that.
    client.post(f"/my/choices/{MARKETING}/withdraw/")
    assert client.post(f"/my/choices/{MARKETING}/", added).status_code == 422
    assert not receives(register, mall)
