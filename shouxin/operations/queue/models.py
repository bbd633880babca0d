"""Why a job failed: the kind of error and the place in the product's code, never its message, which may quote data."""

from django.db import models


class JobFailure(models.Model):
    """The latest failure of one job; forgotten when the job goes from the queue."""

    job = models.BigIntegerField(primary_key=True)
    at = models.DateTimeField()
    kind = models.CharField(max_length=100)
    place = models.CharField(max_length=200, blank=True)

    class Meta:
        db_table = "operations_job_failure"

    def __str__(self) -> str:
        return f"{self.job} {self.kind}"
