"""How the portal's cards on the workbench read."""

from django.utils.translation import get_language

from shouxin.kit.workbench import Line
from shouxin.portal.storing.models import Part
from shouxin.portal.unstated.queries import Defect


def defect(found: Defect) -> Line:
    """A field, and the purpose that no longer covers it."""
    language = get_language() or "zh-hans"
    field = found.field.name.in_(language) if found.field else found.ground.field
    purpose = found.purpose.name.in_(language) if found.purpose else found.ground.purpose
    return Line(f"{field} · {purpose}")


def part(found: Part) -> Line:
    """A store whose place nobody stated."""
    return Line(str(found.label))
