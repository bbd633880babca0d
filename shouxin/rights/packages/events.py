"""What happens to packages, as the journal tells it: ids, counts and the hash of what was frozen."""

from typing import Any

from django.utils.translation import override

from shouxin.core.text import Text
from shouxin.journal.events import EventKind, events, words
from shouxin.rights.cases.ending import Ending, endings
from shouxin.rights.packages import services
from shouxin.rights.packages.models import Way

for _name, _zh, _en in (
    (
        "package_made",
        "汇集本人查阅的材料：{count} 项",
        "Put together what the person asked to see: {count} items",
    ),
    (
        "package_frozen",
        "材料定稿（{digest}），未列出 {withheld} 项",
        "Froze the package ({digest}), {withheld} items left out",
    ),
    ("package_begun", "开始交付材料：{package_way}", "Began to hand the package over: {package_way}"),
    ("package_taken", "交付材料：{package_way}", "Handed the package over: {package_way}"),
    ("package_ended", "材料连同密钥销毁", "Destroyed the package with its key"),
):
    events.register(f"rights.{_name}", EventKind(f"rights.{_name}", Text(_zh, _en)))


def _way(value: Any, language: str) -> str:
    with override(language):
        return str(dict(Way.choices).get(value, value))


words.register("package_way", _way)
endings.register("rights.packages", Ending(services.check_answer, services.case_ended))
