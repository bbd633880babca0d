"""The public superstore workbook, imported for real: whose orders they are, and that every row is accounted for."""

import os
from collections import Counter
from pathlib import Path

import pytest

from shouxin.customers.intake import drafts
from shouxin.customers.intake.models import BatchState
from shouxin.customers.intake.tests import cast
from shouxin.customers.registry.models import Customer, Record
from tests.register import Register

pytestmark = pytest.mark.django_db(transaction=True)
DATA = os.environ.get("SHOUXIN_TESTDATA", "")
needs_data = pytest.mark.skipif(not DATA, reason="set SHOUXIN_TESTDATA to the folder of public test sets")


def superstore() -> Path:
    return Path(DATA) / "superstore-zh" / "superstore_zh.xls"


@needs_data
def test_every_row_of_superstore_is_accounted_for(register: Register) -> None:
    before = Customer.objects.count()
    batch = cast.imported(register, superstore(), "superstore_zh.xls", used={"退货": True})
    assert batch.state == BatchState.DONE
    assert batch.rows_done == 10_000 + 296
    assert batch.created_count == 790
    assert batch.updated_count == 0
    assert Customer.objects.count() == before + 790
    orders = Record.objects.filter(batch_id=batch.id, kind="order")
    assert orders.count() == 4_979
    # 153 of the returned orders are held by several customers, and nothing says by whom they were returned.
    refused = list(drafts.refused_rows(batch))
    assert Counter(row.reasons[0].zh[:10] for row in refused) == {"这个订单编号在文件中": 153}
    assert batch.refused_count == 153
    assert batch.merged_count == 10_000 - 790 + 143
    assert batch.dropped_count == 0
