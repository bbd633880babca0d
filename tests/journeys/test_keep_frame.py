"""The frame holds: any window, any zoom, paper, the keyboard alone; every icon is drawn, and the reader is named."""

import re
from collections.abc import Callable
from itertools import chain
from pathlib import Path

import pypdfium2
import pytest
from playwright.sync_api import Page, expect

import shouxin
from shouxin.console import bench, tasks
from shouxin.customers.timeline import services as timeline
from shouxin.kit import clock, menu
from shouxin.people.models import Staff
from shouxin.people.notices import presenting as notices
from tests.journeys.conftest import Visitor
from tests.register import SALES, Register
from tests.test_announce_departure import many

ROOT = Path(shouxin.__file__).parent
DRAWN = re.compile(r'material-symbols-outlined"[^>]*>([a-z0-9_]+)<|icon="([a-z0-9_]+)"')
NARROW = {"200 %": 720, "200 % of a tablet": 640, "a small phone": 320, "200 % of a phone": 195}
LONG = "欧阳上官司马诸葛" * 7 + "一二三四"  # 60 characters, as long as a name may be
UNBROKEN = "Wolfeschlegelsteinhausenbergerdorff" * 2  # no place to break a line
WIDER = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


def icons() -> set[str]:
    pages = [path.read_text(encoding="utf-8") for path in ROOT.rglob("templates/**/*.html")]
    named = chain.from_iterable(DRAWN.findall(page) for page in pages)
    found = {name for pair in named for name in pair if name}
    found |= {entry.icon for entry in menu.entries.values()} | {task.icon for task in tasks.TASKS}
    return found | set(bench.ICONS.values()) | set(notices.ICONS.values())


def test_every_icon_is_in_the_font(visitor: Visitor) -> None:
    page = visitor.page
    page.goto("/sign-in/")
    names = sorted(icons())
    assert len(names) > 40
    # A name the font does not know is written out, letter by letter, and is wider than one icon.
    missing = page.evaluate(
        """async names => {
            await document.fonts.load('20px "Material Symbols Outlined"');
            return names.filter(name => {
                const made = document.createElement("span");
                made.className = "material-symbols-outlined";
                made.textContent = name;
                document.body.append(made);
                const wide = made.getBoundingClientRect().width;
                made.remove();
                return wide > 24;
            });
        }""",
        names,
    )
    assert missing == []


@pytest.fixture
def clerk(register: Register, visitor: Visitor) -> Page:
    assert register.world
    page = visitor.sign_in("clerk")
    visitor.work_for(SALES)
    return page


def test_nothing_hangs_over_at_any_width_or_zoom(register: Register, visitor: Visitor) -> None:
    Staff.objects.filter(user_name="clerk").update(display_name=LONG)
    Staff.objects.filter(user_name="sales_head").update(display_name=UNBROKEN)
    said = timeline.Said(channel="phone", direction="in", text="很长的记录" + "无标点" * 600)
    timeline.note(
        actor=register.world.actor("clerk"),
        purpose=SALES,
        customer=register["li"],
        said=said,
        end_contact=False,
        now=clock.now(),
    )
    page = visitor.sign_in("clerk")
    visitor.work_for(SALES)
    wrong = []
    for address in (
        "/",
        "/menu/",
        "/customers/",
        f"/customers/{register['li']}/",
        "/preferences/",
        "/nowhere/",
    ):
        page.goto(address)
        for name, width in NARROW.items():
            page.set_viewport_size({"width": width, "height": 450})
            if (over := page.evaluate(WIDER)) > 0:
                wrong.append(f"{address} at {name}: {over} px")
    assert not wrong, "\n".join(wrong)


def test_a_long_list_leaves_no_empty_page_below_it(register: Register, visitor: Visitor) -> None:
    """The table scrolls within its own frame, and nothing hidden in its rows makes the page longer than it is."""
    many(register, 40)
    page = visitor.sign_in("clerk")
    visitor.work_for(SALES)
    page.goto("/customers/")
    assert page.locator(".sx-table-tall").evaluate("it => it.scrollHeight > it.clientHeight + 500")
    below = """document.documentElement.scrollHeight - scrollY
        - document.querySelector("main").getBoundingClientRect().bottom"""
    assert page.evaluate(below) <= 1


def test_paper_names_the_reader_on_every_sheet_in_either_colours(clerk: Page, register: Register) -> None:
    clerk.emulate_media(color_scheme="dark")
    clerk.goto(f"/customers/{register['li']}/")
    minute = re.search(r"王芳 clerk \d{4}-\d\d-\d\d \d\d:\d\d", clerk.locator(".sx-watermark").inner_text())
    assert minute
    for backgrounds in (False, True):
        sheets = pypdfium2.PdfDocument(clerk.pdf(print_background=backgrounds))
        for sheet in sheets:
            text = sheet.get_textpage().get_text_range()
            assert minute[0] in text
            assert "查找功能" not in text
    clerk.emulate_media(media="print", color_scheme="dark")
    shown = clerk.evaluate(
        """() => {
            const mark = getComputedStyle(document.querySelector(".sx-watermark span"));
            const body = getComputedStyle(document.body);
            return [mark.visibility, mark.color, body.color];
        }"""
    )
    assert shown == ["visible", "rgb(210, 215, 220)", "rgb(0, 0, 0)"]


def test_a_page_is_found_and_opened_by_keyboard_alone(
    clerk: Page, check_axe: Callable[[], None], screenshot: Callable[[str], None]
) -> None:
    clerk.goto("/")
    clerk.keyboard.press("Tab")
    expect(clerk.get_by_role("link", name="跳到正文")).to_be_focused()
    clerk.keyboard.press("/")
    term = clerk.get_by_role("combobox", name="查找功能")
    expect(term).to_be_focused()
    clerk.keyboard.type("ysch")
    expect(clerk.get_by_text("没有这个功能")).to_be_visible()
    for words in ("yscf", "duplicates", "疑似"):
        term.fill(words)
        expect(clerk.locator(".sx-jump-line").first).to_contain_text("疑似重复")
    check_axe()
    screenshot("quick-jump")
    clerk.keyboard.press("Escape")
    expect(term).to_be_hidden()
    clerk.keyboard.press("Control+k")
    clerk.keyboard.type("kehu")
    clerk.keyboard.press("ArrowDown")
    clerk.keyboard.press("ArrowUp")
    clerk.keyboard.press("Enter")
    clerk.wait_for_url(re.compile("/customers/"))
    group = clerk.locator('details.sx-menu-fold[data-group="rulebook"]')
    expect(group).not_to_have_attribute("open", "")
    group.locator("summary").focus()
    clerk.keyboard.press("Enter")
    clerk.reload()
    expect(group).to_have_attribute("open", "")
