"""What docs/performance.md and the README say was measured is what the benchmarks wrote, to the letter."""

import json
from pathlib import Path
from shutil import copytree
from xml.etree import ElementTree as ET

from benchmarks import report
from benchmarks.__main__ import LINES


def test_every_figure_is_the_one_that_was_measured() -> None:
    for path, text in report.pages().items():
        assert path.read_text("utf-8") == text, f"{path.name}: run python -m benchmarks.report"


def test_another_measurement_is_another_page(tmp_path: Path) -> None:
    results = copytree(report.RESULTS, tmp_path / "results")
    file = results / "17.json"
    found = json.loads(file.read_text("utf-8"))
    found |= {"page_p95_ms": 98765.0, "met_must": False, "met_want": False}
    found["per_size"]["1000000"]["browser"]["p95_ms"] = 98765.0
    file.write_text(json.dumps(found), "utf-8")
    changed = {path for path, text in report.pages(results).items() if path.read_text("utf-8") != text}
    assert changed == {report.PAGE, report.README, report.PLOTS / "cost-of-line-17.svg"}
    assert "98,765" in report.pages(results)[report.PAGE]
    assert "**must not met**" in report.cell(found)


def test_a_line_without_measurement_says_so() -> None:
    assert report.cell(None) == "not measured yet"
    table = report.measured({}, {})
    assert table.count("not measured yet") == 2 * 15
    assert table.count("waits for certified destruction") == 2
    assert set(LINES) <= set(report.ORDER)


def test_plots_are_drawings_with_a_curve_a_series() -> None:
    full = report.read(report.RESULTS)
    names = {line: curves for line, _title, curves in report.growing(full)}
    assert {"10", "17"} <= set(names)
    for line, curves in names.items():
        drawn = ET.fromstring(report.drawings(full)[f"cost-of-line-{line}.svg"])  # noqa: S314 - our own
        assert len(drawn.findall("{http://www.w3.org/2000/svg}polyline")) == len(curves)
