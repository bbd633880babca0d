"""Probable duplicates by Splink: how much each agreement speaks for two customers being one (Fellegi and Sunter).

The weights are set, not learnt from the customers at hand: the same two customers get the same score in every
register, a small one included, and a score can be explained. DuckDB works in memory alone: spilling would write
customers in clear to disk.
"""

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from math import log2
from typing import Any

from shouxin.customers.duplicates.features import COLUMNS, Features, as_row

LIKELY = 0.5  # a pair below is not worth a person's time
MEMORY = "2GB"  # what the engine may use; beyond it, the run fails and says so
THREADS = 2
SAME, ALIKE, DIFFERENT = "same", "alike", "different"

# Of each comparison its levels, from full agreement down: condition, how often true pairs show it (m), how often two
# customers at random do (u), and what it is called to people. The last level is "none of these".
Level = tuple[str, float, float, str]
COMPARISONS: dict[str, tuple[Level, ...]] = {
    "name": (
        ("name_l = name_r", 0.62, 0.0006, "same"),
        ("sound_l = sound_r", 0.10, 0.0006, "sound"),
        ("family_sound_l = given_sound_r AND given_sound_l = family_sound_r", 0.05, 0.0001, "swapped"),
        (
            (
                "damerau_levenshtein(sound_l, sound_r) <= 1 OR"
                " (strlen(name_l) = length(name_l) AND jaro_winkler_similarity(sound_l, sound_r) >= 0.92)"  # Latin
            ),
            0.15,
            0.001,
            "alike",
        ),
        ("given_sound_l = given_sound_r AND length(given_sound_l) > 1", 0.05, 0.006, "given"),
        ("family_sound_l = family_sound_r", 0.004, 0.03, "family"),
    ),
    "born": (
        ("born_l = born_r", 0.84, 0.00005, "same"),
        ("damerau_levenshtein(born_l, born_r) <= 1", 0.11, 0.0008, "alike"),
        ("substr(born_l, 1, 4) = substr(born_r, 1, 4)", 0.02, 0.016, "year"),
    ),
    "number": (
        ("number_l = number_r", 0.84, 0.000001, "same"),
        ("damerau_levenshtein(number_l, number_r) <= 1", 0.14, 0.00001, "alike"),
    ),
    "phone": (
        ("phone_l = phone_r", 0.66, 0.0001, "same"),
        ("damerau_levenshtein(phone_l, phone_r) <= 1", 0.03, 0.00001, "alike"),
    ),
    "email": (("email_l = email_r", 0.75, 0.000001, "same"),),
    "address": (
        ("address_l = address_r", 0.55, 0.0006, "same"),
        ("jaro_winkler_similarity(address_l, address_r) >= 0.92", 0.20, 0.0015, "alike"),
        ("jaro_winkler_similarity(address_l, address_r) >= 0.82", 0.12, 0.012, "near"),
    ),
    "place": (
        ("place_l = place_r", 0.80, 0.01, "same"),
        ("jaro_winkler_similarity(place_l, place_r) >= 0.9", 0.10, 0.02, "alike"),
    ),
}
# What speaks against, where pieces of evidence are not independent: a household shares address and telephone, twins
# share birthday and district. Only looked at where one of these holds; m is far below u.
CAUTION: tuple[Level, ...] = (
    (
        (
            "length(number_l) = 18 AND length(number_r) = 18 AND substr(number_l, 1, 14) = substr(number_r, 1, 14)"
            " AND damerau_levenshtein(number_l, number_r) > 1"
        ),
        0.02, 0.60, "twins",
    ),
    (
        (
            "phone_l = phone_r AND address_l = address_r AND damerau_levenshtein(sound_l, sound_r) > 1"
            " AND NOT (family_sound_l = given_sound_r AND given_sound_l = family_sound_r)"
        ),
        0.0006, 0.30, "household",
    ),
)  # fmt: skip
# What two customers must share to be compared at all; never a name alone, which thousands may bear.
BLOCKS = (
    ("number",),
    ("phone",),
    ("email",),
    ("sound", "born"),
    ("born", "family_sound"),
    ("born", "given_sound"),
    ("born", "substr(address, 1, 4)"),
    ("born", "place"),
    ("family_sound", "given_sound", "substr(address, 1, 6)"),
    ("family_sound", "given_sound", "place"),
    ("family_sound", "given_sound", "right(address, 6)"),
    ("place", "address"),
    ("substr(number, 1, 17)",),
)


class EngineMissing(Exception):
    """The extra is not installed."""


class EngineFailed(Exception):
    """The engine gave up; `code` tells whether for want of memory. What it said may hold values and is left behind."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Pair:
    """Two rows by number, how probably they are one customer, and how each comparison came out (its level's name)."""

    first: int
    second: int
    score: float
    levels: dict[str, str]


def is_available() -> bool:
    """Whether the extra `dedupe` is installed."""
    return find_spec("splink") is not None and find_spec("duckdb") is not None


def _silent(name: str) -> str:
    """When a comparison says nothing: one side has nothing, or (of a district) the same whole address has said it."""
    missing = f"{name}_l IS NULL OR {name}_r IS NULL"
    return f"{missing} OR coalesce(address_l = address_r, false)" if name == "place" else missing


def _comparisons() -> list[dict[str, Any]]:
    return [
        {
            "output_column_name": name,
            "comparison_levels": [
                {"sql_condition": _silent(name), "is_null_level": True},
                *(
                    {"sql_condition": condition, "m_probability": m, "u_probability": u}
                    for condition, m, u, _ in levels
                ),
                {
                    "sql_condition": "ELSE",
                    "m_probability": 1 - sum(level[1] for level in levels),
                    "u_probability": 1 - sum(level[2] for level in levels),
                },
            ],
        }
        for name, levels in COMPARISONS.items()
    ] + [
        {
            "output_column_name": "caution",
            "comparison_levels": [
                {
                    "sql_condition": " AND ".join(f"NOT coalesce({one[0]}, false)" for one in CAUTION),
                    "is_null_level": True,
                },
                *({"sql_condition": c, "m_probability": m, "u_probability": u} for c, m, u, _ in CAUTION),
                {"sql_condition": "ELSE", "m_probability": 0.96, "u_probability": 0.1},
            ],
        }
    ]


@cache
def _names_of_levels() -> dict[str, list[tuple[float, str]]]:
    """Of each comparison its levels by weight: Splink hands out how much each spoke, which no two levels share."""
    return {
        name: [(0.0, "")]
        + [(log2(m / u), level) for _, m, u, level in levels]
        + [(log2((1 - sum(one[1] for one in levels)) / (1 - sum(one[2] for one in levels))), DIFFERENT)]
        for name, levels in COMPARISONS.items()
    }


def _level(name: str, weight: float) -> str:
    return min(_names_of_levels()[name], key=lambda one: abs(one[0] - weight))[1]


def _connection() -> Any:
    import duckdb

    connection = duckdb.connect(":memory:")
    connection.execute("SET temp_directory = ''")  # nothing is ever spilt
    connection.execute(f"SET memory_limit = '{MEMORY}'")
    connection.execute(f"SET threads = {THREADS}")
    connection.execute("SET enable_external_access = false")
    connection.execute("SET lock_configuration = true")
    return connection


class Rows:
    """The customers to compare, packed column by column as they come: a million of them fit into memory."""

    def __init__(self) -> None:
        self._batches: list[Any] = []
        self._count = 0

    def __len__(self) -> int:
        return self._count

    def add(self, rows: Sequence[Features]) -> None:
        """More of them; the numbers of pairs count them in the order in which they came."""
        import pyarrow as pa

        if not rows:
            return
        columns = list(zip(*(as_row(one) for one in rows), strict=True))
        numbers = pa.array(range(self._count, self._count + len(rows)), pa.int64())
        texts = [pa.array(column, pa.string()) for column in columns]
        self._batches.append(pa.RecordBatch.from_arrays([numbers, *texts], ["uid", *COLUMNS]))
        self._count += len(rows)

    def load(self, connection: Any) -> Any:
        """Hand them to the engine and forget them here."""
        import pyarrow as pa

        connection.register("given_rows", pa.Table.from_batches(self._batches))
        connection.execute("CREATE TABLE customers AS SELECT * FROM given_rows")
        connection.unregister("given_rows")
        self._batches.clear()
        return connection.table("customers")


def pairs(rows: Rows, *, likely: float = LIKELY) -> Iterator[Pair]:
    """The probable pairs among `rows`, each once, with the score of each.

    Raises:
        EngineMissing: the extra `dedupe` is not installed.
        EngineFailed: the engine could not finish.
    """
    if not is_available():
        raise EngineMissing
    if len(rows) < 2:  # noqa: PLR2004 - nothing to pair
        return
    connection = _connection()
    try:
        yield from _predicted(connection, rows, likely)
    except Exception as error:  # noqa: BLE001 - whatever it was: its text and its frames stay here
        failed = EngineFailed(
            "memory" if "out of memory" in f"{error} {error.__cause__}".lower() else "engine"
        )
    else:
        return
    finally:
        connection.close()
    raise failed


def _predicted(connection: Any, rows: Rows, likely: float) -> Iterator[Pair]:
    from splink import Linker, SettingsCreator
    from splink.backends.duckdb import DuckDBAPI

    count = len(rows)
    api = DuckDBAPI(connection=connection)
    settings = SettingsCreator(**_settings(count))
    linker = Linker(api.register(rows.load(connection)), settings, log_level=logging.CRITICAL)
    found = linker.inference.predict(threshold_match_probability=likely, warning_mode="never")
    weights = ", ".join(f"mw_{name}" for name in COMPARISONS)
    cursor = connection.execute(
        f"SELECT uid_l, uid_r, match_probability, {weights} FROM {found.physical_name}"  # noqa: S608 - our names
        " ORDER BY uid_l, uid_r"
    )
    while some := cursor.fetchmany(5_000):
        for first, second, score, *spoke in some:
            told = {name: _level(name, weight) for name, weight in zip(COMPARISONS, spoke, strict=True)}
            yield Pair(min(first, second), max(first, second), score, told)


def _settings(count: int) -> dict[str, Any]:
    from splink import block_on

    return {
        "link_type": "dedupe_only",
        "unique_id_column_name": "uid",
        "comparisons": _comparisons(),
        "blocking_rules_to_generate_predictions": [block_on("kind", *block) for block in BLOCKS],
        "probability_two_random_records_match": min(0.001, 0.5 / count),
        "retain_matching_columns": False,
        "retain_intermediate_calculation_columns": True,  # how each comparison came out
    }
