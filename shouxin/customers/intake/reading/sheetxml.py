"""A worksheet's XML walked with a bare parser for what the reading libraries do not tell: which cells are
formulas, which have no stored result, which are errors, and how large the sheet really is. Nothing is evaluated."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from xml.parsers import expat

from shouxin.customers.intake.reading.messages import unreadable
from shouxin.customers.intake.reading.model import Flag

MAX_ROW, MAX_COLUMN = 1_048_576, 16_384
_FORMULA = frozenset({Flag.FORMULA})
_NO_RESULT = frozenset({Flag.FORMULA, Flag.FORMULA_WITHOUT_RESULT})
_ERROR = frozenset({Flag.ERROR_VALUE})
_LETTERS = {chr(65 + i): i + 1 for i in range(26)}
_VALUES = frozenset({"v", "t"})


@dataclass(slots=True)
class RowMarks:
    """What is special in one row (numbered from 1): flags and the names of errors by 0-based column."""

    number: int
    flags: dict[int, frozenset[Flag]] = field(default_factory=dict)
    errors: dict[int, str] = field(default_factory=dict)
    columns: int = 0


class _Walker:
    def __init__(self) -> None:
        self.done: list[RowMarks] = []
        self._row = RowMarks(0)
        self._column = 0
        self._type = ""
        self._formula = self._value = self._inside = False
        self._text: list[str] = []
        self.parser = expat.ParserCreate(namespace_separator="}")
        self.parser.buffer_text = True
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._characters
        self.parser.StartDoctypeDeclHandler = self._doctype

    def _doctype(self, *_: object) -> None:
        raise unreadable("unsafe_xml")

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        tag = name.rpartition("}")[2]
        if tag == "c":
            reference = attributes.get("r")
            self._column = _column(reference) if reference else self._column + 1
            if self._column > MAX_COLUMN:
                raise unreadable("damaged_file")
            self._type = attributes.get("t", "n")
            self._formula = self._value = False
            self._text = []
        elif tag == "f":
            self._formula = True
        elif tag in _VALUES:
            self._inside = True
        elif tag == "row":
            number = attributes.get("r", "")
            at = int(number) if number.isdecimal() else self._row.number + 1
            if not self._row.number < at <= MAX_ROW:
                raise unreadable("damaged_file")
            self._row, self._column = RowMarks(at), 0

    def _characters(self, text: str) -> None:
        if self._inside:
            self._value = True
            if self._type == "e":
                self._text.append(text)

    def _end(self, name: str) -> None:
        tag = name.rpartition("}")[2]
        if tag == "c":
            self._end_cell()
        elif tag in _VALUES:
            self._inside = False
        elif tag == "row":
            self.done.append(self._row)

    def _end_cell(self) -> None:
        if self._value:
            self._row.columns = max(self._row.columns, self._column)
        flags: frozenset[Flag] = frozenset()
        if self._formula:
            # a formula whose result is the empty text is stored as t="str" without a value
            flags = _FORMULA if self._value or self._type == "str" else _NO_RESULT
            self._row.columns = max(self._row.columns, self._column)
        if self._type == "e":
            flags |= _ERROR
            self._row.errors[self._column - 1] = "".join(self._text)
        if flags:
            self._row.flags[self._column - 1] = flags


def marks(pieces: Iterable[bytes]) -> Iterator[RowMarks]:
    """Every row element of a worksheet in order.

    Raises:
        UnreadableFile: damaged_file, unsafe_xml.
    """
    walker = _Walker()
    try:
        for piece in pieces:
            walker.parser.Parse(piece, False)
            yield from walker.done
            walker.done.clear()
        walker.parser.Parse(b"", True)
    except expat.ExpatError as error:
        raise unreadable("damaged_file") from error
    yield from walker.done


def _column(reference: str) -> int:
    """The column of a reference such as BC23, from 1."""
    column = 0
    for letter in reference:
        value = _LETTERS.get(letter)
        if value is None:
            break
        column = column * 26 + value
    if not 0 < column <= MAX_COLUMN:
        raise unreadable("damaged_file")
    return column
