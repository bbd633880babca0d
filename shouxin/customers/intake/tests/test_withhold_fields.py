"""A field that leaves in no file stands empty in the file of refused rows; the others are there to be mended."""

import csv
import io

import pytest
from django.test import Client

from shouxin.customers.intake.tests import cast
from shouxin.gate import facts
from tests.register import Register

pytestmark = pytest.mark.django_db
PHONE = "13712345670"


@pytest.mark.parametrize("withheld", [True, False])
def test_the_downloaded_file_holds_no_withheld_value(
    register: Register,
    client: Client,
    monkeypatch: pytest.MonkeyPatch,
    withheld: bool,  # noqa: FBT001 - a parameter
) -> None:
    content = cast.table(
        ("客户编号", "姓名", "手机号码"), ("新-1", "王一", PHONE), ("新-2", "", "13712345671")
    )
    batch = cast.imported(register, content, "a.csv")
    assert batch.refused_count == 1
    if withheld:
        monkeypatch.setitem(facts.withheld._entries, "here", lambda: frozenset({"mobile"}))
    register.world.signed_in(client, "clerk")
    sent = client.post(f"/customers/imports/{batch.id}/refused/", {"format": "csv", "sheet": "0"})
    text = b"".join(sent.streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]
    row = list(csv.reader(io.StringIO(text)))[1]
    assert row[0] == "新-2"
    assert row[2] == ("" if withheld else "13712345671")
