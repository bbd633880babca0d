"""What is kept to tell people from programs on public pages: no address, nothing of what was typed."""

from typing import ClassVar

from django.db import models


class SpentToken(models.Model):
    """A form that was sent: it is taken once."""

    nonce = models.BinaryField(primary_key=True)
    expires_at = models.DateTimeField(db_index=True)

    class Meta:
        db_table = "kit_bot_spent"

    def __str__(self) -> str:
        return bytes(self.nonce).hex()


class BotCount(models.Model):
    """How much came within a few minutes: of one source, or of everybody together where `source` is empty."""

    form = models.CharField(max_length=64)
    source = models.BinaryField(default=b"")  # a keyed digest that changes every day
    window_at = models.DateTimeField(db_index=True)
    count = models.PositiveIntegerField()

    class Meta:
        db_table = "kit_bot_count"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["form", "source", "window_at"], name="bot_count_once")
        ]

    def __str__(self) -> str:
        return f"{self.form} {self.count}"


class BotTally(models.Model):
    """What became of what was sent to a form on one day, for those who answer for the form."""

    form = models.CharField(max_length=64)
    day = models.DateField()
    outcome = models.CharField(max_length=24)
    count = models.PositiveIntegerField()

    class Meta:
        db_table = "kit_bot_tally"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["form", "day", "outcome"], name="bot_tally_once")
        ]

    def __str__(self) -> str:
        return f"{self.form} {self.outcome} {self.count}"
