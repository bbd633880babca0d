"""Places and stores in words, for customers and for staff."""

from typing import Any

from django.utils.translation import gettext as _

from shouxin.customers.registry import provinces
from shouxin.kit import countries
from shouxin.portal.storing.models import Part, StoredIn
from shouxin.portal.storing.queries import Stored, stored
from shouxin.portal.storing.services import HOME


def kind(found: Stored) -> str:
    """Which store it is, as the configuration says."""
    if found.store.part == Part.DATABASE:
        return _("单独的数据库服务器") if found.store.outside else _("本系统自带的数据库")
    return _("对象存储") if found.store.outside else _("本系统的数据目录")


def place(row: StoredIn) -> str:
    """Country and province."""
    names = [countries.name_of(row.country), provinces.name_of(row.province) if row.province else ""]
    return " · ".join(name for name in names if name)


def told() -> list[dict[str, Any]]:
    """What customers are told of each store."""
    return [
        {
            "what": _("您的资料") if one.store.part == Part.DATABASE else _("附件和文件"),
            "kind": kind(one),
            "region": one.store.region,
            "place": place(one.stated) if one.stated else "",
            "abroad": one.stated is not None and one.stated.country != HOME,
        }
        for one in stored()
    ]
