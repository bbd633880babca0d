"""Every change of the tree of departments; `services` offers these verbs beside those of people."""

from uuid import UUID

from django.db import IntegrityError, transaction

from shouxin.core.policy import Actor, Permission, Role
from shouxin.core.text import Text
from shouxin.journal import services as journal
from shouxin.people import queries
from shouxin.people.models import Department, Staff
from shouxin.people.problems import PeopleError


@transaction.atomic
def create_department(*, actor: Actor, name: str, parent: UUID | None) -> Department:
    """Add a department to the tree."""
    actor.require(Permission.PEOPLE_DEPARTMENT_WRITE)
    department = Department(name=name.strip(), parent_id=parent)
    _save_department(department)
    journal.append(actor=actor, event="department.created", data={"department": department.id})
    return department


@transaction.atomic
def change_department(
    *, actor: Actor, department_id: UUID, name: str, parent: UUID | None, head: UUID | None, is_active: bool
) -> Department:
    """Rename a department, hang it elsewhere, name its head, or close and reopen it."""
    actor.require(Permission.PEOPLE_DEPARTMENT_WRITE)
    # Locking the whole small tree: two moves at once could otherwise close a circle that neither makes alone.
    list(Department.objects.select_for_update().order_by("id").values_list("id"))
    department = Department.objects.get(id=department_id)
    if parent is not None and parent in queries.subtree(department_id):
        raise PeopleError(
            "circle",
            Text(
                "上级部门不能是本部门或其下级。请另选上级。",
                "A department cannot hang below itself. Choose another parent.",
            ),
        )
    _check_head(head, department_id)
    if not is_active and department.is_active and department.staff.filter(is_active=True).exists():
        raise PeopleError(
            "people_inside",
            Text(
                "部门内还有在用人员，不能停用。请先调整他们的部门。",
                "People still work here. Move them first, then close it.",
            ),
        )
    wanted = {"name": name.strip(), "parent_id": parent, "head_id": head, "is_active": is_active}
    changed = [key for key, value in wanted.items() if getattr(department, key) != value]
    if not changed:
        return department
    for key in changed:
        setattr(department, key, wanted[key])
    _save_department(department)
    journal.append(
        actor=actor, event="department.changed", data={"department": department.id, "fields": changed}
    )
    return department


def open_department(department_id: UUID) -> Department:
    """The department people can work in.

    Raises:
        PeopleError: there is none, or it is closed.
    """
    department = Department.objects.filter(id=department_id, is_active=True).first()
    if department is None:
        raise PeopleError(
            "no_department",
            Text(
                "部门不存在或已停用。请另选部门。",
                "The department does not exist or is closed. Choose another.",
            ),
        )
    return department


def _check_head(head: UUID | None, department_id: UUID) -> None:
    if head is None:
        return
    member = Staff.objects.filter(id=head, is_active=True).first()
    if member is None or Role.HEAD.value not in member.roles or member.department_id is None:
        raise PeopleError(
            "not_a_head",
            Text(
                "负责人须是在用且具有“部门负责人”角色的人员。请先授予并确认该角色。",
                "The head must be active and hold the role of department head. Grant and confirm it first.",
            ),
        )
    if department_id not in queries.subtree(member.department_id):
        raise PeopleError(
            "head_elsewhere",
            Text(
                "负责人须在本部门或上级部门任职。",
                "The head must work in this department or in one above it.",
            ),
        )


def _save_department(department: Department) -> None:
    if not department.name:
        raise PeopleError("nameless", Text("请填写部门名称。", "Give the department a name."))
    try:
        with transaction.atomic():
            department.save()
    except IntegrityError as error:
        raise PeopleError(
            "name_taken",
            Text(
                "同一上级下已有同名部门。请换一个名称。",
                "A department of that name stands there already. Choose another name.",
            ),
        ) from error
