# SPDX-License-Identifier: GPL-3.0-or-later
"""Ways to reach or to pay somebody that a text or an address gives: contact ids and shop codes."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any

import polars as pl

from graphkit.text.links import canonical_url, host


@cache
def _lists() -> dict[str, Any]:
    return tomllib.loads(files("graphkit.text").joinpath("contacts.toml").read_text("utf-8"))


def contacts(texts: pl.DataFrame) -> pl.DataFrame:
    """The contact ids in each text of `texts` (`text_id`, `text`), by the forms of contacts.toml.

    Columns: text_id, contact (`kind:id`, in lower case, a phone number without separators),
    distinct and sorted. An id is what is written: whose it is, the text does not prove.

    >>> said = ["加微信：Bluefin_88 或 QQ 123456", "mail Team@Shop.example", "nothing"]
    >>> contacts(pl.DataFrame({"text_id": ["a", "b", "c"], "text": said})).rows()
    [('a', 'qq:123456'), ('a', 'wechat:bluefin_88'), ('b', 'e-mail:team@shop.example')]
    """
    plain = texts.select("text_id", text=pl.col("text").str.normalize("NFKC").str.to_lowercase())
    found = [_matches(plain, each["name"], each["pattern"]) for each in _lists()["contact"]]
    return pl.concat(found).unique().sort("text_id", "contact")


def _matches(plain: pl.DataFrame, kind: str, pattern: str) -> pl.DataFrame:
    hits = plain.filter(pl.col("text").str.contains(pattern))
    each = hits.select("text_id", whole=pl.col("text").str.extract_all(pattern)).explode("whole")
    written = pl.col("whole").str.extract(pattern)
    number = written.str.replace_all("[ -]", "") if kind == "phone" else written
    return each.select("text_id", contact=pl.concat_str(pl.lit(f"{kind}:"), number))


def link_codes(urls: pl.Series) -> pl.DataFrame:
    """The shop, invitation and payment codes of each distinct address: columns url and code.

    A code is the host with the parameter or segment that carries it and its value, so the same
    value at two shops is two codes. Sorted; addresses without a code have no row.

    >>> urls = ["https://s.example/item/7?aff=yt9&x=1", "https://ko-fi.com/ann", "https://a.b/c"]
    >>> link_codes(pl.Series(urls))["code"].to_list()
    ['ko-fi.com/ann', 's.example?aff=yt9']
    """
    code = _lists()["code"]
    names, parts = "|".join(code["parameters"]), "|".join(code["segments"])
    distinct = pl.DataFrame({"url": urls.drop_nulls().unique()}).sort("url")
    known = distinct.with_columns(
        place=canonical_url(distinct["url"]), host=host(distinct["url"])
    ).drop_nulls("place")
    asked = pl.col("place").str.extract_all(rf"[?&](?i:{names})=[^&#]+")
    walked = pl.col("place").str.extract_all(rf"/(?i:{parts})/[^/?#]+")
    paid = pl.col("host").is_in([*code["pay_hosts"]])
    first = pl.when(paid).then(pl.col("place").str.extract_all(r"^https?://[^/]+/[^/?#]+"))
    forms = [
        (asked, pl.concat_str("host", pl.lit("?"), pl.col("part").str.slice(1))),
        (walked, pl.concat_str("host", "part")),
        (first, pl.col("part").str.replace(r"^https?://", "")),
    ]
    held = [(known.select("url", "host", part=part).explode("part"), form) for part, form in forms]
    found = [rows.drop_nulls("part").select("url", code=form) for rows, form in held]
    return pl.concat(found).unique().sort("url", "code")
