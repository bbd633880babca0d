"""Reading tables out of files people have: CSV, TSV, XLS, XLSX, in bounded memory, nothing evaluated."""

from shouxin.customers.intake.reading.dialect import REASON_COLUMN, ROW_COLUMN
from shouxin.customers.intake.reading.inspection import inspect, rows
from shouxin.customers.intake.reading.messages import FILE_TEXTS, FINDING_TEXTS, UnreadableFile, finding
from shouxin.customers.intake.reading.model import (
    DEFAULT_LIMITS,
    UNTRUSTED,
    Choices,
    Finding,
    Flag,
    HeaderChoice,
    Inspection,
    Kind,
    Layout,
    Limits,
    Place,
    Row,
    SeekableBinary,
    SheetInfo,
)

__all__ = [
    "DEFAULT_LIMITS",
    "FILE_TEXTS",
    "FINDING_TEXTS",
    "REASON_COLUMN",
    "ROW_COLUMN",
    "UNTRUSTED",
    "Choices",
    "Finding",
    "Flag",
    "HeaderChoice",
    "Inspection",
    "Kind",
    "Layout",
    "Limits",
    "Place",
    "Row",
    "SeekableBinary",
    "SheetInfo",
    "UnreadableFile",
    "finding",
    "inspect",
    "rows",
]
