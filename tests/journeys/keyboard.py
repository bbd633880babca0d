"""Hands that stay on the keyboard: Tab to come to a control, and Enter, Space, arrows and letters to work it.

Every stop on the way must be seen to have the focus.
"""

import pytest
from playwright.sync_api import Locator, Page, expect

MOST_STOPS = 200
# What has the focus, and whether somebody sees that it has: a line around it, or a shadow that draws one. Where the
# control itself is hidden its label stands for it.
FOCUS = """target => {
  const e = document.activeElement;
  if (!e || e === document.body) return {what: "the page", seen: true, here: false};
  const hidden = getComputedStyle(e).clipPath !== "none" || e.getBoundingClientRect().width < 2;
  const drawn = hidden ? e.closest("label") : e;
  const s = drawn && getComputedStyle(drawn);
  const line = s && s.outlineStyle !== "none" && parseFloat(s.outlineWidth) >= 1;
  return {what: `${e.tagName} ${e.className} ${e.name || e.textContent.trim().slice(0, 30)}`,
    seen: Boolean(s && (line || s.boxShadow !== "none")), here: e === target};
}"""


class Keys:
    """Somebody whose hands stay on the keyboard."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def reach(self, target: Locator) -> None:
        """Press Tab until `target` has the focus."""
        expect(target).to_be_visible()
        for _ in range(MOST_STOPS):
            self.page.keyboard.press("Tab")
            focus = target.evaluate(FOCUS)
            assert focus["seen"], f"the focus is not seen on {focus['what']} of {self.page.url}"
            if focus["here"]:
                return
        pytest.fail(f"Tab never comes to {target} of {self.page.url}")

    def press(self, name: str, role: str = "button") -> None:
        self.reach(self.page.get_by_role(role, name=name, exact=True).first)  # type: ignore[arg-type]
        self.page.keyboard.press("Enter")

    def write(self, target: Locator, text: str) -> None:
        self.reach(target)
        self.page.keyboard.type(text)

    def pick(self, target: Locator, value: str) -> None:
        """Choose an option with the arrows."""
        self.reach(target)
        for _ in range(target.locator("option").count()):
            if target.input_value() == value:
                return
            self.page.keyboard.press("ArrowDown")
        for _ in range(target.locator("option").count()):
            if target.input_value() == value:
                return
            self.page.keyboard.press("ArrowUp")
        assert target.input_value() == value

    def tick(self, target: Locator) -> None:
        self.reach(target)
        self.page.keyboard.press("Space")
        expect(target).to_be_checked()

    def choose(self, target: Locator) -> None:
        """One of a group of radio buttons: Tab comes to the group, the arrows go through it."""
        name, wanted = target.get_attribute("name"), target.get_attribute("value")
        for _ in range(MOST_STOPS):
            self.page.keyboard.press("Tab")
            if (
                self.page.evaluate("document.activeElement.type + document.activeElement.name")
                == f"radio{name}"
            ):
                break
        for _ in range(20):
            if self.page.evaluate("document.activeElement.value") == wanted:
                self.page.keyboard.press("Space")
                break
            self.page.keyboard.press("ArrowDown")
        expect(target).to_be_checked()
