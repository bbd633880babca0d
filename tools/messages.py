"""`make messages`: gather the strings of every app, keep the English catalogues complete, compile them.

Strings are Chinese in the code, so Chinese needs no catalogue of its own: what has no translation is shown as it
stands. Only third parties write English (Unfold's lists, axes): their strings are translated into Chinese in
shouxin/console/locale/zh_Hans, since they bring no Chinese themselves. English stands in
<app>/locale/en/LC_MESSAGES/django.po, one entry for every string of the app. The catalogues hold neither dates nor
line numbers and are compiled by polib, so that the same strings give the same bytes on every machine, without
GNU gettext.
"""

import ast
import re
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import django
import polib
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "shouxin"
REST = "console"  # keeps the strings of folders that are no apps, and the Chinese of third parties
THIRD_PARTIES = ("unfold", "axes")
# Parts of Unfold for other packages, and doors that the console closes: nobody ever sees their strings.
UNSEEN = re.compile(
    r"^axes/admin|contrib/(?!filters|forms)|forms/helpers|/auth/|registration/|object_history|login|logged_out|password"
    r"|delete|inline|nested|dataset|command_|welcome|account_links"
)
# Position of msgid, plural and context among the arguments of each function.
FUNCTIONS: dict[str, tuple[int, int | None, int | None]] = {
    "_": (0, None, None),
    "gettext": (0, None, None),
    "gettext_lazy": (0, None, None),
    "gettext_noop": (0, None, None),
    "ngettext": (0, 1, None),
    "ngettext_lazy": (0, 1, None),
    "pgettext": (1, None, 0),
    "pgettext_lazy": (1, None, 0),
    "npgettext": (1, 2, 0),
    "npgettext_lazy": (1, 2, 0),
}
STRING = r"""(?P<{0}>u?"(?:[^"\\]|\\.)*"|u?'(?:[^'\\]|\\.)*')"""
IN_TEMPLATE = re.compile(
    r"(?<!\w)(?P<name>n?p?gettext|_)\(\s*"
    + STRING.format("one")
    + r"(?:\s*,\s*"
    + STRING.format("two")
    + ")?"
    r"(?:\s*,\s*" + STRING.format("three") + ")?",
    re.DOTALL,
)
METADATA = {
    "MIME-Version": "1.0",
    "Content-Type": "text/plain; charset=UTF-8",
    "Content-Transfer-Encoding": "8bit",
}
PLURALS = {"en": "nplurals=2; plural=(n != 1);", "zh_Hans": "nplurals=1; plural=0;"}
Key = tuple[str | None, str]  # context, msgid


@dataclass(frozen=True, slots=True)
class Message:
    """One string of the sources."""

    msgid: str
    plural: str | None
    context: str | None
    place: str

    @property
    def key(self) -> Key:
        return self.context, self.msgid


class NotLiteral(Exception):
    """A string to be translated is put together at run time; nobody can translate it beforehand."""


def messages_of(path: Path, place: str) -> Iterator[Message]:
    """The strings of one Python module or template."""
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".py":
        yield from _of_module(ast.parse(text), place)
    else:
        yield from _of_template(text, place)


def _of_module(tree: ast.Module, place: str) -> Iterator[Message]:
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
            continue
        positions = FUNCTIONS.get(node.func.id)
        if positions is None or not node.args:
            continue
        if isinstance(node.args[positions[0]], ast.JoinedStr):
            raise NotLiteral(f"{place}:{node.lineno}")
        found = [_literal(node, position) for position in positions]
        if found[0] is not None:
            yield Message(found[0], found[1], found[2], place)


def _literal(call: ast.Call, position: int | None) -> str | None:
    if position is None or position >= len(call.args):
        return None
    argument = call.args[position]
    return argument.value if isinstance(argument, ast.Constant) and isinstance(argument.value, str) else None


def _of_template(text: str, place: str) -> Iterator[Message]:
    for match in IN_TEMPLATE.finditer(templatize(text)):
        given = [ast.literal_eval(match[name]) for name in ("one", "two", "three") if match[name]]
        positions = FUNCTIONS[match["name"]]
        found = [given[p] if p is not None and p < len(given) else None for p in positions]
        if found[0]:
            yield Message(found[0], found[1], found[2], place)


def sources(folder: Path) -> Iterator[Path]:
    """Modules and templates of a folder, tests and migrations excepted, in a fixed order."""
    for path in sorted([*folder.rglob("*.py"), *folder.rglob("*.html"), *folder.rglob("*.txt")]):
        parts = path.relative_to(folder).parts
        if not {"tests", "migrations", "static", "packs", "locale"} & set(parts) and (
            path.suffix == ".py" or "templates" in parts
        ):
            yield path


def apps() -> list[str]:
    """The folders of the package that are apps and may keep a catalogue."""
    return sorted(path.parent.name for path in PACKAGE.glob("*/apps.py"))


def gather() -> dict[str, list[Message]]:
    """Every string of the product, by the app that keeps it."""
    known = apps()
    found: dict[str, list[Message]] = {app: [] for app in known}
    for path in sources(PACKAGE):
        place = path.relative_to(ROOT).as_posix()
        folder = path.relative_to(PACKAGE).parts[0]
        found[folder if folder in known else REST].extend(messages_of(path, place))
    return found


def gather_third_parties() -> list[Message]:
    """Every string of the third parties whose pages the console shows."""
    found: list[Message] = []
    spoken = _chinese_of_django()
    for name in THIRD_PARTIES:
        spec = find_spec(name)
        if spec is None or not spec.submodule_search_locations:
            continue
        folder = Path(spec.submodule_search_locations[0])
        for path in sources(folder):
            inside = path.relative_to(folder).as_posix()
            place = f"{name}/{inside}"
            if not UNSEEN.search(place):
                found.extend(m for m in messages_of(path, place) if m.msgid not in spoken)
    return found


def _chinese_of_django() -> set[str]:
    """What Django itself says in Chinese already."""
    folder = Path(django.__file__).parent
    found = [
        *folder.glob("conf/locale/zh_Hans/*/django.po"),
        *folder.glob("contrib/*/locale/zh_Hans/*/django.po"),
    ]
    return {entry.msgid for path in found for entry in polib.pofile(str(path)) if entry.translated()}


def catalogues() -> Iterator[tuple[Path, str, list[Message]]]:
    """Every catalogue there has to be: its .po, its language and its strings."""
    for app, messages in gather().items():
        if messages:
            yield _path(app, "en"), "en", messages
    yield _path(REST, "zh_Hans"), "zh_Hans", gather_third_parties()


def _path(app: str, language: str) -> Path:
    return PACKAGE / app / "locale" / language / "LC_MESSAGES" / "django.po"


def merged(path: Path, language: str, messages: Iterable[Message]) -> polib.POFile:
    """The catalogue as it ought to be: every string once, with the translation it had; what went away is gone."""
    before = (
        {(entry.msgctxt, entry.msgid): entry for entry in polib.pofile(str(path))} if path.exists() else {}
    )
    after = polib.POFile(wrapwidth=110)
    after.metadata = {**METADATA, "Language": language, "Plural-Forms": PLURALS[language]}
    found: dict[Key, polib.POEntry] = {}
    for message in messages:
        entry = found.setdefault(message.key, _entry(message, before.get(message.key), language))
        if (message.place, "") not in entry.occurrences:
            entry.occurrences.append((message.place, ""))
    # By the string itself: where it stands changes with every edit, and two people's additions seldom meet.
    for _key, entry in sorted(found.items(), key=lambda item: (item[0][1], item[0][0] or "")):
        after.append(entry)
    return after


def _entry(message: Message, old: polib.POEntry | None, language: str) -> polib.POEntry:
    entry = polib.POEntry(msgid=message.msgid, msgctxt=message.context)
    if re.search(r"%\(|%[sd]", message.msgid):
        entry.flags = ["python-format"]
    if message.plural is None:
        entry.msgstr = old.msgstr if old else ""
    else:
        entry.msgid_plural = message.plural
        forms = range(1 if language == "zh_Hans" else 2)
        entry.msgstr_plural = {n: (old.msgstr_plural.get(n, "") if old else "") for n in forms}
    return entry


def memory() -> dict[Key, str]:
    """What any app says in English, so that a string that moves or is used again keeps its words."""
    known: dict[Key, str] = {}
    for path in sorted(PACKAGE.glob("*/locale/en/LC_MESSAGES/django.po")):
        known.update({(entry.msgctxt, entry.msgid): entry.msgstr for entry in polib.pofile(str(path))})
    return known


def missing(entry: polib.POEntry) -> bool:
    """Whether a translation is still to be written."""
    given = list(entry.msgstr_plural.values()) if entry.msgid_plural else [entry.msgstr]
    return not given or not all(given)


def compiled(catalogue: polib.POFile) -> bytes:
    """The bytes of the .mo."""
    return bytes(catalogue.to_binary())


def main() -> int:
    """Write every catalogue; exit status 1 names what is still to be translated."""
    open_entries = 0
    remembered = memory()
    for path, language, messages in catalogues():
        catalogue = merged(path, language, messages)
        for entry in catalogue:
            if missing(entry) and not entry.msgid_plural and language == "en":
                entry.msgstr = remembered.get((entry.msgctxt, entry.msgid), "")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"{catalogue}\n", encoding="utf-8")
        path.with_suffix(".mo").write_bytes(compiled(catalogue))
        for entry in catalogue:
            if missing(entry):
                open_entries += 1
                where = path.relative_to(ROOT).as_posix()
                print(f"{where}: {entry.msgid!r}")
    print(f"{open_entries} open" if open_entries else "complete")
    return 1 if open_entries else 0


if __name__ == "__main__":
    sys.exit(main())
