"""A date, a time and a number read the same on every page, in both languages."""

from datetime import UTC, date, datetime

import pytest
from django.contrib.humanize.templatetags.humanize import intcomma
from django.template import Context, Template
from django.utils import timezone
from django.utils.translation import override

AT = datetime(2026, 11, 21, 6, 5, tzinfo=UTC)


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_what_a_template_shows_is_in_the_one_form(language: str) -> None:
    page = Template("{{ at }}|{{ day }}|{{ at|date:'DATETIME_FORMAT' }}|{{ at|time }}")
    with override(language), timezone.override("Asia/Shanghai"):
        shown = page.render(Context({"at": AT, "day": date(2026, 11, 21)}))
        assert shown == "2026-11-21 14:05|2026-11-21|2026-11-21 14:05|14:05"
        assert intcomma(1234567) == "1,234,567"
        assert intcomma("12345.5") == "12,345.5"


def test_a_reader_elsewhere_sees_their_own_hour() -> None:
    with override("en"), timezone.override("America/New_York"):
        assert Template("{{ at }}").render(Context({"at": AT})) == "2026-11-21 01:05"
