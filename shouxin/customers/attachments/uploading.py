"""Files on their way in are held in memory alone: Django's own handlers would write larger ones into temporary files.

A form that says it is too large is turned away before anything of it is read; a file that grows past the limit is
dropped as it arrives.
"""

import io
from typing import Any

from django.core.files.uploadedfile import InMemoryUploadedFile
from django.core.files.uploadhandler import FileUploadHandler, SkipFile
from django.http import HttpRequest

from shouxin.customers.attachments.rules import form_limit


class InMemory(FileUploadHandler):
    """Keeps each file of a form in memory, up to `limit` bytes; `dropped` counts those that were larger."""

    def __init__(self, request: HttpRequest, limit: int) -> None:
        super().__init__(request)
        self._limit, self._held, self.dropped = limit, io.BytesIO(), 0

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        self._held = io.BytesIO()

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        if start + len(raw_data) > self._limit:
            self.dropped += 1
            self._held = io.BytesIO()
            raise SkipFile
        self._held.write(raw_data)

    def file_complete(self, file_size: int) -> InMemoryUploadedFile:
        self._held.seek(0)
        return InMemoryUploadedFile(
            self._held, self.field_name, self.file_name or "", self.content_type, file_size, self.charset
        )


def announced(request: HttpRequest) -> int:
    """How long the form says it is."""
    try:
        return int(request.META.get("CONTENT_LENGTH") or 0)
    except ValueError:
        return 0


def too_long(request: HttpRequest, largest: int) -> bool:
    """Whether the form is to be turned away unread."""
    return announced(request) > form_limit(largest)
