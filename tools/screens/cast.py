"""The demonstration's people by log-in, and the customers they are responsible for."""

from shouxin.core.policy import Actor
from shouxin.customers.registry.models import Customer
from shouxin.people import queries as people_queries
from shouxin.people.models import Department, Staff

SALES = "sales_contract"


def actor(user_name: str) -> Actor:
    return people_queries.actor_by_id(staff(user_name).id)


def staff(user_name: str) -> Staff:
    return Staff.objects.get(user_name=user_name)


def home(user_name: str) -> Department:
    """The department somebody works in."""
    return Department.objects.get(staff__user_name=user_name)


def own(user_name: str, kind: str = "person", turn: int = 0) -> Customer:
    """One of the customers somebody is responsible for, the newest first."""
    return Customer.objects.filter(responsible_id=staff(user_name).id, kind=kind).order_by("-id")[turn]
