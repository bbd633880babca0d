"""A head finds the lines on the workbench, confirms them one by one, and reads no other department's."""

import pytest
from django.test import Client

from shouxin.access.reviews import services
from shouxin.access.reviews.models import Review, ReviewLine
from shouxin.kit import clock
from shouxin.people.models import Staff
from tests.world import World

PAGE = "/access/reviews/"


@pytest.fixture
def opened(world: World) -> World:
    services.open_now(actor=world.actor("officer"), now=clock.now())
    return world


def test_workbench_counts_the_lines_and_says_how_long_is_left(opened: World, client: Client) -> None:
    page = opened.signed_in(client, "sales_head").get("/").content.decode()
    assert "待我复核的权限" in page
    assert "还剩 13 天" in page


def test_head_confirms_and_is_led_to_the_next_line(opened: World, client: Client) -> None:
    client = opened.signed_in(client, "sales_head")
    review = Review.objects.get(department=opened.departments["sales"])
    page = client.get(f"{PAGE}{review.id}/").content.decode()
    assert page.count("仍需要，确认") == 2  # the clerk's role and view; the head's own are not for the head
    assert "autofocus" in page
    found = ReviewLine.objects.get(holder=opened.people["clerk"], kind="role")
    answer = client.post(f"{PAGE}lines/{found.id}/confirm/")
    assert answer.headers["Location"] == f"{PAGE}{review.id}/"
    assert "陈刚" in client.get(f"{PAGE}{review.id}/").content.decode()
    assert ReviewLine.objects.get(id=found.id).decided_by == opened.people["sales_head"]


def test_other_departments_reviews_are_not_found(opened: World, client: Client) -> None:
    review = Review.objects.get(department=opened.departments["service"])
    client = opened.signed_in(client, "sales_head")
    assert client.get(f"{PAGE}{review.id}/").status_code == 404
    assert client.get(f"{PAGE}{review.id}/table.csv").status_code == 404
    one = review.lines.first()
    assert one is not None
    assert client.post(f"{PAGE}lines/{one.id}/confirm/").status_code == 404


def test_officer_finds_the_lines_no_head_can_confirm(opened: World, client: Client) -> None:
    client = opened.signed_in(client, "officer")
    page = client.get(PAGE, {"state": "awaiting"}).content.decode()
    for name in ("销售部", "市场部", "客服部"):
        assert f">{name}</a>" in page


def test_formulas_in_names_stay_text_in_the_table(opened: World, client: Client) -> None:
    Staff.objects.filter(id=opened.people["clerk"].id).update(display_name="=1+1")
    review = Review.objects.get(department=opened.departments["sales"])
    table = (
        opened.signed_in(client, "officer").get(f"{PAGE}{review.id}/table.csv").content.decode("utf-8-sig")
    )
    assert ",'=1+1," in table
