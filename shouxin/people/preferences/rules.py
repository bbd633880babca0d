"""What somebody may choose about their own screens."""

from datetime import datetime, timedelta

from shouxin.core.text import Text

# The organisation's own zone first; then, from east to west, those of places that staff work from.
ZONES: dict[str, Text] = {
    "Asia/Shanghai": Text("北京时间", "Beijing"),
    "Pacific/Auckland": Text("奥克兰", "Auckland"),
    "Australia/Sydney": Text("悉尼", "Sydney"),
    "Asia/Tokyo": Text("东京、首尔", "Tokyo, Seoul"),
    "Asia/Singapore": Text("新加坡、吉隆坡", "Singapore, Kuala Lumpur"),
    "Asia/Bangkok": Text("曼谷、河内、雅加达", "Bangkok, Hanoi, Jakarta"),
    "Asia/Kolkata": Text("新德里、孟买", "New Delhi, Mumbai"),
    "Asia/Dubai": Text("迪拜", "Dubai"),
    "Europe/Moscow": Text("莫斯科", "Moscow"),
    "Africa/Johannesburg": Text("约翰内斯堡", "Johannesburg"),
    "Europe/Berlin": Text("柏林、巴黎、马德里", "Berlin, Paris, Madrid"),
    "Europe/London": Text("伦敦", "London"),
    "UTC": Text("协调世界时", "UTC"),
    "America/Sao_Paulo": Text("圣保罗", "São Paulo"),
    "America/New_York": Text("纽约、多伦多", "New York, Toronto"),
    "America/Chicago": Text("芝加哥、墨西哥城", "Chicago, Mexico City"),
    "America/Los_Angeles": Text("洛杉矶、温哥华", "Los Angeles, Vancouver"),
}
DEFAULT_ZONE = "Asia/Shanghai"
MOST_PINS = 8


def offset(at: datetime) -> str:
    """How far a local time is from UTC, as people write it: UTC+8, UTC-3:30."""
    minutes = int((at.utcoffset() or timedelta()).total_seconds() // 60)
    sign = "-" if minutes < 0 else "+"
    hours, rest = divmod(abs(minutes), 60)
    return f"UTC{sign}{hours}" + (f":{rest:02d}" if rest else "")
