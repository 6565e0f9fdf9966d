# SPDX-License-Identifier: GPL-3.0-or-later
"""Which new rows repeat another, in their file, another file or the case, and what they say anew.

Hashes find the rows that may repeat another; only those are read whole and compared exactly.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from graphkit.case.merging import COUNTERS, SUBJECTS, as_text, told_columns
from graphkit.investigation.staging import STAGED, identity_hash
from graphkit.reading.tables import identity
from graphkit.tables import REVISIONS, TABLES

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

ROWS_AT_ONCE = 3_000_000  # of tables of which only the key is compared
WHOLE_ROWS_AT_ONCE = 500_000
# Seconds by which times of a precision must differ.
WIDTH = {"minute": 60, "hour": 3_600, "day": 86_400}
DROPPED = pl.Schema(
    {
        "row": pl.Int64(),
        "file": pl.Int32(),
        "is_main": pl.Boolean(),
        "line": pl.Int64(),
        "first": pl.Int64(),
        "is_held": pl.Boolean(),
    }
)
ANEW = pl.Schema(
    {
        **{name: REVISIONS.schema[name] for name in (*REVISIONS.key[:4], "collected_at")},
        "file": pl.Int32(),
        "source_line": pl.Int64(),
        "is_main": pl.Boolean(),
        "is_gap": pl.Boolean(),
    }
)


@dataclass(frozen=True)
class Held:
    """What the case has: the rows of a table with `at`, when they were collected; revisions."""

    rows: pl.LazyFrame
    revisions: pl.LazyFrame


@dataclass(frozen=True)
class Repeats:
    """The new rows that repeat another, and what they say otherwise.

    Attributes:
        dropped: row, file, is_main, line; first, the line of the same file that it repeats; and
            is_held, whether it repeats a row of the case.
        anew: revisions, with `file` for source_id; `is_gap` where the first row says nothing.
    """

    dropped: pl.DataFrame
    anew: pl.DataFrame


def repeats(name: str, staged: pl.LazyFrame, held: Held) -> Repeats:
    """What repeats another among the staged rows of the table `name`.

    The row that stays is the one of the case, else a counted row before those that came along, the
    one collected first, of the first file, on the first line; a post that is seen before all those
    that are only referred to.
    """
    known = held.rows.with_columns(identity_hash(name))
    key, told = [*identity(name)], _told(name)
    needed = [*dict.fromkeys([*key, *told, "source_line"])]
    dropped, anew = [pl.DataFrame(schema=DROPPED)], [pl.DataFrame(schema=ANEW)]
    size = WHOLE_ROWS_AT_ONCE if name in SUBJECTS else ROWS_AT_ONCE
    for some in _portions(staged, known, size=size):
        new = staged.join(some, on="hash", how="semi").select(*STAGED, *needed)
        old = known.join(some, on="hash", how="semi").select("at", "hash", *needed)
        both = [each.collect(engine="streaming") for each in (new, old)]
        plain, *rest = _plain(key, told, *both)
        ranked = _ranked(name, *rest)
        dropped += [_dropped(plain), _dropped(ranked)]
        if name in SUBJECTS:
            anew.append(_anew(name, ranked, held.revisions))
    return Repeats(pl.concat(dropped).sort("row"), pl.concat(anew))


def _told(name: str) -> list[str]:
    """The columns that are compared where two rows have the same key."""
    if name not in SUBJECTS:
        return []
    more = {"posts": ["is_seen", "time_precision"], "accounts": []}
    return [*told_columns(TABLES[name]), *more[name]]


def _plain(
    key: list[str], told: list[str], new: pl.DataFrame, old: pl.DataFrame
) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    """The new rows that say what the case says, of keys of which all do; then the other rows.

    They are nearly all where a file has grown, and need no sorting.
    """
    said = pl.struct(told).hash() if told else pl.lit(0, pl.UInt64)
    known = old.select(*key, known=said)
    both = new.select(*key, said=said).join(known, on=key, how="left", nulls_equal=True)
    other = both.filter(pl.col("said").ne_missing(pl.col("known"))).select(key).unique()
    plain = new.join(other, on=key, how="anti", nulls_equal=True)
    new, old = (each.join(other, on=key, how="semi", nulls_equal=True) for each in (new, old))
    whence = pl.lit(None, pl.Int32).alias("first_file"), pl.lit(None, pl.Int64).alias("first_line")
    return plain.with_columns(*whence, is_first=False, is_old=False), new, old


def _portions(staged: pl.LazyFrame, known: pl.LazyFrame, *, size: int) -> Iterator[pl.LazyFrame]:
    """The hashes of rows that may repeat another, some at a time."""
    hashes = staged.select("hash").collect(engine="streaming").to_series().sort()
    twice = hashes.filter(hashes == hashes.shift(1))
    held = known.select("hash").collect(engine="streaming").to_series().unique()
    suspects = pl.concat([twice, hashes.filter(hashes.is_in(held.implode()))]).unique().sort()
    count = hashes.is_in(suspects.implode()).sum() + suspects.len()
    portions = -(-int(count) // size)
    for number in range(portions):
        yield suspects.gather_every(portions, number).to_frame("hash").lazy()


def _ranked(name: str, new: pl.DataFrame, old: pl.DataFrame) -> pl.DataFrame:
    """Both with `is_old`, `is_first` (the row that stays), and where it is: its file and line."""
    key = identity(name)
    rows = pl.concat(
        [new.with_columns(is_old=False), old.with_columns(is_old=True)], how="diagonal"
    )
    seen = ["is_seen"] if name == "posts" else []
    order = [*seen, "is_old", "is_main", "at", "file", "source_line", "row"]
    ranked = _sorted(rows, ["hash"], order)
    if ranked.filter(_starts(["hash", *key]) != _starts(["hash"])).height:  # one hash of two keys
        ranked = _sorted(rows, ["hash", *key], order)
    start = _starts(key)
    return ranked.with_columns(
        is_first=start == pl.int_range(pl.len()),
        first_file=pl.col("file").gather(start),
        first_line=pl.col("source_line").gather(start),
    )


def _sorted(rows: pl.DataFrame, key: list[str], order: list[str]) -> pl.DataFrame:
    by = [*key, *order]
    falling = [each in ("is_seen", "is_old", "is_main") for each in by]
    return rows.sort(by, descending=falling, nulls_last=True)


def _starts(key: Sequence[str]) -> pl.Expr:
    """Of each row the number of the first row with its key, where such rows stand together.

    Many times faster than `over(key)` where nearly every row has a key of its own.
    """
    is_new = pl.any_horizontal(pl.col(n).ne_missing(pl.col(n).shift(1)) for n in key)
    return pl.when(is_new).then(pl.int_range(pl.len())).forward_fill().fill_null(0)


def _dropped(ranked: pl.DataFrame) -> pl.DataFrame:
    again = ranked.filter(~pl.col("is_old"), ~pl.col("is_first"))
    here = pl.col("first_file") == pl.col("file")
    return again.select(
        "row",
        "file",
        "is_main",
        line="source_line",
        first=pl.when(here).then("first_line"),
        is_held=pl.col("first_file").is_null(),
    )


def _anew(name: str, ranked: pl.DataFrame, revisions: pl.LazyFrame) -> pl.DataFrame:
    """What rows say otherwise than the one before them in time, or where it is first the one kept.

    So a counter that rises and falls back is two revisions, one that stays is none.
    """
    rows = _in_time(name, ranked)
    before = [_changes(name, rows, column) for column in told_columns(TABLES[name])]
    changes = pl.concat([pl.DataFrame(schema=ANEW), *before])
    on = ["subject_kind", "subject_id", "column", "value", "collected_at"]
    known = revisions.join(changes.lazy(), on="subject_id", how="semi").select(on)
    return changes.join(known.collect(engine="streaming"), on=on, how="anti", nulls_equal=True)


def _in_time(name: str, ranked: pl.DataFrame) -> pl.DataFrame:
    """The rows of what is not said the same everywhere, by key and time, their cells as text.

    `start` is the number of the first row of their key, `kept` of the row that stays. A post that
    is only referred to says nothing but that it was deleted: that is how a stream tells it.
    """
    table = TABLES[name]
    told = told_columns(table)
    if name == "posts":
        ranked = ranked.filter(pl.col("is_seen") | pl.col("deleted_at").is_not_null())
    said = ranked.with_columns(start=_starts(table.key), said=pl.struct(told).hash())
    other = said.filter(pl.col("said") != pl.col("said").gather(pl.col("start")))
    rows = said.filter(pl.col("start").is_in(other["start"].unique().implode()))
    in_time = rows.sort("start", "at", "file", "source_line", "row")
    timed = in_time.with_columns(start=_starts(table.key))
    kept = timed.with_row_index("kept").filter("is_first").select("start", "kept")
    texts = [as_text(table, each) for each in told]
    if name == "posts":
        texts = [_when_seen(each) for each in texts]
        texts.append(pl.col("created_at").alias("shown_at"))
    return timed.join(kept, on="start", maintain_order="left").with_columns(texts)


def _when_seen(cell: pl.Expr) -> pl.Expr:
    """`cell`, null where the post is only referred to, but for when it was deleted."""
    if cell.meta.output_name() == "deleted_at":
        return cell
    return pl.when("is_seen").then(cell).alias(cell.meta.output_name())


def _differs_in_time() -> pl.Expr:
    """Whether a post's time differs from that of the row that stays by the coarser precision."""
    width = pl.col("time_precision").replace_strict(WIDTH, default=0, return_dtype=pl.Int64)
    coarser = pl.max_horizontal(width, width.gather(pl.col("kept")))
    apart = (pl.col("shown_at") - pl.col("shown_at").gather(pl.col("kept"))).abs()
    return (apart.dt.total_seconds() >= coarser).fill_null(value=True)


def _changes(name: str, rows: pl.DataFrame, column: str) -> pl.DataFrame:
    """The rows that say something else in `column` than the last one before that says something.

    A counter that goes back to what it was is a change; a text that does is none.
    """
    value = pl.col(column)
    last = pl.when(value.is_not_null()).then(pl.int_range(pl.len())).forward_fill().shift(1)
    before = pl.when(last >= pl.col("start")).then(value.gather(last))
    kept = value.gather(pl.col("kept"))
    is_other = value.ne_missing(pl.coalesce(before, kept)) & value.is_not_null()
    if column != COUNTERS[name]:
        is_other &= value.ne_missing(kept)
    if name == "posts" and column == "created_at":
        is_other &= _differs_in_time()
    is_new = ~pl.col("is_first") & ~pl.col("is_old")
    changed = rows.with_columns(is_gap=kept.is_null()).filter(is_other & is_new)
    return changed.select(
        subject_kind=pl.lit(SUBJECTS[name]),
        subject_id=TABLES[name].key[0],
        column=pl.lit(column),
        value=value,
        collected_at="at",
        file="file",
        source_line="source_line",
        is_main="is_main",
        is_gap="is_gap",
    )
