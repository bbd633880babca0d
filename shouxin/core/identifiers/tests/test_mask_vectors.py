"""Every masking rule on its published example, and on values of every other shape."""

import pytest

from shouxin.core.identifiers import HIDDEN, MASKS, mask

VECTORS = [
    ("M-NAME", "张小明", "张**"),
    ("M-NAME-2", "张明", "张*"),
    ("M-NAME-STRICT", "张小明", "**明"),
    ("M-NAME-EN", "Zhang Xiaoming", "Z*** X***"),
    ("M-PHONE", "13812341234", "138****1234"),
    ("M-PHONE-STRICT", "13812341234", "*********34"),
    ("M-TEL", "010-12345678", "010-******78"),
    ("M-ID-LIST", "11010519491231002X", "1****************X"),
    ("M-ID-DETAIL", "11010519491231002X", "110***********002X"),
    ("M-ID-VERIFY", "11010519491231002X", "110105********002X"),
    ("M-PASSPORT", "E12345678", "E*****678"),
    ("M-HKMTP", "H12345678", "H******78"),
    ("M-TWTP", "12345678", "*****678"),
    ("M-OTHERID", "南字第12345678号", "南*********8号"),
    ("M-BANK-LIST", "6222021234567890128", "***************0128"),
    ("M-BANK-DETAIL", "6222021234567890128", "622202*********0128"),
    ("M-CORPACCT", "1100123456789011234", "***************1234"),
    ("M-EMAIL", "zhangsan@example.com", "z***@example.com"),
    ("M-ADDR", "北京市海淀区中关村大街1号院2号楼301", "北京市海淀区****"),
    ("M-DOB", "1985-06-12", "1985-**-**"),
    ("M-AGE", "37", "35–39"),
    ("M-PLATE", "京A12348", "京A****8"),
    ("M-VIN", "LSVAM4187C2182345", "LSV**********2345"),
    ("M-WECHAT", "zhangsan", "z******n"),
    ("M-IP", "192.168.12.34", "192.168.*.*"),
    ("M-DEVICE", "123456789014321", "***********4321"),
    ("M-GEO", "39.984123,116.318234", "39.98,116.32"),
    ("M-AMOUNT", "156800.00", "10–20万"),
    ("M-FILE", "scan.jpg", "[影像已隐藏]"),
    ("M-SECRET", "hunter2", "[不显示]"),
    ("M-BIO", "AAECAw==", "[已核验]"),
    ("M-TEXT", "客户13812341234要求回电", "客户138****1234要求回电"),
    ("M-PSEUDO", "张小明", HIDDEN),
    ("M-NONE", "云海科技有限公司", "云海科技有限公司"),
]


@pytest.mark.parametrize(("rule", "value", "shown"), VECTORS)
def test_rule_shows_what_its_example_shows(rule: str, value: str, shown: str) -> None:
    assert mask(rule, value) == shown


def test_every_rule_has_a_vector() -> None:
    assert {rule for rule, _, _ in VECTORS} == MASKS


@pytest.mark.parametrize(
    ("rule", "value", "shown"),
    [
        ("M-NAME", "买买提·吐尔逊", "买******"),
        ("M-NAME", "欧阳娜娜", "欧***"),
        ("M-NAME", "𠮷野", "𠮷*"),
        ("M-NAME", "张", "*"),
        ("M-NAME", "José María", "J*** M***"),
        ("M-NAME", "Жанна", "Ж***"),
        ("M-NAME", "张Tom", "张***"),
        ("M-NAME", "J", HIDDEN),
        ("M-NAME", "张三13812341234", HIDDEN),
        ("M-NAME", "zhang@example.com", HIDDEN),
        ("M-PHONE", "+86 138 1234 1234", "138****1234"),
        ("M-PHONE", "+1 415 555 2671", "+1 ********71"),
        ("M-PHONE", "010-62345678", "*********78"),
        ("M-PHONE", "12345", HIDDEN),
        ("M-PHONE", "138abc", HIDDEN),
        ("M-TEL", "0571 8888 1234转801", "0571-******34"),
        ("M-TEL", "13812341234", "*********34"),
        ("M-ID-LIST", "110105491231002", "1*************2"),
        ("M-ID-DETAIL", "110105491231002", "110*********002"),
        ("M-ID-LIST", "123", HIDDEN),
        ("M-BANK-LIST", "6222 0212 3456 7890 128", "***************0128"),
        ("M-BANK-LIST", "1234", HIDDEN),
        ("M-PASSPORT", "A123", HIDDEN),
        ("M-OTHERID", "王芳-14485", "王****85"),
        ("M-EMAIL", "a@example.com", "***@example.com"),
        ("M-EMAIL", "zhangsan", HIDDEN),
        ("M-EMAIL", "a b@c d.com", HIDDEN),
        ("M-ADDR", "广西壮族自治区南宁市青秀区民族大道1号", "广西壮族自治区南宁市青秀区****"),
        ("M-ADDR", "深圳市南山区科技园", "深圳市南山区****"),
        ("M-ADDR", "张三家对面幸福小区12号", HIDDEN),
        ("M-ADDR", "221B Baker Street, London", HIDDEN),
        ("M-DOB", "1985年6月12日", "1985-**-**"),
        ("M-DOB", "12/06/1985", HIDDEN),
        ("M-AGE", "200", HIDDEN),
        ("M-PLATE", "京AD12345", "京A*****5"),
        ("M-PLATE", "京A", HIDDEN),
        ("M-WECHAT", "a@b.cn", HIDDEN),
        ("M-IP", "2001:db8::1", HIDDEN),
        ("M-IP", "999.1.1.1", HIDDEN),
        ("M-GEO", "天安门", HIDDEN),
        ("M-AMOUNT", "-3", "1万以下"),
        ("M-AMOUNT", "2500万", "1000万以上"),
        ("M-AMOUNT", "很多", HIDDEN),
    ],
)
def test_other_shapes_show_no_more(rule: str, value: str, shown: str) -> None:
    assert mask(rule, value) == shown


@pytest.mark.parametrize(
    ("rule", "profile", "value", "shown"),
    [
        ("M-ID-LIST", "detail", "11010519491231002X", "110***********002X"),
        ("M-ID-LIST", "verify", "11010519491231002X", "110105********002X"),
        ("M-ID-VERIFY", "strict", "11010519491231002X", "1****************X"),
        ("M-BANK-LIST", "detail", "6222021234567890128", "622202*********0128"),
        ("M-NAME", "strict", "张小明", "**明"),
        ("M-NAME", "strict", "Zhang San", HIDDEN),
        ("M-PHONE", "strict", "13812341234", "*********34"),
        ("M-EMAIL", "strict", "zhangsan@example.com", HIDDEN),
        ("M-ADDR", "strict", "北京市海淀区中关村大街1号", HIDDEN),
        ("M-TEXT", "strict", "客户13812341234要求回电", "客户[手机号]要求回电"),
        ("M-PHONE", "detail", "13812341234", "138****1234"),
        ("M-PHONE", "always", "13812341234", HIDDEN),
        ("M-PHONE", "nonsense", "13812341234", HIDDEN),
        ("M-NONSENSE", "list", "13812341234", HIDDEN),
        ("M-SECRET", "strict", "hunter2", "[不显示]"),
    ],
)
def test_profile_widens_or_narrows(rule: str, profile: str, value: str, shown: str) -> None:
    assert mask(rule, value, profile=profile) == shown


@pytest.mark.parametrize("rule", sorted(MASKS))
def test_empty_stays_empty(rule: str) -> None:
    assert mask(rule, "") == ""
