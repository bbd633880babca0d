"""What the rooms of this app keep about customers; each room says it itself, in this order."""

from importlib import import_module

ROOMS = (
    "registry",
    "consents",
    "handover",
    "attachments",
    "relationships",
    "dialling",
    "promises",
    "quality",
    "duplicates",
    "cleanup",
    "collection",
    "leads",
    "public_forms",
    "segments",
    "messages",
    "informing",
    "bulk",
)
for _room in ROOMS:
    import_module(f"shouxin.customers.{_room}.holdings")
