"""What is left behind: a contact sheet of all pictures, and those that the handbook shows."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from html import escape
from pathlib import Path

from PIL import Image

HANDBOOK_WIDTH = 960
MOST_BYTES = 80_000
HEAD = """<!doctype html><html lang="en"><meta charset="utf-8"><title>Screens</title><style>
body{font:14px/1.5 sans-serif;margin:1rem;background:#eceff1}h2{margin:2rem 0 .5rem}
section{display:flex;gap:8px;overflow-x:auto;align-items:flex-start;margin-bottom:1rem}
figure{margin:0;flex:none;max-height:420px;overflow:hidden;border:1px solid #b0bec5}
img{display:block;width:420px}img.narrow{width:195px}figcaption{font-size:11px;padding:2px 4px}
</style>"""


def write(folder: Path, pictures: Iterable[tuple[str, str, str]]) -> Path:
    """`index.html`: a heading per person, a row per screen, its looks side by side."""
    rows: Mapping[str, Mapping[str, list[tuple[str, str]]]] = defaultdict(lambda: defaultdict(list))
    for key, look, file in pictures:
        rows[file.partition("/")[0]][key].append((look, file))
    text = [HEAD]
    for who in rows:
        text.append(f"<h2>{escape(who)}</h2>")
        for key, looks in sorted(rows[who].items()):
            text.append(f"<h3>{escape(key)}</h3><section>")
            text.extend(_figure(look, file) for look, file in sorted(looks, reverse=True))
            text.append("</section>")
    index = folder / "index.html"
    index.write_text("\n".join(text), encoding="utf-8")
    return index


def _figure(look: str, file: str) -> str:
    narrow = ' class="narrow"' if look.startswith("390") else ""
    picture = f'<a href="{escape(file)}"><img{narrow} loading="lazy" src="{escape(file)}" alt=""></a>'
    return f"<figure>{picture}<figcaption>{look}</figcaption></figure>"


def for_handbook(source: Path, target: Path) -> None:
    """A picture as the handbook shows it: half as wide, with few colours, small enough for the repository."""
    target.parent.mkdir(parents=True, exist_ok=True)
    with Image.open(source) as picture:
        small = picture.convert("RGB")
        height = round(picture.height * HANDBOOK_WIDTH / picture.width)
        small = small.resize((HANDBOOK_WIDTH, height), Image.Resampling.LANCZOS)
        for colours in (96, 64, 32, 16):
            small.quantize(colours, dither=Image.Dither.NONE).save(target, optimize=True)
            if target.stat().st_size <= MOST_BYTES:
                return
    raise ValueError(f"{target.name} is larger than {MOST_BYTES} bytes")
