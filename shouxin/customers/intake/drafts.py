"""What a batch keeps sealed: the file's name, how it is read, the mended cells; and, apart, the refused rows."""

import json
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from django.conf import settings

from shouxin.core.crypto.errors import SealBroken
from shouxin.core.text import Text
from shouxin.customers.intake import sealed_upload
from shouxin.customers.intake.export import RefusedRow
from shouxin.customers.intake.grouping import Corrections, Place
from shouxin.customers.intake.mapping import Gap, SheetPlan
from shouxin.customers.intake.models import ImportBatch, RefusedRows
from shouxin.customers.intake.reading import SheetInfo
from shouxin.customers.intake.sealed_upload import SealedReader
from shouxin.gate.facts import withheld_fields
from shouxin.vault import parcels
from shouxin.vault.parcels import ParcelKey

DRAFT = "draft"
SAMPLE_CHARS = 100  # of each value shown before the import


class Gone(Exception):
    """The batch's key or its upload was destroyed; what it held cannot be had any more."""


def printable(text: str) -> str:
    """`text` with a mark where bytes could not be read."""
    return text.encode("utf-8", "replace").decode()


@dataclass(frozen=True, slots=True)
class Look:
    """What the importer is shown of a sheet before it is imported: its size, what was found, its first rows."""

    rows: int
    hidden: bool
    findings: tuple[tuple[Text, bool], ...]  # sentence, and whether the sheet cannot be imported for it
    samples: tuple[tuple[str, ...], ...]

    def values(self, column: int) -> list[str]:
        """The first values of a column, as they stand."""
        return [row[column] for row in self.samples if column < len(row)]

    @classmethod
    def of(cls, sheet: SheetInfo) -> "Look":
        """What is worth keeping of an inspection; long texts are cut."""
        rows = tuple(tuple(printable(cell[:SAMPLE_CHARS]) for cell in row.cells) for row in sheet.samples)
        found = tuple((one.text, one.blocks) for one in sheet.findings)
        return cls(sheet.rows, sheet.hidden, found, rows)

    def as_json(self) -> list[Any]:
        return [self.rows, self.hidden, [[_text(t), b] for t, b in self.findings], self.samples]

    @classmethod
    def from_json(cls, data: list[Any]) -> "Look":
        rows, hidden, findings, samples = data
        return cls(rows, hidden, tuple((Text(*t), b) for t, b in findings), tuple(map(tuple, samples)))


def blocked(draft: "Draft") -> list[Gap]:
    """What keeps a used sheet from being imported as it is: two tables on it, for one."""
    return [
        Gap("plan.blocked", text, plan.name)
        for plan, look in zip(draft.sheets, draft.looks, strict=True)
        for text, blocks in look.findings
        if plan.used and blocks
    ]


@dataclass(frozen=True, slots=True)
class Draft:
    """The sealed part of a batch. `upload` is None once the file is destroyed."""

    file_name: str
    upload: tuple[str, bytes] | None  # id and key of the sealed file
    sheets: tuple[SheetPlan, ...]
    cells: Mapping[Place, Mapping[int, str]] = field(default_factory=dict)
    dropped: frozenset[Place] = frozenset()
    looks: tuple["Look", ...] = ()  # by sheet, what the importer is shown of it
    certain: bool = True  # whether the encoding is known, not guessed
    remarks: tuple[Text, ...] = ()  # on the file as a whole

    @property
    def corrections(self) -> Corrections:
        return Corrections(self.cells, self.dropped)

    def with_cell(self, place: Place, column: int, text: str | None) -> "Draft":
        """A copy in which one cell is mended, or (None) as it stands in the file again."""
        row = {**self.cells.get(place, {})}
        if text is None:
            row.pop(column, None)
        else:
            row[column] = text
        cells = {**self.cells, place: row}
        if not row:
            cells.pop(place)
        return replace(self, cells=cells)

    def packed(self) -> bytes:
        """Bytes to seal."""
        return json.dumps(
            {
                "file": self.file_name,
                "upload": [self.upload[0], self.upload[1].hex()] if self.upload else None,
                "sheets": [plan.as_json() for plan in self.sheets],
                "cells": [[*place, list(row.items())] for place, row in self.cells.items()],
                "dropped": sorted(self.dropped),
                "looks": [look.as_json() for look in self.looks],
                "certain": self.certain,
                "remarks": [_text(remark) for remark in self.remarks],
            },
            ensure_ascii=False,
        ).encode("utf-8", "surrogatepass")  # bytes that could not be read stand as lone surrogates

    @classmethod
    def unpacked(cls, packed: bytes) -> "Draft":
        """The draft that `packed` wrote."""
        data: dict[str, Any] = json.loads(packed)
        upload = data["upload"]
        return cls(
            data["file"],
            (upload[0], bytes.fromhex(upload[1])) if upload else None,
            tuple(map(SheetPlan.from_json, data["sheets"])),
            {(sheet, row): dict(map(tuple, cells)) for sheet, row, cells in data["cells"]},
            frozenset((sheet, row) for sheet, row in data["dropped"]),
            tuple(map(Look.from_json, data["looks"])),
            data["certain"],
            tuple(Text(*remark) for remark in data["remarks"]),
        )


def folder() -> Path:
    """Where sealed uploads wait."""
    path = Path(settings.DATA) / "uploads"
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    return path


def key_of(batch: ImportBatch) -> ParcelKey:
    """The batch's key.

    Raises:
        Gone: it was destroyed.
        KeyServiceUnavailable: the key provider does not answer.
    """
    if batch.wrapped_key is None:
        raise Gone
    return parcels.open_key(batch.id, batch.key_suite, bytes(batch.wrapped_key))


def opened(batch: ImportBatch, key: ParcelKey | None = None) -> Draft:
    """The sealed part of `batch`; raises as `key_of`."""
    if batch.draft is None:
        raise Gone
    return Draft.unpacked((key or key_of(batch)).open(DRAFT, bytes(batch.draft)))


def seal(batch: ImportBatch, draft: Draft, key: ParcelKey | None = None) -> None:
    """Put `draft` into the row (not saved)."""
    batch.draft = (key or key_of(batch)).seal(DRAFT, draft.packed())


@contextmanager
def upload_of(draft: Draft) -> Iterator[SealedReader]:
    """The uploaded file, decrypted as it is read.

    Raises:
        Gone: it was destroyed.
        UnreadableFile: it was altered since it was stored.
    """
    if draft.upload is None:
        raise Gone
    try:
        reader = sealed_upload.open_sealed(UUID(draft.upload[0]), draft.upload[1], folder=folder())
    except FileNotFoundError:
        raise Gone from None
    try:
        yield reader
    finally:
        reader.close()


def refused_parcel(
    batch: ImportBatch, key: ParcelKey, position: int, rows: Iterable[RefusedRow]
) -> RefusedRows:
    """Refused rows, sealed, as a row of the database (not saved)."""
    packed = [
        [
            r.number,
            r.cells,
            [_text(t) for t in r.reasons],
            [[c, [_text(t) for t in ts]] for c, ts in r.cell_reasons.items()],
            r.sheet,
        ]
        for r in rows
    ]
    sealed = key.seal(
        name_of(position),
        zlib.compress(json.dumps(packed, ensure_ascii=False).encode("utf-8", "surrogatepass")),
    )
    return RefusedRows(batch=batch, position=position, count=len(packed), sealed=sealed)


def refused_rows(batch: ImportBatch, still: Callable[[], None] = lambda: None) -> Iterator[RefusedRow]:
    """The refused rows of `batch` with their reasons, in the order of the run; raises as `key_of`.

    `still` is asked before each parcel is opened, and raises when whoever is being sent the rows may not have more.
    """
    key = key_of(batch)
    for parcel in batch.refused_rows.order_by("position").iterator(chunk_size=20):
        still()
        packed = json.loads(zlib.decompress(key.open(name_of(parcel.position), bytes(parcel.sealed))))
        for number, cells, reasons, by_cell, sheet in packed:
            yield RefusedRow(
                number,
                tuple(cells),
                tuple(Text(*t) for t in reasons),
                {column: tuple(Text(*t) for t in texts) for column, texts in by_cell},
                sheet,
            )


def rows_to_send(
    batch: ImportBatch, sheet: int, columns: Sequence[str | None], still: Callable[[], None] = lambda: None
) -> Iterator[RefusedRow]:
    """The refused rows of one sheet as a file may hold them: cells of fields that leave in no file stay empty."""
    withheld = withheld_fields()
    empty = {position for position, key in enumerate(columns) if key in withheld}
    for row in refused_rows(batch, still):
        if row.sheet == sheet:
            cells = ("" if position in empty else cell for position, cell in enumerate(row.cells))
            yield replace(row, cells=tuple(cells)) if empty else row


def destroy_file(batch: ImportBatch, now: datetime, *, key_too: bool) -> None:
    """Destroy the upload; with the batch's key also the draft and the refused rows (not saved).

    A draft that does not open any more is destroyed with its key; the sweep finds its file.

    Raises:
        KeyServiceUnavailable: the key provider does not answer; nothing was destroyed.
    """
    if batch.wrapped_key is not None and batch.upload_destroyed_at is None:
        try:
            key = key_of(batch)
            draft = opened(batch, key)
        except SealBroken:
            key_too = True
        else:
            if draft.upload:
                sealed_upload.destroy(UUID(draft.upload[0]), folder=folder())
            looks = tuple(replace(look, samples=()) for look in draft.looks)
            seal(batch, replace(draft, upload=None, cells={}, dropped=frozenset(), looks=looks), key)
        batch.upload_destroyed_at = now
    if key_too:
        batch.wrapped_key = batch.draft = None


def name_of(position: int) -> str:
    """The name under which the refused rows at this place of the run are sealed."""
    return f"refused:{position}"


def _text(text: Text) -> list[str]:
    return [text.zh, text.en]
