# SPDX-License-Identifier: GPL-3.0-or-later
"""The rows behind findings and traces, with pseudonyms, and their keys before and after."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from graphkit.bundle.masking import masked_handles, masked_ids, masked_texts
from graphkit.case import pseudonyms
from graphkit.errors import BundleError
from graphkit.tables import TABLES

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from graphkit.bundle.excerpts import Excerpts
    from graphkit.bundle.names import Withheld
    from graphkit.tables import Corpus


def rows_behind(
    corpus: Corpus, keys: pl.DataFrame, *, traced: pl.Series
) -> dict[str, pl.DataFrame]:
    """The rows of each table that `keys` (table, key) and the post ids `traced` name.

    Each frame has the table's columns, `key`, and `is_evidence`: false for rows that are there only
    to be read beside the evidence (posts that carry an action or a citation, accounts, sources).

    Raises:
        BundleError: the evidence names a row that the case does not hold.
    """
    found = {}
    for name, table in TABLES.items():
        asked = keys.filter(pl.col("table") == name).select("key").unique()
        keyed = corpus.table(name).with_columns(table.row_key(), is_evidence=True)
        found[name] = keyed.join(asked, on="key", how="semi")
        if found[name].height != asked.height:
            lost = asked.height - found[name].height
            raise BundleError(
                f"{lost} rows of evidence are not in the table {name}; run: graphkit detect again"
            )
    traces = _beside(corpus, "posts", "post_id", traced).with_columns(is_evidence=True)
    found["posts"] = pl.concat([found["posts"], traces]).unique("key")
    for name, column, ids in _context(corpus, found):
        more = _beside(corpus, name, column, ids).join(found[name], on="key", how="anti")
        found[name] = pl.concat([found[name], more])
    return {name: rows.sort("key") for name, rows in found.items() if rows.height}


def _context(corpus: Corpus, found: Mapping[str, pl.DataFrame]) -> list[tuple[str, str, pl.Series]]:
    """Table, column and ids of the rows that are to be read beside those found."""
    citations, posts = found["citations"], found["posts"]
    carriers = [citations["post_id"], citations["target"], found["actions"]["content_id"]]
    ids = pl.concat([each.rename("id") for each in (*carriers, posts["parent_id"])])
    beside = _beside(corpus, "posts", "post_id", ids)
    everyone = [frame["account_id"] for frame in (posts, beside, found["actions"])]
    sources = [rows["source_id"] for name, rows in found.items() if name != "sources"]
    return [
        ("posts", "post_id", ids),
        ("accounts", "account_id", pl.concat(everyone)),
        ("sources", "source_id", pl.concat([*sources, beside["source_id"]])),
    ]


def _beside(corpus: Corpus, name: str, column: str, ids: pl.Series) -> pl.DataFrame:
    table = TABLES[name]
    wanted = corpus.table(name).filter(pl.col(column).is_in(ids.drop_nulls().unique().implode()))
    return wanted.with_columns(table.row_key(), is_evidence=False)


def masked_rows(withheld: Withheld, name: str, rows: pl.DataFrame) -> pl.DataFrame:
    """`rows` (as from `rows_behind`) of table `name` with pseudonyms, and `new_key` beside `key`.

    Biographies and owners of withheld accounts are hashed with the case's key: equal ones have
    equal hashes. What stays of posts' texts is said by `excerpts`.
    """
    changes = [_MASKS[role](withheld, rows, column) for column, role in COLUMNS[name].items()]
    changed = rows.with_columns(changes)
    return changed.with_columns(TABLES[name].row_key().alias("new_key")).sort("new_key")


def _accounts(withheld: Withheld, rows: pl.DataFrame, column: str) -> pl.Series:
    return _mapped(rows[column], masked_ids(withheld, rows[column].unique(), prefix="acct"))


def _posts(withheld: Withheld, rows: pl.DataFrame, column: str) -> pl.Series:
    return _mapped(rows[column], masked_ids(withheld, rows[column].unique(), prefix="post"))


def _own_names(withheld: Withheld, rows: pl.DataFrame, column: str) -> pl.Series:
    names = _accounts(withheld, rows, "account_id").set(rows[column].is_null(), None)
    return _where(_hidden(withheld, rows), names, rows[column])


def _hashed(withheld: Withheld, rows: pl.DataFrame, column: str) -> pl.Series:
    old = rows[column]
    codes = pseudonyms(withheld.case, old.drop_nulls().unique().sort(), prefix=column)
    hidden = _hidden(withheld, rows)
    shown = rows.with_columns(old.zip_with(~hidden, pl.Series(column, [None], dtype=pl.String)))
    return _where(hidden, _mapped(old, codes), _said(withheld, shown, column))


def _handles(withheld: Withheld, rows: pl.DataFrame, column: str) -> pl.Series:
    handles = rows[column].explode().drop_nulls().unique()
    return _mapped(rows[column], masked_handles(withheld, handles))


def _objects(withheld: Withheld, rows: pl.DataFrame, column: str) -> pl.Series:
    is_handle = rows["act"] == "mention"
    names = masked_handles(withheld, rows[column].filter(is_handle).unique())
    return _where(is_handle, _mapped(rows[column], names), _said(withheld, rows, column))


def _hidden(withheld: Withheld, rows: pl.DataFrame) -> pl.Series:
    return ~rows["account_id"].is_in(list(withheld.accounts))


def _said(withheld: Withheld, rows: pl.DataFrame, column: str) -> pl.Series:
    old = rows[column]
    flat = old.explode() if old.dtype == pl.List else old
    return _mapped(old, masked_texts(withheld, flat.drop_nulls().unique().to_list()))


def _mapped(column: pl.Series, by: Mapping[str, str]) -> pl.Series:
    if column.dtype != pl.List:
        return column.replace(by)
    old, new = (pl.Series(each, dtype=pl.String) for each in (list(by), list(by.values())))
    return column.list.eval(pl.element().replace(old, new))


def _where(condition: pl.Series, then: pl.Series, otherwise: pl.Series) -> pl.Series:
    return then.zip_with(condition.fill_null(value=False), otherwise).alias(otherwise.name)


SEARCHABLE = ("text", "near_text", "image")  # acts whose object is a text or a picture
# Columns that are not here name nobody; what is shown of texts is said by `excerpts`.
COLUMNS: Mapping[str, Mapping[str, str]] = {
    "accounts": {
        "account_id": "account",
        "handle": "own name",
        "display_name": "own name",
        "bio": "hash",
        "credential": "said",
        "declared_owner": "hash",
    },
    "posts": {
        "post_id": "post",
        "account_id": "account",
        "parent_id": "post",
        "root_id": "post",
        "url": "hash",
        "urls": "said",
        "mentions": "handle",
        "hashtags": "said",
        "source_label": "said",
        "client": "said",
    },
    "citations": {"post_id": "post", "target": "said", "outlet": "said"},
    "actions": {
        "action_id": "hash",
        "account_id": "account",
        "object_id": "object",
        "content_id": "post",
    },
    "rankings": {"list_id": "said", "topic": "said", "category": "said"},
    "labels": {"subject_id": "said", "label": "said", "labelled_by": "said", "url": "said"},
    "revisions": {"subject_id": "said", "value": "hash"},
    "sources": {"file": "said"},
}
_MASKS: Mapping[str, Callable[[Withheld, pl.DataFrame, str], pl.Series]] = {
    "account": _accounts,
    "post": _posts,
    "own name": _own_names,
    "hash": _hashed,
    "said": _said,
    "handle": _handles,
    "object": _objects,
}


def with_excerpts(rows: Mapping[str, pl.DataFrame], shown: Excerpts) -> dict[str, pl.DataFrame]:
    """`rows` (as from `rows_behind`) with what is shown of posts' texts, and spans that fit it."""
    told = dict(rows)
    if "posts" in told:
        texts = shown.texts.rename({"text": "shown"})
        both = told["posts"].join(texts, on="post_id", how="left", maintain_order="left")
        told["posts"] = both.with_columns(text="shown").drop("shown")
    if "citations" in told:
        places = told["citations"].select("post_id", start="span_start", end="span_end")
        found = places.join(
            shown.spans, on=["post_id", "start", "end"], how="left", maintain_order="left"
        )
        told["citations"] = told["citations"].with_columns(
            span_start=found["new_start"], span_end=found["new_end"]
        )
    return told


def unsearchable(withheld: Withheld, rows: Mapping[str, pl.DataFrame]) -> dict[str, pl.DataFrame]:
    """`rows` with keyed hashes for hashes of pictures, and for texts that actions are about."""
    told = dict(rows)
    if "posts" in rows:
        told["posts"] = rows["posts"].with_columns(_coded(withheld, rows["posts"]["media_hashes"]))
    if "actions" in rows:
        objects, acts = rows["actions"]["object_id"], rows["actions"]["act"]
        coded = _where(acts.is_in(SEARCHABLE), _coded(withheld, objects), objects)
        told["actions"] = rows["actions"].with_columns(coded)
    return told


def _coded(withheld: Withheld, column: pl.Series) -> pl.Series:
    flat = column.explode() if column.dtype == pl.List else column
    codes = pseudonyms(withheld.case, flat.drop_nulls().unique().sort(), prefix="object")
    return _mapped(column, codes)


def stored_rows(name: str, rows: pl.DataFrame) -> pl.DataFrame:
    """The columns of table `name` in its order, sorted by key: what a bundle holds."""
    table = TABLES[name]
    return rows.select(list(table.columns)).sort(table.key)
