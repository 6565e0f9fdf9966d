# SPDX-License-Identifier: GPL-3.0-or-later
"""Values that accounts share and that may tell who runs them: bios, contacts, codes, templates.

A *sign* is a kind of such values. What an account shares is counted against the corpus: a value
that a few of many hold is rare, one that many hold says nothing. Everything here can be copied by
anybody but a verified credential: a rename too, by who renames his accounts in the days after.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from graphkit.graphs.handle_history import handle_history
from graphkit.text.contacts import contacts, link_codes, written_links
from graphkit.text.handles import handle_parts
from graphkit.text.near_duplicates import near_duplicate_groups
from graphkit.text.normal import normal_form

if TYPE_CHECKING:
    from graphkit.tables import Corpus

MIN_TEMPLATE, MIN_BIO = 12, 6
"""Characters of normal form below which two texts, or two bios, are equal by accident."""
SIGNS = ("handle", "bio", "contact", "code", "template", "client", "credential", "rename")
RENAME_DAYS, SETTLED_DAYS = 2, 30
"""Days within which renames are of one time; days after its making in which an account is set up.
"""
SIGNS_ONLY = r"[^\p{L}\p{N}]"
OTHERS_RENAMED = 20
"""Least other accounts whose renames were seen: of fewer, nothing says when people rename."""
COLUMNS = ("sign", "account_id", "value", "table", "key")


@dataclass(frozen=True)
class SharedValues:
    """Which accounts hold which values, and which rows say so.

    Attributes:
        rows: sign, account_id, value, table, key (of the row), by all of them; only values that
            `least` accounts or more hold.
        known: sign, account_id: the accounts that could have held a value, by both.
    """

    rows: pl.DataFrame
    known: pl.DataFrame

    def holders(self) -> pl.DataFrame:
        """sign, value, account_id, each once, sorted."""
        return self.rows.select("sign", "value", "account_id").unique().sort(pl.all())


def shared_values(corpus: Corpus, *, least: int) -> SharedValues:
    """The values of eight signs that `least` accounts or more hold.

    - handle: beginnings, ends and stems of handles and of display names
      (`text.handles.handle_parts`);
    - bio: bios that are equal or nearly equal once numbers, names and links are taken out;
    - contact: contact ids in bios and in own texts (`text.contacts.contacts`);
    - code: shop, invitation and payment codes of addresses in posts and bios
      (`text.contacts.link_codes`);
    - template: own texts that are equal once numbers, names and links are taken out;
    - client: the application that sent a post (its first post a row);
    - credential: what a verified account is verified as, among verified accounts;
    - rename: the two days in which an account was seen to have another name, among accounts that
      were (`renames`): so it is no sign to rename, or to be looked at again, but to do it together.
    """
    own = corpus.posts.filter(pl.col("is_seen"), pl.col("kind") != "repost")
    accounts, posts, renamed = corpus.accounts, corpus.posts, renames(corpus)
    linking = own.filter(pl.col("urls").list.len() > 0)
    makers = [
        (_handles(accounts), _ids(accounts, "handle", "display_name")),
        (_bios(accounts), accounts.drop_nulls("bio")),
        (_contacts(accounts, own), pl.concat([_ids(accounts, "bio"), _ids(own, "text")])),
        (_codes(accounts, own), pl.concat([_ids(accounts, "bio"), linking.select("account_id")])),
        (_templates(own), own.drop_nulls("text")),
        (_clients(posts), posts.drop_nulls("client")),
        (_credentials(accounts), accounts.filter("is_verified").drop_nulls("credential")),
        (_rename_days(renamed), renamed),
    ]
    signs = [rows.select(COLUMNS) for rows, _ in makers]
    known = [
        frame.select("account_id").unique().select(pl.lit(name).alias("sign"), "account_id")
        for name, (_, frame) in zip(SIGNS, makers, strict=True)
    ]
    shared = pl.concat([_shared(rows, least) for rows in signs])
    return SharedValues(shared.unique().sort(COLUMNS), pl.concat(known).sort("sign", "account_id"))


def _ids(frame: pl.DataFrame, *columns: str) -> pl.DataFrame:
    return frame.filter(pl.any_horizontal(pl.col(columns).is_not_null())).select("account_id")


def _shared(rows: pl.DataFrame, least: int) -> pl.DataFrame:
    """The rows of values that `least` accounts hold."""
    held = rows.group_by("value").agg(holders=pl.col("account_id").n_unique())
    return rows.join(held.filter(pl.col("holders") >= least), on="value", how="semi")


def _of_accounts(rows: pl.DataFrame, sign: str) -> pl.DataFrame:
    named = rows.with_columns(sign=pl.lit(sign), table=pl.lit("accounts"), key="account_id")
    return named.drop_nulls("value")


def _of_posts(rows: pl.DataFrame, sign: str) -> pl.DataFrame:
    named = rows.with_columns(sign=pl.lit(sign), table=pl.lit("posts"), key="post_id")
    return named.drop_nulls("value")


def _slotted(text: str) -> pl.Expr:
    """The normal form without digits: names and links are out of it already."""
    return normal_form(pl.col(text)).str.replace_all(r"\p{N}+", "")


def _handles(accounts: pl.DataFrame) -> pl.DataFrame:
    shown = accounts.select("account_id", handle="display_name")
    parts = pl.concat([handle_parts(accounts), handle_parts(shown)]).unique()
    return _of_accounts(parts.rename({"part": "value"}), "handle")


def _bios(accounts: pl.DataFrame) -> pl.DataFrame:
    slotted = accounts.select("account_id", text=_slotted("bio"))
    told = slotted.filter(pl.col("text").str.len_chars() >= MIN_BIO)
    texts = told.select("text").unique().sort("text").with_row_index("text_id")
    texts = texts.with_columns(pl.col("text_id").cast(pl.String).str.zfill(9))
    groups = near_duplicate_groups(texts).join(texts, on="text_id")
    held = told.join(groups.select("text", value="group_id"), on="text")
    return _of_accounts(held.select("account_id", "value"), "bio")


def _contacts(accounts: pl.DataFrame, own: pl.DataFrame) -> pl.DataFrame:
    in_bios = contacts(accounts.select(text_id="account_id", text="bio").drop_nulls())
    in_posts = contacts(own.select(text_id="post_id", text="text").drop_nulls())
    told = _of_accounts(in_bios.select(account_id="text_id", value="contact"), "contact")
    posted = in_posts.select(post_id="text_id", value="contact").join(
        own.select("post_id", "account_id"), on="post_id"
    )
    return pl.concat([told.select(COLUMNS), _of_posts(posted, "contact").select(COLUMNS)])


def _codes(accounts: pl.DataFrame, own: pl.DataFrame) -> pl.DataFrame:
    links = own.select("post_id", "account_id", url="urls").explode("url").drop_nulls("url")
    told = accounts.select("account_id", text="bio").drop_nulls()
    told = told.join(written_links(told["text"]), on="text")
    codes = link_codes(pl.concat([links["url"], told["url"]])).rename({"code": "value"})
    posted = links.join(codes, on="url").unique(["post_id", "value"])
    in_bios = _of_accounts(told.join(codes, on="url"), "code")
    return pl.concat([_of_posts(posted, "code").select(COLUMNS), in_bios.select(COLUMNS)])


def _templates(own: pl.DataFrame) -> pl.DataFrame:
    slotted = own.select("post_id", "account_id", value=_slotted("text"))
    return _of_posts(slotted.filter(pl.col("value").str.len_chars() >= MIN_TEMPLATE), "template")


def _clients(posts: pl.DataFrame) -> pl.DataFrame:
    first = posts.group_by("account_id", "client").agg(pl.col("post_id").min())
    return _of_posts(first.rename({"client": "value"}), "client")


def _credentials(accounts: pl.DataFrame) -> pl.DataFrame:
    verified = accounts.filter("is_verified").select("account_id", value="credential")
    return _of_accounts(verified, "credential")


def renames(corpus: Corpus) -> pl.DataFrame:
    """The times at which an account was first seen under another handle or display name.

    account_id, seen_at, table, key; sorted. Not counted are the names of its first 30 days, in
    which it is set up, and changes of nothing but signs (a flag, a snowflake, a blank).
    """
    known = pl.col("seen_at").is_not_null() | (pl.col("table") == "accounts")
    history = handle_history(corpus).filter(known).sort("account_id", "seen_at", "table", "key")
    found = []
    for column in ("handle", "display_name"):
        said = history.select("account_id", "seen_at", "table", "key", name=column)
        letters = said.with_columns(
            pl.col("name").str.to_lowercase().str.replace_all(SIGNS_ONLY, "")
        )
        named = letters.filter(pl.col("name").str.len_chars() > 0)
        other = pl.col("name") != pl.col("name").shift(1).over("account_id")
        found.append(named.filter(other).drop("name"))
    made = corpus.accounts.select("account_id", "created_at")
    aged = pl.concat(found).unique().join(made, on="account_id", how="left")
    young = pl.col("seen_at") - pl.col("created_at") < pl.duration(days=SETTLED_DAYS)
    return aged.filter(~young.fill_null(value=False)).drop("created_at").sort(pl.all())


def _rename_days(renamed: pl.DataFrame) -> pl.DataFrame:
    """Every day and the one after it are a value, so that no two days are cut apart."""
    day = pl.col("seen_at").dt.truncate("1d")
    days = [
        renamed.select("account_id", "table", "key", at=day - pl.duration(days=back))
        for back in range(RENAME_DAYS)
    ]
    dated = pl.concat(days).with_columns(value=pl.col("at").dt.to_string("%Y-%m-%d"))
    return dated.with_columns(sign=pl.lit("rename"))
