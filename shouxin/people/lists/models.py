"""How each person likes their lists: columns, rows on a page, filters by name, and what they asked for last.

What was typed freely may name somebody: it is kept sealed, apart from the codes beside it.
"""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from shouxin.kit import ids, lists

KEY_LENGTH, NAME_LENGTH = 40, 30


class ListLook(models.Model):
    """Which columns somebody leaves out of a list, and how many rows a page of it has."""

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    staff = models.ForeignKey("people.Staff", on_delete=models.PROTECT, related_name="+")
    list_key = models.CharField(max_length=KEY_LENGTH)
    left_out = ArrayField(models.CharField(max_length=KEY_LENGTH), default=list)
    size = models.PositiveSmallIntegerField(default=lists.SIZE)

    class Meta:
        db_table = "people_list_look"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["staff", "list_key"], name="list_look_once"),
            models.CheckConstraint(condition=Q(size__in=lists.SIZES), name="list_look_size_known"),
        ]

    def __str__(self) -> str:
        return f"{self.list_key} {self.size}"


class SavedFilter(models.Model):
    """A filter of a list that somebody keeps by a name of theirs; one of a list may be what it opens with."""

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    staff = models.ForeignKey("people.Staff", on_delete=models.PROTECT, related_name="+")
    list_key = models.CharField(max_length=KEY_LENGTH)
    name = models.CharField(_("名称"), max_length=NAME_LENGTH)
    query = models.JSONField()  # filter → what it is narrowed to, of those that are chosen from a list
    sealed = models.BinaryField(null=True)  # the same of those that are typed
    opens = models.BooleanField(default=False)
    saved_at = models.DateTimeField()

    class Meta:
        db_table = "people_saved_filter"
        ordering: ClassVar = ["name"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["staff", "list_key", "name"], name="saved_filter_name_once"),
            models.UniqueConstraint(
                fields=["staff", "list_key"], condition=Q(opens=True), name="saved_filter_opens_one"
            ),
            models.CheckConstraint(condition=~Q(name=""), name="saved_filter_has_a_name"),
        ]

    def __str__(self) -> str:
        return self.name


class ListQuery(models.Model):
    """What somebody narrowed a list to, while they look at it: the address holds a random token alone."""

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    token = models.BinaryField(unique=True)  # SHA-256 of what the address holds
    reader = models.UUIDField()  # log-in
    list_key = models.CharField(max_length=KEY_LENGTH)
    query = models.JSONField()
    sealed = models.BinaryField(null=True)
    expires_at = models.DateTimeField(db_index=True)

    class Meta:
        db_table = "people_list_query"

    def __str__(self) -> str:
        return self.list_key
