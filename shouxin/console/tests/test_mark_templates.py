"""No template takes the reader's name off a page, and no page does without the frame."""

import re
from pathlib import Path

import shouxin

TEMPLATES = sorted(Path(shouxin.__file__).parent.rglob("templates/**/*.html"))
INCLUDED = '{% include "console/parts/watermark.html" %}'
# The frame itself, and the page of those who are not signed in or whose page broke.
WITHOUT_FRAME = {"page.html", "plain.html"}


def test_whoever_changes_the_watermark_keeps_it() -> None:
    for template in TEMPLATES:
        for block in re.findall(
            r"{% block watermark %}(.*?){% endblock", template.read_text(encoding="utf-8"), re.DOTALL
        ):
            assert INCLUDED in block, template.name


def test_every_page_stands_in_the_frame_or_shows_no_customer() -> None:
    for template in TEMPLATES:
        text = template.read_text(encoding="utf-8")
        if '{% extends "console/skeleton.html" %}' in text:
            assert template.name in WITHOUT_FRAME, template.name
        if '{% extends "console/plain.html" %}' in text:
            assert "customer." not in text, template.name


def test_the_frame_marks_whoever_may_open_customers() -> None:
    frame = next(path for path in TEMPLATES if path.parts[-2:] == ("console", "page.html"))
    text = frame.read_text(encoding="utf-8")
    assert "{% if shell.opens_customers %}" + INCLUDED in text
