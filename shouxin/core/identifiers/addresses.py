"""Addresses read as whoever looks for one says them: road and house number, the name of an estate, street and number.

A Chinese address is taken apart into the divisions it begins with and steps of a name with the number behind it:
北京市海淀区｜中关村大街 1 号院｜2 号楼｜301. Divisions, towns, roads without a number and numbers alone are shared by
crowds and give no parts. One address gives at most `PAIRS` + `NAMES` * `WINDOWS` of them, mostly three.
"""

import re
import unicodedata
from typing import NamedTuple

from shouxin.core.identifiers import divisions, spelling

PAIRS, NAMES, WINDOWS = 2, 2, 4
SIZE = 3  # characters of a window, and of a road's name before its number
CROWD = 4  # so many characters are not looked for as a person's name alone
HOUSE_DIGITS = 4  # more may be a postal code

_NOISE = re.compile(r"[\s,.。、;:()\[\]【】#\-—–_/·]+")
_BETWEEN = re.compile("(?<![0-9a-z]) | (?![0-9a-z])")
_NUMERAL = re.compile("[〇零一二三四五六七八九十百]+(?=号|栋|幢|弄|单元|层|室|组)")
_PIECE = re.compile(
    "(?P<name>[^0-9a-z ]+)|(?P<number>[a-z]?[0-9]+[a-z]?(?![a-z0-9])|[a-z](?=[座栋幢区]|号楼|单元))|[a-z0-9]+"
)
_UNIT = re.compile("号大院|号院|号楼|号|栋|幢|座|单元|层|楼|室|房间|房|院|组|队|社|户|门|弄|区|期")
_UNITS = dict.fromkeys(("号大院", "号院", "号楼", "栋", "幢", "座", "院"), "号") | dict.fromkeys(
    ("室", "房间", "房", "户", "门", "楼"), ""
)
_WITHIN = re.compile("[内附之第]+$|(?<=[路街道巷弄])[甲乙丙丁]$")
_ROAD = re.compile(
    "(.{2,}?(?:大街|大道|胡同|路|街|道|巷|弄)(?:[东西南北中一二三四五六七八九十]{1,2}段)?)(?:(?=..)|$)"
)
_TOWN = re.compile(
    "([^0-9a-z ]{2,8}?)(?:街道办事处|街道|镇|乡|苏木|自治州|自治县|省|市|县|(?<![小社园校厂矿住街])区|州|盟|旗)"
    "(?=[^0-9a-z ]{3}|$)"
)
_LEVEL = re.compile("特别行政区|[回壮维吾尔]*自治区|省|市|区|县")
_ESTATE = re.compile("(.{3,}?)(?:住宅)?(?:小区|社区)")
_MARKED = re.compile(
    "(?:路|街|道|巷|弄|胡同|号|栋|幢|座|楼|室|单元|村|屯|庄|组|区|园|寓|厦|场|苑|城|湾|庭|府|邸|里|居|院|镇|乡|市|县|省)"
    "(?![^0-9a-zA-Z\\s,，])"
)
_LATIN_HOUSE = re.compile("[0-9]{1,5}[a-z]?").fullmatch
_STREET = frozenset(
    (  # noqa: SIM905 - so many read better as words
        "street road avenue st rd ave lane ln drive dr court ct boulevard blvd square sq place pl terrace close "
        "crescent highway hwy parkway pkwy way rue via calle strasse str platz weg allee jalan jl ulitsa"
    ).split()
)
_PLAIN = _STREET | frozenset(
    (  # noqa: SIM905
        "apt apartment flat suite ste unit floor fl room rm building bldg block house tower no po box north south "
        "east west ne nw se sw the of and de la le les du des della di den der upon"
    ).split()
)
_STREET_ENDING = ("strasse", "straat", "gatan", "gasse", "platz", "weg", "allee")
_DIGITS = {character: number for number, character in enumerate("零一二三四五六七八九")} | {"〇": 0}


class Step(NamedTuple):
    """A name, the number behind it and what the number counts; each may be empty."""

    name: str
    number: str = ""
    unit: str = ""

    @property
    def is_road(self) -> bool:
        return _ROAD.fullmatch(self.name) is not None


def parts(address: str) -> list[str]:
    """What an address is found by: 中关村大街1号院 → 村大街1; 橡树湾花园5栋 → 橡树湾, 树湾花, 湾花园; baker 221b."""
    if address.isascii() or not spelling.unspaced(address):
        return _latin_parts(address)
    pairs: dict[str, None] = {}
    named: dict[str, None] = {}
    names = 0
    for step in _read(address)[1]:
        if len(step.name) > SIZE - 1 and not step.is_road:
            if names < NAMES:
                windows = range(min(WINDOWS, len(step.name) - SIZE + 1))
                named.update((step.name[n : n + SIZE], None) for n in windows)
            names += 1
        elif len(step.name) > 1 and step.number and len(pairs) < PAIRS:
            pairs[step.name[-SIZE:] + step.number] = None
    return [*pairs, *named]


def sought(typed: str) -> list[list[str]]:
    """The parts that what was typed has in common with an address that holds it."""
    found = parts(typed)
    return [found] if found else []


def looks_like(text: str) -> bool:
    """Whether an address may be meant: 中关村大街1号, 橡树湾; 221b baker street."""
    characters = spelling.unspaced(text)
    if characters:
        return len(characters) >= CROWD or (len(characters) > 1 and _MARKED.search(text) is not None)
    return bool(_latin_parts(text))


def is_crowd(text: str) -> bool:
    """Whether it is a place that too many live in: a road without a number, a town, a number alone."""
    return bool(spelling.unspaced(text)) and looks_like(text) and not parts(text)


def holds(address: str, typed: str) -> bool:
    """Whether an address holds what was typed: its steps in their order, between them others; divisions as far as
    both name them."""
    if not parts(typed):
        return False
    if not spelling.unspaced(typed):
        there = spelling.words(address)
        wanted = [word for word in spelling.words(typed) if word not in _PLAIN]
        return all(_stands(word, there) for word in wanted)
    area, steps = _read(address)
    wanted_area, wanted_steps = _read(typed)
    if area and not all(one in "".join(area) for one in wanted_area):
        return False
    rest = iter(steps)
    return all(any(_same(step, one, area) for step in rest) for one in wanted_steps)


def _stands(word: str, there: list[str]) -> bool:
    return word in there if word[0].isdigit() else any(one.startswith(word) for one in there)


def _same(step: Step, typed: Step, area: list[str]) -> bool:
    if typed.number and (
        step.number != typed.number or (step.unit and typed.unit and step.unit != typed.unit)
    ):
        return False
    if typed.name in step.name:
        return True
    return (
        bool(step.name) and typed.name.endswith(step.name) and typed.name[: -len(step.name)] in "".join(area)
    )


def _read(address: str) -> tuple[list[str], list[Step]]:
    """The divisions, without their levels, and the steps."""
    text = address if unicodedata.is_normalized("NFKC", address) else unicodedata.normalize("NFKC", address)
    text = text.casefold()
    if _NOISE.search(text):
        text = _BETWEEN.sub("", _NOISE.sub(" ", text))
    end = divisions.district_end(text)
    area = [one for one in _LEVEL.split(text[:end]) if one] if end else []
    while (town := _TOWN.match(text, end)) is not None:
        area.append(town[1])
        end = town.end()
    return area, _steps(_NUMERAL.sub(_figure, text[end:]))


def _steps(text: str) -> list[Step]:
    steps: list[Step] = []
    name, after_number = "", False
    for piece in _PIECE.finditer(text):
        if number := piece["number"]:
            steps.append(Step(name, number))
            name, after_number = "", True
        elif run := piece["name"]:
            if after_number and (unit := _UNIT.match(run)):
                steps[-1] = Step(*steps[-1][:2], _UNITS.get(unit[0], unit[0]))
                run = run[unit.end() :]
            if run:
                *roads, name = _split(_WITHIN.sub("", run))
                steps += [Step(road) for road in roads]
            after_number = False
    return [*steps, Step(name)] if name else steps


def _split(run: str) -> list[str]:
    """Roads at the beginning of a run apart from what follows them: 建国路现代城."""
    found = []
    while (road := _ROAD.match(run)) is not None and road.end() < len(run):
        found.append(road[1])
        run = run[road.end() :]
    estate = _ESTATE.fullmatch(run)
    return [*found, estate[1] if estate else run]


def _figure(found: re.Match[str]) -> str:
    """十二 → 12, 一百二十 → 120; a row of digits stays one: 一〇二 → 102."""
    text = found[0]
    if "十" not in text and "百" not in text:
        return "".join(str(_DIGITS[one]) for one in text)
    total = digit = 0
    for character in text:
        if character in "十百":
            total += (digit or 1) * (10 if character == "十" else 100)
            digit = 0
        else:
            digit = _DIGITS[character]
    return str(total + digit)


def _latin_parts(address: str) -> list[str]:
    """House number and the word of the street beside it, of the first place that names a street: baker 221b."""
    first = ""
    for segment in re.split("[,;\n]+", address):
        words = spelling.words(segment)
        street = any(word in _STREET or word.endswith(_STREET_ENDING) for word in words)
        for place, number in enumerate(words):
            if not _LATIN_HOUSE(number) or (len(number) > HOUSE_DIGITS + 1 - number.isdigit() and not street):
                continue
            if word := _beside(words, place):
                if street:
                    return [f"{word} {number}"]
                first = first or f"{word} {number}"
    return [first] if first else []


def _beside(words: list[str], place: int) -> str:
    """The first telling word behind the number, else before it, with no other number between."""
    for way in (words[place + 1 :], words[:place][::-1]):
        for word in way:
            if word[0].isdigit():
                break
            if word not in _PLAIN and len(word) > 1:
                return word
    return ""
