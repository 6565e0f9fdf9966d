# SPDX-License-Identifier: GPL-3.0-or-later
"""One row for each post and account, from all that the imports say of it.

The first row stays. What later rows say otherwise are revisions; from them come the newest
counters, and what the first row did not say.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from graphkit.tables import TABLES, TIME

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from graphkit.tables import Table

SUBJECTS = {"posts": "post", "accounts": "account"}
COUNTERS = {"posts": "declared_repost_count", "accounts": "followers_count"}
UNTOLD = {
    *("platform", "time_precision", "id_time", "collected_at", "is_seen"),
    *("source_id", "source_line"),
}
TIME_TEXT = "%Y-%m-%dT%H:%M:%S%.6fZ"
MINUTE_TEXT = "%Y-%m-%dT%H:%MZ"
HANDLE_ID = "^[^:]*:@"  # the id of an account of which a format gives only the handle
NAMING = {  # the column of each table that names accounts, and may name them by handle
    **dict.fromkeys(("accounts", "posts", "actions"), "account_id"),
    **dict.fromkeys(("labels", "revisions"), "subject_id"),
    "citations": "target",
}
EARLIEST = ["collected_at", "source_id", "source_line"]


def told_columns(table: Table) -> list[str]:
    """The columns in which a later row of a post or an account may say otherwise."""
    return [name for name in table.columns if name not in {*UNTOLD, *table.key}]


def as_text(table: Table, name: str) -> pl.Expr:
    """A cell of `table` as revisions have it; null where it says nothing.

    An empty list says nothing, nor does a time of unknown precision, nor an account's id that is
    only its handle. A post's time to the minute or day has no seconds.
    """
    cell, dtype = pl.col(name), table.columns[name].dtype
    if isinstance(dtype, pl.List):
        array = pl.struct(v=cell).struct.json_encode().str.slice(5).str.head(-1)
        return pl.when(cell.list.len() > 0).then(array).alias(name)
    if dtype == TIME:
        text = cell.dt.strftime(TIME_TEXT)
        if name == "created_at" and "time_precision" in table.columns:
            coarse = pl.col("time_precision").is_in(["minute", "day"])
            to_minute = pl.when(coarse).then(cell.dt.strftime(MINUTE_TEXT))
            text = pl.when(time_precision="second").then(text).otherwise(to_minute)
        return text.alias(name)
    if name == "account_id":
        return pl.when(~cell.str.contains(HANDLE_ID)).then(cell).alias(name)
    return cell.cast(pl.String)


def _from_text(dtype: pl.DataType) -> pl.Expr:
    value = pl.col("value")
    if isinstance(dtype, pl.List):
        return value.str.json_decode(dtype)
    if dtype == TIME:
        to_second = "%Y-%m-%dT%H:%M:%S%.fZ"  # a time to the minute fills no gap
        return value.str.to_datetime(to_second, time_unit="us", time_zone="UTC", strict=False)
    return value == "true" if dtype == pl.Boolean() else value.cast(dtype)


def merged(tables: Mapping[str, pl.DataFrame], sources: pl.DataFrame) -> dict[str, pl.DataFrame]:
    """The tables with one row a post and an account, sorted by key.

    - A post that one import only refers to and another one has is the one that is there.
    - `declared_repost_count` and `followers_count` are those collected last.
    - What a row does not say (null; or an empty list, where its text did not change) is taken from
      its earliest revision.
    - `platform:@handle` stands for the one account of the platform that has, or had, that handle.
    """
    found = dict(tables)
    found["posts"] = _seen_once(found["posts"])
    found |= _resolved(found)
    for name in SUBJECTS:
        found[name] = _filled(name, found, sources).sort(TABLES[name].key)
    return found


def _seen_once(posts: pl.DataFrame) -> pl.DataFrame:
    if posts["is_seen"].all():
        return posts
    seen = posts.filter("is_seen").select("post_id")
    unseen = posts.filter(~pl.col("is_seen")).join(seen, on="post_id", how="anti")
    return pl.concat([posts.filter("is_seen"), unseen])


def _resolved(tables: Mapping[str, pl.DataFrame]) -> dict[str, pl.DataFrame]:
    """The tables that name accounts, with ids in the place of handles."""
    ids = _ids_of_handles(tables)
    if not ids:
        return {}
    found = {
        name: tables[name].with_columns(pl.col(column).replace(ids))
        for name, column in NAMING.items()
    }
    for name in ("labels", "revisions"):
        found[name] = found[name].unique(TABLES[name].key, keep="first", maintain_order=True)
    bare = tables["accounts"]["account_id"].is_in(list(ids))
    return {**found, "accounts": _joined(found["accounts"], bare)}


def _ids_of_handles(tables: Mapping[str, pl.DataFrame]) -> dict[str, str]:
    """The account for each id that is only a handle, where exactly one account has or had it."""
    asked = pl.concat(tables[n].select(account_id=column) for n, column in NAMING.items()).unique()
    bare = pl.col("account_id").str.contains(HANDLE_ID)
    if asked.filter(bare).is_empty():
        return {}
    had = tables["revisions"].filter(subject_kind="account", column="handle")
    names = pl.concat(
        [
            tables["accounts"].select("account_id", "handle"),
            had.select(account_id="subject_id", handle="value"),
        ]
    ).filter(~bare)
    platform = pl.col("account_id").str.extract("^([^:]*):")
    name = pl.concat_str(platform, pl.lit(":@"), "handle").str.to_lowercase()
    holders = names.group_by(name.alias("name")).agg(pl.col("account_id").unique())
    one = holders.drop_nulls("name").filter(pl.col("account_id").list.len() == 1)
    hits = asked.filter(bare).join(
        one.select("name", holder=pl.col("account_id").list.first()),
        left_on=pl.col("account_id").str.to_lowercase(),
        right_on="name",
    )
    return dict(zip(hits["account_id"], hits["holder"], strict=True))


def _joined(accounts: pl.DataFrame, bare: pl.Series) -> pl.DataFrame:
    """One row an account: what its own row does not say is taken from that of its handle."""
    is_twice = pl.col("account_id").is_duplicated()
    twice = accounts.with_columns(bare=bare).filter(is_twice)
    order = ["account_id", "bare", "source_id", "source_line"]
    one = twice.sort(order).group_by("account_id", maintain_order=True)
    first = one.agg(pl.exclude("bare").drop_nulls().first())
    return pl.concat([accounts.filter(~is_twice), first.select(accounts.columns)])


def _filled(name: str, tables: Mapping[str, pl.DataFrame], sources: pl.DataFrame) -> pl.DataFrame:
    """The posts or accounts with their newest counters, and gaps filled from revisions."""
    rows, key = tables[name], TABLES[name].key[0]
    said = tables["revisions"].filter(subject_kind=SUBJECTS[name]).rename({"subject_id": key})
    if said.is_empty():
        return rows
    revised = _collected(rows.join(said, on=key, how="semi"), tables["posts"], sources)
    gaps = list(_gap_values(name, revised, said))
    revised = _with_newest_count(name, revised, said)
    for column, values in gaps:
        revised = _with_values(revised, values, column)
    return pl.concat([rows.join(said, on=key, how="anti"), revised.select(rows.columns)])


def _collected(rows: pl.DataFrame, posts: pl.DataFrame, sources: pl.DataFrame) -> pl.DataFrame:
    """`rows` with `at`, when each was collected: as it says, or its line, or its file."""
    place = ["source_id", "source_line"]
    near = posts.join(rows, on=place, how="semi")
    lines = near.group_by(place).agg(line_at=pl.col("collected_at").min())
    files = sources.select("source_id", file_at="collected_at")
    both = rows.join(lines, on=place, how="left").join(files, on="source_id", how="left")
    own = ["collected_at"] if "collected_at" in rows.columns else []
    return both.with_columns(at=pl.coalesce(*own, "line_at", "file_at"))


def _with_newest_count(name: str, rows: pl.DataFrame, said: pl.DataFrame) -> pl.DataFrame:
    """`rows` with the counter that was collected last; of a tie, their own."""
    key, counter = TABLES[name].key[0], COUNTERS[name]
    columns = [key, "at", "is_own", "source_id", "source_line"]
    own = rows.with_columns(new=counter, is_own=pl.lit(value=True))
    later = said.filter(column=counter).with_columns(
        pl.col("value").cast(pl.Int64).alias("new"), at="collected_at", is_own=pl.lit(value=False)
    )
    both = pl.concat([each.select(*columns, "new") for each in (own, later)]).drop_nulls("new")
    newest = both.sort(columns).unique(key, keep="last").select(key, "new")
    found = rows.join(newest, on=key, how="left", maintain_order="left")
    return found.with_columns(pl.col("new").alias(counter)).drop("new")


def _gap_values(
    name: str, rows: pl.DataFrame, said: pl.DataFrame
) -> Iterator[tuple[str, pl.DataFrame]]:
    """For each column: `new`, by key, what its earliest revision says.

    What lists an edited post has says nothing of the lists that its first text had.
    """
    table, key = TABLES[name], TABLES[name].key[0]
    first = said.sort(EARLIEST, nulls_last=True).unique([key, "column"], keep="first")
    edited = said.filter(column="text")
    if name == "posts":
        edited = edited.join(rows.drop_nulls("text"), on=key, how="semi")
    for column in told_columns(table):
        dtype, values = table.columns[column].dtype, first.filter(column=column)
        if column != COUNTERS[name] and not values.is_empty():
            kept = values.join(edited, on=key, how="anti") if dtype.is_nested() else values
            yield column, kept.select(key, new=_from_text(dtype))


def _with_values(rows: pl.DataFrame, values: pl.DataFrame, column: str) -> pl.DataFrame:
    """`rows` with `new` of `values` where `column` says nothing."""
    old, new = pl.col(column), pl.col("new")
    gap = old.list.len() == 0 if rows.schema[column].is_nested() else old.is_null()
    is_new = gap & new.is_not_null()
    changed = [pl.when(is_new).then(new).otherwise(old).alias(column)]
    if column == "created_at" and "time_precision" in rows.columns:  # only such are revisions
        precision = pl.when(is_new).then(pl.lit("second")).otherwise("time_precision")
        changed.append(precision.alias("time_precision"))
    key = values.columns[0]
    return (
        rows.join(values, on=key, how="left", maintain_order="left")
        .with_columns(changed)
        .drop("new")
    )
