"""Whatever the delivered pack says of a jurisdiction, it says in the reader's language."""

import re

import pytest

from shouxin.rulebook.catalogue import services as packs
from shouxin.rulebook.catalogue.models import ReferenceRow
from shouxin.rulebook.regions import queries, wording

pytestmark = pytest.mark.django_db
HAN = re.compile(r"[\u3400-\u9fff]")


def test_every_provision_reads_in_both_languages(rules: packs.Loaded) -> None:
    assert rules
    rows = ReferenceRow.objects.filter(table=queries.TABLE)
    assert rows
    for row in rows:
        chinese, english = (wording.provision(row, language) for language in ("zh-hans", "en"))
        assert all(HAN.search(said) for said in (chinese.topic, chinese.rule)), chinese
        assert not any(HAN.search(said) for said in (english.topic, english.rule)), english
