"""A change of a purpose asks the database the same, however many fields the purpose needs."""

from shouxin.rulebook.purposes import services
from shouxin.rulebook.purposes.models import PurposeField
from tests.harness.asked import asked
from tests.register import SALES
from tests.world import World


def steps(world: World) -> list[str]:
    """The statements of a change from its reason to the approval."""
    head, officer = world.actor("sales_head"), world.actor("officer")
    with asked() as found:
        services.revise_purpose(officer, key=SALES, reason="变更")
        services.edit_purpose(head, key=SALES, recipients_zh="无")
        services.submit_purpose(head, key=SALES)
        services.approve_purpose(officer, key=SALES)
    return found


def test_a_change_asks_nothing_of_each_field_by_itself(ruled: World) -> None:
    assert PurposeField.objects.filter(purpose=SALES).count() > 80
    assert len(steps(ruled)) <= 20
