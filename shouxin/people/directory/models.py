"""Groups of an LDAP directory, and what administrators say they mean. Rights hang on none of these rows."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from shouxin.kit import ids
from shouxin.people.connections.models import Connection
from shouxin.people.models import ROLE_LENGTH, Department, Staff


class LdapGroup(models.Model):
    """A group as it was found when the directory was last read."""

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    connection = models.ForeignKey(Connection, on_delete=models.PROTECT, related_name="ldap_groups")
    dn = models.CharField(max_length=500)
    name = models.CharField(max_length=200)
    members = models.ManyToManyField(Staff, related_name="ldap_groups")
    department = models.ForeignKey(Department, null=True, on_delete=models.PROTECT, related_name="+")
    role = models.CharField(max_length=ROLE_LENGTH, blank=True)
    role_by = models.ForeignKey(Staff, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["name", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["connection", "dn"], name="ldap_group_once"),
            models.CheckConstraint(
                condition=Q(role="") | Q(role_by__isnull=False), name="ldap_group_role_has_a_granter"
            ),
        ]

    def __str__(self) -> str:
        return self.name
