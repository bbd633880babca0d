"""The screens of an import as tests meet them: a small file, uploaded and taken to where a test begins."""

from collections.abc import Mapping
from uuid import UUID

from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponseBase
from django.test import Client

from shouxin.customers.intake.models import ImportBatch
from shouxin.customers.intake.tests import cast
from tests.register import Register

NEW = "/customers/imports/new/"
PHONE = "1380013"  # too short; an optional value, so the row stays
CSV = f"客户编号,姓名,手机号,备注\nK-1,王小丫,13800138000,a\nK-2,李四光,{PHONE},b\nK-3,,13900139000,c\n".encode()


def send(
    client: Client, content: bytes = CSV, name: str = "客户.csv", headers: Mapping[str, str] | None = None
) -> HttpResponseBase:
    """Hand in a file on the page."""
    return client.post(NEW, {"file": SimpleUploadedFile(name, content)}, headers=headers)


def address(batch: UUID, step: str = "") -> str:
    return f"/customers/imports/{batch}/{step}/" if step else f"/customers/imports/{batch}/"


def latest() -> ImportBatch:
    return ImportBatch.objects.latest("id")


def checked(register: Register, content: bytes = CSV, **declared: object) -> ImportBatch:
    """The clerk's file, mapped, declared and checked."""
    batch = cast.upload(register, content, "客户.csv")
    cast.decide(register, batch.id, **declared)  # type: ignore[arg-type]  # passed on
    return cast.check(register, batch.id)


def done(register: Register, content: bytes = CSV, **declared: object) -> ImportBatch:
    """The clerk's file, imported."""
    return cast.run(register, checked(register, content, **declared).id)
