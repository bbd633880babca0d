"""The tree of departments, read without anything else of this app."""

from collections.abc import Callable
from uuid import UUID

from django.db import connection

_SUBTREE = """
WITH RECURSIVE below (id) AS (
    SELECT id FROM people_department WHERE id = %s
    UNION SELECT d.id FROM people_department d JOIN below b ON d.parent_id = b.id
) SELECT id FROM below
"""


def subtree(department_id: UUID) -> frozenset[UUID]:
    """The department and all below it."""
    with connection.cursor() as cursor:
        cursor.execute(_SUBTREE, [department_id])
        return frozenset(row[0] for row in cursor.fetchall())


def whole_tree() -> Callable[[UUID], frozenset[UUID]]:
    """`subtree` for many departments at the price of one statement."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT id, parent_id FROM people_department")
        children: dict[UUID | None, list[UUID]] = {}
        for key, parent in cursor.fetchall():
            children.setdefault(parent, []).append(key)
    known: dict[UUID, frozenset[UUID]] = {}

    def below(department_id: UUID) -> frozenset[UUID]:
        if department_id not in known:
            found, todo = {department_id}, [department_id]
            while todo:
                fresh = [child for child in children.get(todo.pop(), ()) if child not in found]
                found.update(fresh)
                todo += fresh
            known[department_id] = frozenset(found)
        return known[department_id]

    return below
