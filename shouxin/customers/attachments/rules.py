"""Pure decisions about attachments."""

from datetime import timedelta

from shouxin.core.text import Text
from shouxin.people.thresholds.rules import Threshold, declare

MEGABYTE = 1024 * 1024
AT_ONCE = 10  # files of one form
FORM = 60 * MEGABYTE  # of all files of one form, at least; never less than one file may have
STRAY_AFTER = timedelta(hours=6)  # bytes that belong to no attachment by then never will

LARGEST = declare(
    Threshold(
        "attachments-largest",
        Text("附件的大小上限", "Largest attachment"),
        Text(
            "一个附件最多这么大；更大的文件在读完之前就拒收。",
            "How large one attachment may be; a larger file is refused before it is read.",
        ),
        "megabytes",
        20,
        1,
        100,
    )
)


def form_limit(largest: int) -> int:
    """How many bytes one form may carry, when one file may have `largest`."""
    return max(FORM, largest + MEGABYTE)
