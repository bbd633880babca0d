"""A file on its way in, piece by piece: nothing of it is held back in memory or written in clear by Django.

Django's own parsing of a form keeps files above 2.5 MB in temporary files. So this one form is parsed here, as it
arrives: first its token against forgery, then the file, handed on in pieces; other fields are not read.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.exceptions import BadRequest, PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.http.multipartparser import ChunkIter, LazyStream, MultiPartParserError, Parser
from django.middleware.csrf import CsrfViewMiddleware
from django.utils.http import parse_header_parameters

from shouxin.customers.intake.reading.messages import unreadable
from shouxin.customers.intake.reading.model import DEFAULT_LIMITS, MIB

TOKEN = b"csrfmiddlewaretoken"
PIECE = 1 << 18
LONGEST_TOKEN = 256
ENVELOPE = 64 * 1024  # what the form adds around the file


@dataclass(frozen=True, slots=True)
class Arriving:
    """A file that is being sent; `pieces` can be read once."""

    name: str
    pieces: Iterator[bytes]


def arriving(request: HttpRequest) -> Arriving | None:
    """The file of this form, or None when none was chosen.

    Raises:
        PermissionDenied: the form is not one of ours (its token is missing or wrong).
        BadRequest: not a form with a file, or cut off.
        UnreadableFile: too large, by what the browser announced.
    """
    announced = int(request.META.get("CONTENT_LENGTH") or 0)
    if announced > DEFAULT_LIMITS.text_bytes + ENVELOPE:
        raise unreadable("too_large", size=announced // MIB, limit=DEFAULT_LIMITS.text_bytes // MIB)
    for parts, stream in _parts(request):
        if parts.get("name") == TOKEN:
            token = stream.read(LONGEST_TOKEN).decode("ascii", errors="replace")
            request.META[settings.CSRF_HEADER_NAME] = token  # where Django's check also looks for it
        elif "filename" in parts:
            _check_token(request)
            name = _bare(parts["filename"].decode(errors="replace"))
            return Arriving(name, _pieces(stream)) if name else None
    _check_token(request)
    return None


def _parts(request: HttpRequest) -> Iterator[tuple[dict[str, Any], LazyStream]]:
    kind, options = parse_header_parameters(request.META.get("CONTENT_TYPE", ""))
    boundary = options.get("boundary", "")
    if kind != "multipart/form-data" or not boundary:
        raise BadRequest
    try:
        # Reading the stream ourselves keeps Django from reading the form as a whole later.
        body = LazyStream(ChunkIter(request, PIECE))
        for _kind, headers, stream in Parser(body, boundary.encode("ascii")):
            parts: dict[str, Any] = headers.get("content-disposition", ("", {}))[1]
            yield parts, stream
    except (MultiPartParserError, OSError, UnicodeEncodeError):
        raise BadRequest from None


def _check_token(request: HttpRequest) -> None:
    if CsrfViewMiddleware(_never).process_view(request, _never, (), {}) is not None:
        raise PermissionDenied


def _never(_request: HttpRequest) -> HttpResponse:
    raise AssertionError("the check alone is wanted")


def _pieces(stream: Iterable[bytes]) -> Iterator[bytes]:
    try:
        yield from stream
    except (MultiPartParserError, OSError):
        raise BadRequest from None


def _bare(name: str) -> str:
    """The name without folders, as old browsers send them."""
    return name.replace("\\", "/").rpartition("/")[2].strip()
