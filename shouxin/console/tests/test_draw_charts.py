"""Charts: the picture, the sentence for those who do not see it, and the table say the same."""

from datetime import UTC, datetime

from shouxin.console.drawing import HEIGHT, WIDTH, draw
from shouxin.kit.workbench import Bars, Chart, Column, Mark, Meter, Meters

NOW = datetime(2026, 11, 26, 6, 0, tzinfo=UTC)
CHART = Chart("reads", "查看明文", lambda _actor: None, frozenset())
BARS = Bars(
    (
        Column("11-24", "2026-11-24", (Mark("sales", 3), Mark("service", 1))),
        Column("11-25", "2026-11-25"),
        Column("11-26", "2026-11-26", (Mark("sales", 7),)),
    ),
    (("sales", "销售"), ("service", "客户服务")),
    datetime(2026, 11, 26, 5, 50, tzinfo=UTC),
)


def test_every_value_is_a_rectangle_as_high_as_its_share_of_the_scale() -> None:
    drawn = draw(CHART, BARS, NOW)
    assert drawn.top == "10"
    assert [float(one.height) for one in drawn.rectangles] == [HEIGHT * n / 10 for n in (3, 1, 7)]
    first, second, third = drawn.rectangles
    assert float(second.y) + float(second.height) == float(first.y)
    assert float(first.y) + float(first.height) == HEIGHT
    assert float(first.x) == float(second.x) < WIDTH / 3 < 2 * WIDTH / 3 < float(third.x)
    assert (first.shade, second.shade) == (0, 1)
    assert second.says == "2026-11-24 · 客户服务: 1"


def test_the_table_and_the_legend_hold_the_same_numbers() -> None:
    drawn = draw(CHART, BARS, NOW)
    assert drawn.rows == (("2026-11-24", (3, 1), 4), ("2026-11-25", (0, 0), 0), ("2026-11-26", (7, 0), 7))
    assert [(one.name, one.total) for one in drawn.legend] == [("销售", 10), ("客户服务", 1)]
    assert drawn.told == "合计 11，最多的是 2026-11-26：7"
    assert drawn.as_of == BARS.as_of


def test_shares_are_tinted_by_how_good_they_are() -> None:
    meters = (
        Meter("完整", 95, 100),
        Meter("未过期", 7, 10),
        Meter("已核实", 1, 10),
        Meter("没有角色", 1, 10, good=False),
        Meter("空", 0, 0),
    )
    drawn = draw(CHART, Meters(meters), NOW)
    assert [(one.percent, one.tone) for one in drawn.shares] == [
        (95, "ok"),
        (70, "warn"),
        (10, "bad"),
        (10, "ok"),
        (0, "bad"),
    ]
    assert "完整 95%" in drawn.told
