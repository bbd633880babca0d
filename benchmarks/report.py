"""`python -m benchmarks.report`: tables and plots of docs/performance.md and the README, from benchmarks/results alone.

What stands between two marks of a page is written here and nowhere else; a test compares.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from benchmarks.plots import Series, plot

ROOT = Path(__file__).resolve().parents[1]
RESULTS = ROOT / "benchmarks" / "results"
PAGE, PLOTS = ROOT / "docs" / "performance.md", ROOT / "docs" / "images"
README = ROOT / "README.md"
ORDER = (
    *(f"{number:02}" for number in range(1, 18)),
    "09-repo",
    "09-brownsys",
    "concurrency",
    "memory",
    "generator",
)
MARKS = "<!-- {name}: written by python -m benchmarks.report -->\n", "<!-- end of {name} -->\n"
WAITS = {
    "07": "erasing one customer everywhere",
    "11": "expired data unreadable after its hour",
}
TYPED = (
    "phone",
    "ID number",
    "member number",
    "last four",
    "surname and last four",
    "name",
    "two characters",
)
MIB = 1024**2

# What the Chinese README tells, in the words of whoever reads it: line, work, the figure that counts and its unit.
TOLD = (
    ("01", "库内受保护读取：决策、解密、掩码、留痕落盘", "figure", "次/秒"),
    ("02", "经接口读取一位客户，八个程序同时", "figure", "次/秒"),
    ("08", "整理一份个人信息副本，200 条记录（p99）", "package_p99_ms", "毫秒"),
    ("04", "写入日志并封存进树", "figure", "条/秒"),
    ("10", "百万客户中凭手机号找到（p99）", "phone_found_p99_ms", "毫秒"),
    ("10", "百万客户中凭姓名找到（p99）", "names_found_p99_ms", "毫秒"),
    ("14", "百万客户查重", "million_seconds", "秒"),
    ("17", "百万客户的列表页到浏览器（p95）", "page_p95_ms", "毫秒"),
)

SMALL = {"figure", "package_p99_ms"}  # figures that the small size tells as well

Results = Mapping[str, Any]


def read(folder: Path) -> dict[str, Results]:
    """The results of one profile, by line."""
    return {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in sorted(folder.glob("*.json"))}


def number(value: float) -> str:
    """Three digits that say something, or all before the point."""
    if value == 0 or abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.3g}"


def bound(value: float, judged: str, unit: str) -> str:
    """A target in the words of the page; none where limits alone are judged."""
    if not value:
        return ""
    return f"{number(value)} ×" if judged == "ratio" else f"{number(value)} {unit}"


def limits(found: Results) -> Iterator[tuple[str, Sequence[float]]]:
    for key, pair in found.items():
        if key.endswith("_at_most"):
            yield key.removesuffix("_at_most"), pair


def targets(found: Results, which: int) -> str:
    first = bound(found[("must", "want")[which]], found["judged"], found["unit"])
    rest = [f"{words(name)} ≤ {number(pair[which])}" for name, pair in limits(found)]
    return "; ".join(filter(None, (first, *rest)))


def words(name: str) -> str:
    return name.replace("_", " ")


def cell(found: Results | None) -> str:
    """What one profile came to."""
    if found is None:
        return "not measured yet"
    ours = f"{number(found['figure'])} {found['unit']} (best {number(found['figure_best'])})"
    against = f"baseline {number(found['baseline'])}, ratio {number(found['ratio'])}"
    compared = [] if found["baseline_name"].startswith("none") else [against]
    told = [f"{words(name)} {number(found[name])}" for name, _ in limits(found)]
    met = "want met" if found["met_want"] else "**must met**" if found["met_must"] else "**must not met**"
    return "; ".join((ours, *compared, *told, met))


def measured(quick: Mapping[str, Results], full: Mapping[str, Results]) -> str:
    """One row a line: quick, full, targets."""
    rows = ["| line | quick | full | must | want |", "| --- | --- | --- | --- | --- |"]
    for line in ORDER:
        some = full.get(line) or quick.get(line)
        if line in WAITS:
            rows.append(f"| {int(line)} | waits for certified destruction: {WAITS[line]} | | | |")
        elif some:
            left, right = cell(quick.get(line)), cell(full.get(line))
            rows.append(f"| {title(line)} | {left} | {right} | {targets(some, 0)} | {targets(some, 1)} |")
        elif line.isdigit():
            rows.append(f"| {title(line)} | not measured yet | not measured yet | | |")
    if whole := quick.get("whole"):
        rows += [
            "",
            f"All lines of the quick profile, one after the other, took {whole['minutes']:g} minutes.",
        ]
    return "\n".join(rows) + "\n"


KNOWN = {
    "line", "name", "size", "figure", "figure_best", "unit", "baseline", "baseline_best", "baseline_name",
    "baseline_does_not_protect", "ratio", "judged", "must", "want", "met_must", "met_want", "rounds", "seed", "machine",
    "profile",
}  # fmt: skip


def besides(found: Results) -> str:
    """Whatever else was measured and is one number, or a few of a kind."""
    limited, told = {name for name, _ in limits(found)}, []
    for key, value in found.items():
        if key in KNOWN or key in limited or key.endswith("_at_most"):
            continue
        if isinstance(value, dict) and all(isinstance(one, (int, float)) for one in value.values()):
            told.append(
                f"{words(key)}: " + ", ".join(f"{words(k)} {number(one)}" for k, one in value.items())
            )
        elif isinstance(value, (int, float)):
            told.append(f"{words(key)} {number(value)}")
    return "; ".join(told)


def title(line: str) -> str:
    return line.lstrip("0").replace("-", ", ") if line[0].isdigit() else line


def conditions(quick: Mapping[str, Results], full: Mapping[str, Results]) -> str:
    """How much was measured on what, and what the baseline lacks."""
    heads = ("line", "measured", "besides", "baseline; it does not protect", "machine")
    rows = [f"| {' | '.join(heads)} |", "| --- " * len(heads) + "|"]
    for line in ORDER:
        for profile, results in (("quick", quick), ("full", full)):
            if found := results.get(line):
                lacks = f"{found['baseline_name']}; {found['baseline_does_not_protect']}"
                size = f"{profile}: {found['size']}, {found['rounds']} rounds, seed {found['seed']}"
                rows.append(f"| {title(line)} | {size} | {besides(found)} | {lacks} | {found['machine']} |")
    return "\n".join(rows) + "\n"


def microseconds(full: Mapping[str, Results]) -> str:
    """Where a protected read's time goes."""
    found = full.get("01", {}).get("processor_microseconds", {})
    rows = ["| stage | Python µs | PostgreSQL µs |", "| --- | --- | --- |"]
    last = [key for key in ("the rest", "everything") if key in found]
    for stage in (*(key for key in found if key not in last), *last):
        mine, theirs = (part.split()[0] for part in found[stage].split(", "))
        bold = "**" if stage == "everything" else ""
        rows.append(f"| {bold}{stage}{bold} | {bold}{mine}{bold} | {bold}{theirs}{bold} |")
    return "\n".join(rows) + "\n"


def searches(full: Mapping[str, Results]) -> str:
    """Milliseconds at each size: p50 / p99 found, and in brackets with the masked page."""
    sizes = full.get("10", {}).get("per_size", {})
    heads = [f"{int(size):,}" for size in sizes]
    rows = [f"| what is typed | hits | {' | '.join(heads)} |", "| --- " * (len(heads) + 2) + "|"]
    for typed in TYPED if sizes else ():
        shown = [
            "{} ({})".format(
                *(" / ".join(_digits(at[typed][f"{s}_{q}_ms"]) for q in ("p50", "p99")) for s in STAGES)
            )
            for at in sizes.values()
        ]
        hits = list(sizes.values())[-1][typed]["hits"]
        rows.append(f"| {typed} | {hits:.0f} | {' | '.join(shown)} |")
    return "\n".join(rows) + "\n"


STAGES = ("found", "whole")


def _digits(milliseconds: float) -> str:
    return f"{milliseconds:.1f}" if milliseconds < 9.95 else f"{milliseconds:.0f}"


def speed(full: Mapping[str, Results], quick: Mapping[str, Results]) -> str:
    """The short table of the README; what was not measured at full size is told of the small one."""
    rows = ["| 做什么 | 实测 | 必须达到 |", "| --- | --- | --- |"]
    for line, work, figure, unit in TOLD:
        found = full.get(line) or (quick.get(line) if figure in SMALL else None)
        if found is None:
            continue
        size = "（小规模）" if line not in full and figure == "figure" else ""
        if figure == "figure":
            asked = (
                f"基线的 {number(found['must'])} 倍"
                if found["judged"] == "ratio"
                else f"{number(found['must'])} {unit}"
            )
            told = f"{number(found['figure'])} {unit}（基线的 {number(found['ratio'])} 倍）"
        else:
            asked, told = f"{number(found[f'{figure}_at_most'][0])} {unit}", f"{number(found[figure])} {unit}"
        rows.append(f"| {work}{size} | {told} | {asked} |")
    return "\n".join(rows) + "\n"


def dependencies(full: Mapping[str, Results]) -> str:
    """What is installed to run, the largest first."""
    found = full.get("dependencies", {"distributions": {}})["distributions"]
    rows = ["| distribution | version | MiB | seconds to install |", "| --- | --- | --- | --- |"]
    for name, one in sorted(found.items(), key=lambda item: -item[1]["bytes"]):
        took = "–" if one["seconds"] is None else f"{one['seconds']:.1f}"
        rows.append(f"| {name} | {one['version']} | {one['bytes'] / MIB:.1f} | {took} |")
    total = sum(one["bytes"] for one in found.values()) / MIB
    rows.append(f"| **{len(found)} distributions** | | **{total:.0f}** | |")
    return "\n".join(rows) + "\n"


# What is drawn of the lines that were measured at several sizes: the title, and the end of the figures' names.
DRAWN = {
    "10": ("Search: candidates found, p99", "found_p99_ms"),
    "13": ("Line 1, line 3, searches and the list in one register, p50", "_p50_ms"),
    "14": ("Probable duplicates: all pairs found", "_ms"),
    "17": ("List: a page until its rows are there, p95", "p95_ms"),
}
WORKLOADS = ("09-repo", "09", "09-brownsys")  # of GDPRBench, at three sizes


def growing(full: Mapping[str, Results]) -> Iterator[tuple[str, str, list[Series]]]:
    """(line, title, curves) of every line that was measured at several sizes."""
    at = {found["records"]: found["milliseconds_an_operation"] for n in WORKLOADS if (found := full.get(n))}
    if len(at) > 1:
        yield "09", "GDPRBench: a query of each workload", _curves(at, "")
    for line, (heading, figure) in DRAWN.items():
        if sizes := full.get(line, {}).get("per_size"):
            yield line, heading, _curves({int(size): found for size, found in sizes.items()}, figure)


def _curves(sizes: Mapping[int, Mapping[str, Any]], figure: str) -> list[Series]:
    """A curve for each kind that has its figure below it, or in its name."""
    return [
        Series(
            words(kind.removesuffix(figure)),
            {
                size: found[kind][figure] if isinstance(found[kind], dict) else found[kind]
                for size, found in sizes.items()
            },
        )
        for kind in next(iter(sizes.values()))
    ]


def drawings(full: Mapping[str, Results]) -> dict[str, str]:
    """The plots by file name."""
    return {f"cost-of-line-{line}.svg": plot(heading, curves) for line, heading, curves in growing(full)}


def plots(full: Mapping[str, Results]) -> str:
    shown = [
        f"![Line {line}: {heading}](images/cost-of-line-{line}.svg)" for line, heading, _ in growing(full)
    ]
    return "\n\n".join(shown) + "\n"


def parts(results: Path = RESULTS) -> dict[str, str]:
    """What stands between each pair of marks."""
    full, quick = read(results), read(results / "quick")
    return {
        "measured": measured(quick, full),
        "conditions": conditions(quick, full),
        "microseconds": microseconds(full),
        "searches": searches(full),
        "plots": plots(full),
        "dependencies": dependencies(full),
    }


def renewed(page: str, content: Mapping[str, str]) -> str:
    """The page with every marked part as it is now."""
    for name, text in content.items():
        begin, end = (mark.format(name=name) for mark in MARKS)
        before, found, rest = page.partition(begin)
        _old, closed, after = rest.partition(end)
        if not (found and closed):
            raise SystemExit(f"there is no place for {name}")
        page = f"{before}{begin}\n{text}\n{end}{after}"
    return page


def pages(results: Path = RESULTS) -> dict[Path, str]:
    """Every file that tells of measurements, as it has to be."""
    full = read(results)
    return {
        PAGE: renewed(PAGE.read_text(encoding="utf-8"), parts(results)),
        README: renewed(README.read_text(encoding="utf-8"), {"speed": speed(full, read(results / "quick"))}),
        **{PLOTS / name: drawn for name, drawn in drawings(full).items()},
    }


def write() -> None:
    """Bring pages and plots up to date."""
    for path, text in pages().items():
        path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    write()
