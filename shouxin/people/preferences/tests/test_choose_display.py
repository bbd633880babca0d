"""Times are shown in the reader's zone, lines as close as they like; days that decide something stay the house's."""

from datetime import UTC, date, datetime

import pytest
from django.test import Client
from django.utils import timezone

from shouxin.kit import clock
from shouxin.people.models import Staff
from shouxin.people.preferences import services
from shouxin.people.problems import PeopleError
from tests.world import World

pytestmark = pytest.mark.django_db

LATE = datetime(2026, 11, 21, 22, 5, tzinfo=UTC)  # the 22nd in Beijing, still the 21st in New York


def test_a_chosen_zone_is_the_one_on_the_page(
    world: World, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.signed_in(client, "clerk")
    answer = client.post("/preferences/", {"time_zone": "Asia/Tokyo", "compact": "1"}, follow=True)
    text = answer.content.decode()
    assert "已保存" in text
    assert "sx-compact" in text
    assert "UTC+9" in text
    kept = Staff.objects.get(user_name="clerk")
    assert (kept.time_zone, kept.compact) == ("Asia/Tokyo", True)
    # The next reader, and a page for nobody, have their own again.
    assert timezone.get_current_timezone_name() == "Asia/Shanghai"
    assert (
        "UTC+9"
        not in world.signed_in(client, "sales_head").get("/preferences/").content.decode().split("<main")[0]
    )


def test_the_day_that_decides_is_the_organisations() -> None:
    with timezone.override("America/New_York"):
        assert timezone.localdate(LATE) == date(2026, 11, 21)
        assert clock.today(LATE) == date(2026, 11, 22)


def test_an_unknown_zone_is_refused_and_nothing_changes(world: World, client: Client) -> None:
    answer = world.signed_in(client, "clerk").post("/preferences/", {"time_zone": "Mars/Olympus"})
    assert answer.status_code == 422
    with pytest.raises(PeopleError):
        services.choose_display(actor=world.actor("clerk"), time_zone="Mars/Olympus", compact=False)
    assert Staff.objects.get(user_name="clerk").time_zone == "Asia/Shanghai"
