"""E-mail, postal and division codes, network and device addresses, places on the map, sex."""

import ipaddress
import re
import unicodedata
from datetime import date

from shouxin.core.identifiers import divisions
from shouxin.core.identifiers.characters import compact
from shouxin.core.identifiers.problem import Problem, error, warning

_EMAIL = re.compile(
    r"[A-Za-z0-9_%+\-'&/=?^{}~!#$*|`]+(?:\.[A-Za-z0-9_%+\-'&/=?^{}~!#$*|`]+)*"
    r"@(?:[^\W_](?:[\w-]{0,61}[^\W_])?\.)+(?:[^\W\d_]{2,24}|xn--[A-Za-z0-9-]{1,59})"
).fullmatch
_LOCAL_LENGTH, _EMAIL_LENGTH = 64, 254
_POST = re.compile(r"[0-9]{6}").fullmatch
_POST_FOREIGN = re.compile(r"(?=[A-Z]*[0-9])[A-Z0-9]{3,10}").fullmatch
_REGION = re.compile(r"[1-9][0-9]{5}").fullmatch
_DEVICE = re.compile(r"[0-9A-F]{12,17}|[0-9A-F]{32}").fullmatch
_PLACE = re.compile(r"(-?[0-9]{1,3}\.[0-9]{1,12}),(-?[0-9]{1,3}\.[0-9]{1,12})").fullmatch
_SOCIAL = re.compile(r"\S{4,64}").fullmatch
SEXES = {
    "0": "0", "未知": "0", "UNKNOWN": "0", "1": "1", "男": "1", "男性": "1", "M": "1", "MALE": "1", "先生": "1",
    "2": "2", "女": "2", "女性": "2", "F": "2", "FEMALE": "2", "女士": "2", "9": "9", "未说明": "9", "保密": "9",
}  # fmt: skip

EMAIL_FORM = error(
    "email.form",
    "不是电子邮箱（如 name@example.com）。请核对 @ 前后的内容。",
    "Not an e-mail address (such as name@example.com). Check what stands before and after the @.",
)
POST_FORM = error(
    "post.form",
    "邮政编码应为 6 位数字。请核对。",
    "A postal code has 6 digits. Check it.",
)
POST_FOREIGN = warning(
    "post.foreign",
    "不是 6 位的中国邮政编码：若在境外可以保留，若在境内可能丢了开头的 0，请补上。",
    "Not a Chinese postal code of 6 digits: fine abroad; inside China a leading 0 may be lost, so add it.",
)
REGION_FORM = error(
    "region.form",
    "行政区划代码应为 6 位数字，首位不为 0。请核对。",
    "A division code has 6 digits, the first not 0. Check it.",
)
REGION_UNKNOWN = warning(
    "region.unknown",
    "不是已知的行政区划代码（含已撤销的）。请核对。",
    "No known division code, past ones included. Check it.",
)
IP_FORM = error("ip.form", "不是 IP 地址。请核对。", "Not an IP address. Check it.")
DEVICE_FORM = error(
    "device.form",
    "设备标识应为 12–17 位十六进制字符（MAC、IMEI）。请核对。",
    "A device id has 12–17 hexadecimal characters (MAC, IMEI). Check it.",
)
PLACE_FORM = error(
    "geo.form",
    "经纬度应写成两个小数，以逗号分隔，如 39.98,116.32。请核对。",
    "A place is two decimal numbers with a comma, such as 39.98,116.32. Check it.",
)
SOCIAL_FORM = error(
    "wechat.form",
    "账号应为 4–64 个字符，不含空格。请核对。",
    "An account has 4–64 characters without spaces. Check it.",
)
SEX_FORM = error(
    "gender.form",
    "性别应为 男、女、未知或未说明（GB/T 2261.1：1、2、0、9）。请核对。",
    "Sex is one of male, female, unknown, unstated (GB/T 2261.1: 1, 2, 0, 9). Check it.",
)


def compact_email(value: str) -> str:
    return unicodedata.normalize("NFKC", value[:1000]).strip()


def is_email(address: str) -> bool:
    return (
        len(address) <= _EMAIL_LENGTH and address.find("@") <= _LOCAL_LENGTH and _EMAIL(address) is not None
    )


def check_email(value: str, _today: date) -> Problem | None:
    """The dotted-atom form of RFC 5322 with a domain name, internationalised ones included."""
    return None if is_email(compact_email(value)) else EMAIL_FORM


def check_post(value: str, _today: date) -> Problem | None:
    """Six digits; codes of other countries and codes that lost a leading zero draw a warning."""
    code = compact(value)
    if _POST(code):
        return None
    return POST_FOREIGN if _POST_FOREIGN(code) else POST_FORM


def check_region(value: str, _today: date) -> Problem | None:
    """GB/T 2260; codes of the past are as good as today's."""
    code = compact(value)
    if not _REGION(code):
        return REGION_FORM
    return None if divisions.is_known(code) else REGION_UNKNOWN


def is_ip(value: str) -> bool:
    try:
        ipaddress.ip_address(value.strip())
    except ValueError:
        return False
    return True


def check_ip(value: str, _today: date) -> Problem | None:
    return None if is_ip(value) else IP_FORM


def is_device(value: str) -> bool:
    return _DEVICE(compact(value).replace(":", "")) is not None


def check_device(value: str, _today: date) -> Problem | None:
    return None if is_device(value) else DEVICE_FORM


def check_place(value: str, _today: date) -> Problem | None:
    return None if place(value) else PLACE_FORM


def place(value: str) -> tuple[str, str] | None:
    """Latitude and longitude (in either order, as Chinese maps give both) as their decimal digits."""
    found = _PLACE(re.sub(r"\s", "", value[:60].replace("，", ",")))
    if not found or any(abs(float(part)) > 180 for part in found.groups()):  # noqa: PLR2004 - degrees of a half circle
        return None
    return found[1], found[2]


def check_social(value: str, _today: date) -> Problem | None:
    return None if _SOCIAL(value.strip()) else SOCIAL_FORM


def check_sex(value: str, _today: date) -> Problem | None:
    return None if value.strip().upper() in SEXES else SEX_FORM
