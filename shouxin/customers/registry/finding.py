"""One customer's row by its id, as nearly every page and every write begins: by statements prepared once."""

from uuid import UUID

from shouxin.customers.registry.models import Customer
from shouxin.kit.instances import Columns, apart
from shouxin.kit.statements import execute
from shouxin.people.models import Department, Staff

_CUSTOMER = Columns(Customer, "k")
_DEPARTMENT = Columns(Department, "d")
_STAFF = Columns(Staff, "s", without=("password",))
_STANDING = f"""
SELECT {_CUSTOMER.text}, {_DEPARTMENT.text}, {_STAFF.text} FROM customers_customer k
JOIN people_department d ON d.id = k.owner_department_id LEFT JOIN people_staff s ON s.id = k.responsible_id
WHERE k.id = %b::uuid AND k.absorbed_by IS NULL
"""  # noqa: S608 - columns of models
_LOCKED = f"SELECT {_CUSTOMER.text} FROM customers_customer k WHERE k.id = %b::uuid FOR UPDATE"  # noqa: S608


def standing(customer: UUID) -> Customer | None:
    """The row of a customer that was not merged into another, whoever asks, with its department and who is
    responsible."""
    row: Customer
    for cells in execute(_STANDING, (customer,)):
        row, row.owner_department, row.responsible = apart(cells, _CUSTOMER, _DEPARTMENT, _STAFF)
        return row
    return None


def locked(customer: UUID) -> Customer:
    """The row, which nobody else changes until the caller's transaction is over.

    Raises:
        Customer.DoesNotExist: there is none.
    """
    for cells in execute(_LOCKED, (customer,)):
        return _CUSTOMER.made(cells)
    raise Customer.DoesNotExist
