# SPDX-License-Identifier: GPL-3.0-or-later
"""The rows behind findings and traces, with pseudonyms, and their keys before and after."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from graphkit.bundle.masking import masked_handles, masked_texts
from graphkit.case.pseudonyms import pseudonym_column
from graphkit.errors import BundleError
from graphkit.tables import TABLES

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

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


@dataclass(frozen=True)
class _Masks:
    """What masks rows: the pseudonyms (old, new) of all their accounts and posts, made once."""

    withheld: Withheld
    accounts: pl.DataFrame
    posts: pl.DataFrame


def masked_rows(withheld: Withheld, rows: Mapping[str, pl.DataFrame]) -> dict[str, pl.DataFrame]:
    """`rows` (as from `rows_behind`) by table with pseudonyms, and `new_key` beside `key`.

    Biographies and owners of withheld accounts are hashed with the case's key: equal ones have
    equal hashes. What stays of posts' texts is said by `excerpts`.
    """
    ids = {
        role: [
            frame[c] for name, frame in rows.items() for c, r in COLUMNS[name].items() if r == role
        ]
        for role in ("account", "post")
    }
    masks = _Masks(
        withheld,
        accounts=_pseudonyms(withheld, ids["account"], prefix="acct"),
        posts=_pseudonyms(withheld, ids["post"], prefix="post"),
    )
    return {name: _masked(masks, name, frame) for name, frame in rows.items()}


def _pseudonyms(withheld: Withheld, columns: Sequence[pl.Series], *, prefix: str) -> pl.DataFrame:
    """old, new: each id in the columns that is not published, and its pseudonym."""
    ids = [column.rename("old").drop_nulls().unique() for column in columns]
    old = pl.concat([pl.Series("old", dtype=pl.String), *ids]).unique()
    old = old.filter(~old.is_in([*withheld.accounts, *withheld.posts]))
    return pl.DataFrame({"old": old, "new": pseudonym_column(withheld.case, old, prefix=prefix)})


def _masked(masks: _Masks, name: str, rows: pl.DataFrame) -> pl.DataFrame:
    changes = [_MASKS[role](masks, rows, column) for column, role in COLUMNS[name].items()]
    changed = rows.with_columns(changes)
    return changed.with_columns(TABLES[name].row_key().alias("new_key")).sort("new_key")


def _accounts(masks: _Masks, rows: pl.DataFrame, column: str) -> pl.Series:
    return _mapped(rows[column], masks.accounts)


def _posts(masks: _Masks, rows: pl.DataFrame, column: str) -> pl.Series:
    return _mapped(rows[column], masks.posts)


def _own_names(masks: _Masks, rows: pl.DataFrame, column: str) -> pl.Series:
    names = _accounts(masks, rows, "account_id").set(rows[column].is_null(), None)
    return _where(_hidden(masks.withheld, rows), names, rows[column])


def _hashed(masks: _Masks, rows: pl.DataFrame, column: str) -> pl.Series:
    old, hidden = rows[column], _hidden(masks.withheld, rows)
    codes = _coded(masks.withheld, _only(old, hidden), prefix=column)
    return _where(hidden, codes, _said(masks, rows.with_columns(_only(old, ~hidden)), column))


def _handles(masks: _Masks, rows: pl.DataFrame, column: str) -> pl.Series:
    handles = rows[column].explode().drop_nulls().unique()
    return _mapped(rows[column], _pairs(masked_handles(masks.withheld, handles)))


def _objects(masks: _Masks, rows: pl.DataFrame, column: str) -> pl.Series:
    is_handle = rows["act"] == "mention"
    names = _pairs(masked_handles(masks.withheld, rows[column].filter(is_handle).unique()))
    return _where(is_handle, _mapped(rows[column], names), _said(masks, rows, column))


def _hidden(withheld: Withheld, rows: pl.DataFrame) -> pl.Series:
    return ~rows["account_id"].is_in(list(withheld.accounts))


def _said(masks: _Masks, rows: pl.DataFrame, column: str) -> pl.Series:
    old = rows[column]
    flat = old.explode() if old.dtype == pl.List else old
    texts = flat.drop_nulls().unique().to_list()
    return _mapped(old, _pairs(masked_texts(masks.withheld, texts)))


def _pairs(by: Mapping[str, str]) -> pl.DataFrame:
    return pl.DataFrame({"old": list(by), "new": list(by.values())}, schema=_PAIRS)


def _mapped(column: pl.Series, by: pl.DataFrame) -> pl.Series:
    """The column, its texts (or those in its lists) that are `old` in `by` being `new`."""
    if not by.height:
        return column
    if column.dtype == pl.List:
        return column.list.eval(pl.element().replace(by["old"], by["new"]))
    asked = column.alias("old").to_frame()
    found = asked.join(by, on="old", how="left", maintain_order="left")
    return found.select(pl.coalesce("new", "old").alias(column.name)).to_series()


def _only(column: pl.Series, condition: pl.Series) -> pl.Series:
    """The column where the condition holds, else null."""
    return column.zip_with(condition.fill_null(value=False), column.clear(1))


def _where(condition: pl.Series, then: pl.Series, otherwise: pl.Series) -> pl.Series:
    return then.zip_with(condition.fill_null(value=False), otherwise).alias(otherwise.name)


_PAIRS = pl.Schema({"old": pl.String, "new": pl.String})
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
_MASKS: Mapping[str, Callable[[_Masks, pl.DataFrame, str], pl.Series]] = {
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
        told["posts"] = rows["posts"].with_columns(
            _coded(withheld, rows["posts"]["media_hashes"], prefix="object")
        )
    if "actions" in rows:
        objects, is_text = rows["actions"]["object_id"], rows["actions"]["act"].is_in(SEARCHABLE)
        codes = _coded(withheld, _only(objects, is_text), prefix="object")
        coded = _where(is_text, codes, objects)
        told["actions"] = rows["actions"].with_columns(coded)
    return told


def _coded(withheld: Withheld, column: pl.Series, *, prefix: str) -> pl.Series:
    """The keyed hashes of the texts in the column, or in its lists."""
    flat = column.explode() if column.dtype == pl.List else column
    old = flat.drop_nulls().unique()
    codes = pseudonym_column(withheld.case, old, prefix=prefix)
    return _mapped(column, pl.DataFrame({"old": old, "new": codes}))


def stored_rows(name: str, rows: pl.DataFrame) -> pl.DataFrame:
    """The columns of table `name` in its order, sorted by key: what a bundle holds."""
    table = TABLES[name]
    return rows.select(list(table.columns)).sort(table.key)
