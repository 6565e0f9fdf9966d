# SPDX-License-Identifier: GPL-3.0-or-later
"""Values that accounts share and that may tell who runs them: bios, contacts, codes, templates.

A *sign* is a kind of such values. What an account shares is counted against the corpus: a value
that a few of many hold is rare, one that many hold says nothing. Everything here can be copied by
anybody but a verified credential.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from graphkit.text.contacts import contacts, link_codes
from graphkit.text.handles import handle_parts
from graphkit.text.near_duplicates import near_duplicate_groups
from graphkit.text.normal import normal_form

if TYPE_CHECKING:
    from graphkit.tables import Corpus

MIN_TEMPLATE, MIN_BIO = 12, 6
"""Characters of normal form below which two texts, or two bios, are equal by accident."""
SIGNS = ("handle", "bio", "contact", "code", "template", "client", "credential")
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
    """The values of seven signs that `least` accounts or more hold.

    - handle: beginnings, ends and stems of handles (`text.handles.handle_parts`);
    - bio: bios that are equal or nearly equal once numbers, names and links are taken out;
    - contact: contact ids in bios and in own texts (`text.contacts.contacts`);
    - code: shop, invitation and payment codes of addresses in posts (`text.contacts.link_codes`);
    - template: own texts that are equal once numbers, names and links are taken out;
    - client: the application that sent a post (its first post a row);
    - credential: what a verified account is verified as, among verified accounts.
    """
    own = corpus.posts.filter(pl.col("is_seen"), pl.col("kind") != "repost")
    accounts, posts = corpus.accounts, corpus.posts
    makers = [
        (_handles(accounts), accounts.drop_nulls("handle")),
        (_bios(accounts), accounts.drop_nulls("bio")),
        (_contacts(accounts, own), pl.concat([_ids(accounts, "bio"), _ids(own, "text")])),
        (_codes(own), own.filter(pl.col("urls").list.len() > 0)),
        (_templates(own), own.drop_nulls("text")),
        (_clients(posts), posts.drop_nulls("client")),
        (_credentials(accounts), accounts.filter("is_verified").drop_nulls("credential")),
    ]
    signs = [rows.select(COLUMNS) for rows, _ in makers]
    known = [
        frame.select("account_id").unique().select(pl.lit(name).alias("sign"), "account_id")
        for name, (_, frame) in zip(SIGNS, makers, strict=True)
    ]
    shared = pl.concat([_shared(rows, least) for rows in signs])
    return SharedValues(shared.unique().sort(COLUMNS), pl.concat(known).sort("sign", "account_id"))


def _ids(frame: pl.DataFrame, column: str) -> pl.DataFrame:
    return frame.drop_nulls(column).select("account_id")


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
    return _of_accounts(handle_parts(accounts).rename({"part": "value"}), "handle")


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


def _codes(own: pl.DataFrame) -> pl.DataFrame:
    links = own.select("post_id", "account_id", url="urls").explode("url").drop_nulls("url")
    coded = links.join(link_codes(links["url"]), on="url").rename({"code": "value"})
    return _of_posts(coded.unique(["post_id", "value"]), "code")


def _templates(own: pl.DataFrame) -> pl.DataFrame:
    slotted = own.select("post_id", "account_id", value=_slotted("text"))
    return _of_posts(slotted.filter(pl.col("value").str.len_chars() >= MIN_TEMPLATE), "template")


def _clients(posts: pl.DataFrame) -> pl.DataFrame:
    first = posts.group_by("account_id", "client").agg(pl.col("post_id").min())
    return _of_posts(first.rename({"client": "value"}), "client")


def _credentials(accounts: pl.DataFrame) -> pl.DataFrame:
    verified = accounts.filter("is_verified").select("account_id", value="credential")
    return _of_accounts(verified, "credential")
