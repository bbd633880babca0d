"""What a directory outside told by SCIM: whom it manages, and its groups. Rights hang on none of these rows."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils import timezone

from shouxin.kit import ids
from shouxin.people.connections.models import Connection
from shouxin.people.models import ROLE_LENGTH, Department, Staff


class ScimPerson(models.Model):
    """A log-in that one connection manages. `removed_at`: gone from the directory; it has ended, the row stays."""

    staff = models.OneToOneField(Staff, primary_key=True, on_delete=models.PROTECT, related_name="scim")
    connection = models.ForeignKey(Connection, on_delete=models.PROTECT, related_name="people")
    external_id = models.CharField(max_length=200, null=True)  # noqa: DJ001 - absent and empty differ in SCIM
    # Which optional attributes the directory stated; what it did not state it is not told either.
    stated = ArrayField(models.CharField(max_length=16), default=list)
    created_at = models.DateTimeField(default=timezone.now)
    changed_at = models.DateTimeField(default=timezone.now)
    removed_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["connection", "external_id"],
                condition=Q(removed_at__isnull=True),
                name="scim_person_external_id_once",
            )
        ]

    def __str__(self) -> str:
        return str(self.staff_id)


class ScimGroup(models.Model):
    """A group of the directory. Administrators alone give it a meaning: a department, a role to propose."""

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    connection = models.ForeignKey(Connection, on_delete=models.PROTECT, related_name="groups")
    name = models.CharField(max_length=200)
    external_id = models.CharField(max_length=200, null=True)  # noqa: DJ001 - absent and empty differ in SCIM
    members = models.ManyToManyField(Staff, related_name="scim_groups")
    department = models.ForeignKey(Department, null=True, on_delete=models.PROTECT, related_name="+")
    role = models.CharField(max_length=ROLE_LENGTH, blank=True)
    role_by = models.ForeignKey(Staff, null=True, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    changed_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["name", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint("connection", Lower("name"), name="scim_group_name_once"),
            models.CheckConstraint(condition=~Q(name=""), name="scim_group_has_a_name"),
            models.CheckConstraint(
                condition=Q(role="") | Q(role_by__isnull=False), name="scim_group_role_has_a_granter"
            ),
        ]

    def __str__(self) -> str:
        return self.name
