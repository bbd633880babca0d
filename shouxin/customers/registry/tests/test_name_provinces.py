"""Provinces are kept by their Chinese names and read in the reader's language; so are a yes and a no."""

from django.utils.translation import override

from shouxin.core.identifiers import divisions
from shouxin.core.policy import FieldRule
from shouxin.customers.registry import provinces
from shouxin.customers.registry.presenting import spoken
from shouxin.gate.facts import rules as rulebooks
from tests.world import World


def _field(key: str) -> FieldRule:
    return rulebooks["rulebook"].fields()[key]


def test_every_province_has_a_name_in_english() -> None:
    names = {one.name: one.english for one in divisions.provinces().values()}
    assert len(names) == len(set(names.values())) == 34
    assert all(name.isascii() for name in names.values())
    assert (names["陕西省"], names["山西省"]) == ("Shaanxi", "Shanxi")


def test_choices_keep_chinese_and_say_the_readers_name() -> None:
    with override("en"):
        english = provinces.choices()
        assert ("广东省", "Guangdong") in english
        assert [name for _kept, name in english] == sorted(name for _kept, name in english)
        assert provinces.name_of("华东") == "华东"
        assert provinces.choices("华东")[0] == ("华东", "华东")
    with override("zh-hans"):
        assert provinces.choices()[0] == ("北京市", "北京市")


def test_values_are_spoken_in_the_readers_language(ruled: World) -> None:
    assert ruled
    with override("en"):
        assert spoken(_field("order_province"), "浙江省") == "Zhejiang"
        assert spoken(_field("marketing_consent"), "否") == "No"
        assert spoken(_field("remark"), "是") == "是"
        assert spoken(_field("contract_type"), "租赁") == "Lease"
        assert spoken(_field("contract_status"), "已到期") == "Expired"
        assert spoken(_field("contract_status"), "待双方盖章") == "待双方盖章"
    with override("zh-hans"):
        assert spoken(_field("order_province"), "浙江省") == "浙江省"
        assert spoken(_field("marketing_consent"), "是") == "是"
