"""Line 15: identifiers recognised in free text: how many are missed or wrongly found, and how fast."""

import random
import re
import time

from benchmarks.harness import SEED, Profile, Result, Side
from shouxin.core.identifiers import recognise
from shouxin.core.identifiers.tests.sentences import (
    CHECKED,
    POSITIVES,
    hard_text_with_truth,
    score,
    text_with_truth,
)
from shouxin.core.identifiers.tests.tales import measured, tale_with_truth

TALK = "客户来电咨询沙发的交货时间，表示周末在家，可以安排师傅上门安装，另外希望把发票抬头改成公司名称。"
TEXTS = 4_000
RUN_OF_DIGITS = re.compile(r"[0-9]{6,}")


def _texts(r: random.Random) -> list[str]:
    """Service notes: a hard or a plain sentence with identifiers in every other, talk around them."""
    make = (text_with_truth, hard_text_with_truth)
    return [f"{TALK * r.randint(1, 3)}{r.choice(make)(r)[0]}" for _ in range(TEXTS)]


def _seconds(work: "re.Pattern[str] | None", texts: list[str]) -> float:
    began = time.process_time()
    for text in texts:
        _found = work.findall(text) if work else recognise(text)
    return time.process_time() - began


def _judged() -> dict[str, dict[str, float]]:
    """The F1 of each kind: in plain spelling, and in hard spelling for those that prove themselves and mobiles."""
    r = random.Random(SEED)
    plain = score(text_with_truth(r) for _ in range(TEXTS))
    hard = score(hard_text_with_truth(r) for _ in range(TEXTS))
    mobiles = score(hard_text_with_truth(r, ["MOBILE"]) for _ in range(TEXTS))
    return {
        "plain": {kind: round(plain[kind], 4) for kind in POSITIVES},
        "hard": {kind: round(hard[kind], 4) for kind in CHECKED} | {"MOBILE": round(mobiles["MOBILE"], 4)},
    }


def _told() -> dict[str, dict[str, float]]:
    """Names and addresses, which nothing proves: precision, recall, F1, and the share of characters a mask hides."""
    r = random.Random(SEED)
    found = measured(tale_with_truth(r) for _ in range(TEXTS))
    return {kind: {name: round(value, 4) for name, value in by.items()} for kind, by in found.items()}


def measure(profile: Profile) -> Result:
    """Megabytes a second of processor time, against one regular expression that knows nothing of identifiers."""
    texts = _texts(random.Random(SEED))
    size = sum(len(text.encode()) for text in texts) / 1e6
    sides = Side(), Side()
    for warm in (True, *[False] * profile.rounds):
        for side, work in zip(sides, (None, RUN_OF_DIGITS), strict=True):
            seconds = _seconds(work, texts)
            if not warm:
                side.rates.append(size / seconds)
    found = _judged()
    return Result(
        line="15",
        name="identifiers recognised in free text",
        size=f"{len(texts):,} service notes, {size:.1f} MB of UTF-8",
        unit="MB/s",
        ours=sides[0],
        baseline=sides[1],
        baseline_name="one regular expression for six and more digits",
        unprotected="it tells no kind, checks no check digit and knows no spelling but bare digits",
        must=1,
        want=5,
        judged="figure",
        limits={"not_right": (0.01, 0.001)},
        more={
            "f1": found,
            "told": _told(),
            "not_right": round(1 - min(found["hard"][kind] for kind in CHECKED), 4),
        },
    )
