"""The tables of every room of this app, for Django to find."""

from shouxin.customers.intake.models import ImportBatch, RefusedRows, RememberedMapping
from shouxin.customers.registry.models import ClearVersion, Customer, Provenance, Record

__all__ = [
    "ClearVersion",
    "Customer",
    "ImportBatch",
    "Provenance",
    "Record",
    "RefusedRows",
    "RememberedMapping",
]
