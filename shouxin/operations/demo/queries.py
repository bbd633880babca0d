"""Whether this database is a demonstration."""

from shouxin.operations.demo.models import DemonstrationMark


def mark() -> DemonstrationMark | None:
    """The mark of a demonstration database; None where real data may stand."""
    return DemonstrationMark.objects.first()


def is_demonstration() -> bool:
    """Whether everything in this database is invented."""
    return DemonstrationMark.objects.exists()
