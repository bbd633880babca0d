"""A change of one part of the rulebook makes nobody read the rest again, and nobody decides by what stood before."""

from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from shouxin.core.policy import Actor
from shouxin.rulebook.catalogue import grading, queries
from shouxin.rulebook.purposes import queries as purposes
from shouxin.rulebook.purposes import services
from tests.register import SALES
from tests.world import World


def test_a_purpose_that_changed_leaves_fields_and_other_purposes_as_they_are(ruled: World) -> None:
    fields, before = queries.fields(), dict(purposes.purpose_rules())
    services.revise_purpose(ruled.actor("officer"), key=SALES, reason="修订")
    after = purposes.purpose_rules()
    assert after[SALES].status == "draft"
    assert queries.fields() is fields
    assert {key for key, rule in after.items() if rule is not before[key]} == {SALES}


def test_a_part_of_a_purpose_counts_as_the_purpose(ruled: World) -> None:
    officer, head = ruled.actor("officer"), ruled.actor("sales_head")
    services.revise_purpose(officer, key=SALES, reason="修订")
    assert purposes.purpose_rules()[SALES].fields["gender"] == "optional"
    services.drop_need(head, key=SALES, field="gender")
    assert "gender" not in purposes.purpose_rules()[SALES].fields
    services.edit_purpose(head, key=SALES, departments=[ruled.departments["service"]])
    assert purposes.purpose_rules()[SALES].departments == {ruled.departments["service"].id}


def test_a_field_that_changed_is_read_again_and_purposes_are_not(ruled: World) -> None:
    before = purposes.purpose_rules()[SALES]
    grading.raise_grade(ruled.actor("officer"), key="gender", level=4, reason="从严")
    assert queries.fields()["gender"].level == 4
    assert purposes.purpose_rules()[SALES] is before


def test_a_change_that_was_taken_back_is_not_remembered(ruled: World) -> None:
    officer: Actor = ruled.actor("officer")
    before = purposes.purpose_rules()[SALES].status
    with transaction.atomic():
        services.revise_purpose(officer, key=SALES, reason="修订")
        grading.raise_grade(officer, key="gender", level=4, reason="从严")
        assert purposes.purpose_rules()[SALES].status == "draft"
        assert queries.fields()["gender"].level == 4
        transaction.set_rollback(True)
    assert purposes.purpose_rules()[SALES].status == before
    assert queries.fields()["gender"].level == 2


def test_without_the_tokens_of_the_tables_everything_is_read_again(ruled: World) -> None:
    fields = queries.fields()
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM rulebook_tablerevision")
        cursor.execute("UPDATE rulebook_rulerevision SET token = gen_random_uuid()")
    with CaptureQueriesContext(connection) as asked:
        assert queries.fields() is not fields
    assert any("rulebook_field" in query["sql"] for query in asked)
