# SPDX-License-Identifier: GPL-3.0-or-later
"""Ways to reach or to pay somebody that a text or an address gives: contact ids and shop codes."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any

import polars as pl

from graphkit.text.links import canonical_url, host

SITE = r"(?:\b(?i:https?)://)?\b(?:[A-Za-z0-9-]+\.)+[A-Za-z]{2,12}"
ADDRESS = SITE + r"/[A-Za-z0-9_$@%&=?#./~+-]*[A-Za-z0-9]"
FORMS = ("place", "url")


@cache
def _lists() -> dict[str, Any]:
    return tomllib.loads(files("graphkit.text").joinpath("contacts.toml").read_text("utf-8"))


def contacts(texts: pl.DataFrame) -> pl.DataFrame:
    """The contact ids in each text of `texts` (`text_id`, `text`), by the forms of contacts.toml.

    Columns: text_id, contact (`kind:id`, in lower case but where case tells ids apart, a phone
    number without separators), distinct and sorted. An id is what is written: whose it is, the
    text does not prove.

    >>> said = ["加微信：Bluefin_88 或 QQ 123456", "mail Team@Shop.example", "nothing"]
    >>> contacts(pl.DataFrame({"text_id": ["a", "b", "c"], "text": said})).rows()
    [('a', 'qq:123456'), ('a', 'wechat:bluefin_88'), ('b', 'e-mail:team@shop.example')]
    """
    cased = pl.col("text").str.normalize("NFKC")
    plain = texts.select("text_id", cased=cased, text=cased.str.to_lowercase())
    found = [_matches(plain, each) for each in _lists()["contact"]]
    return pl.concat(found).unique().sort("text_id", "contact")


def _matches(plain: pl.DataFrame, form: dict[str, Any]) -> pl.DataFrame:
    said = pl.col("cased" if form.get("is_cased") else "text")
    hits = plain.filter(said.str.contains(form["pattern"]))
    each = hits.select("text_id", whole=said.str.extract_all(form["pattern"])).explode("whole")
    written = pl.col("whole").str.extract(form["pattern"])
    number = written.str.replace_all("[ -]", "") if form["name"] == "phone" else written
    return each.select("text_id", contact=pl.concat_str(pl.lit(f"{form['name']}:"), number))


def written_links(texts: pl.Series) -> pl.DataFrame:
    """The addresses that each distinct text writes out, with or without scheme: text and url.

    >>> written_links(pl.Series(["lamps: ko-fi.com/ann, https://a.org/c"]))["url"].to_list()
    ['https://a.org/c', 'https://ko-fi.com/ann']
    """
    distinct = pl.DataFrame({"text": texts.drop_nulls().unique()})
    plain = pl.col("text").str.normalize("NFKC")
    found = distinct.with_columns(url=plain.str.extract_all(ADDRESS)).explode("url")
    bare = pl.col("url").str.replace("^(?i:https?)://", "")
    return found.drop_nulls("url").select("text", url="https://" + bare).unique().sort(pl.all())


def link_codes(urls: pl.Series) -> pl.DataFrame:
    """The shop, invitation and payment codes of each distinct address: columns url and code.

    A code is the place (the host, or what contacts.toml calls the site) with the parameter or
    segment that carries it and its value, so the same value at two shops is two codes. Values that
    say where a visitor came from (`ref=home`) are none. Sorted; addresses without a code have no
    row.

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
    forms = [
        (asked, pl.concat_str("host", pl.lit("?"), pl.col("part").str.slice(1))),
        (walked, pl.concat_str("host", "part")),
    ]
    held = [(known.select("url", "host", part=part).explode("part"), form) for part, form in forms]
    came = rf"[=/](?i:{'|'.join(code['sources'])})$"
    found = [
        rows.filter(~pl.col("part").str.contains(came)).select("url", code=form)
        for rows, form in held
    ]
    return pl.concat([*found, _site_codes(known)]).unique().sort("url", "code")


def _site_codes(known: pl.DataFrame) -> pl.DataFrame:
    """The codes of the sites that contacts.toml knows, of addresses `url` in the form `place`.

    They are looked for in that form, then as written: what only tracks may be whom a shop credits.
    """
    sites = _lists()["site"]
    hints = sorted({each["hint"] for each in sites})
    hinted = known.filter(pl.col("url").str.contains_any(hints, ascii_case_insensitive=True))
    written = hinted.select(
        "url", *(pl.col(n).str.replace("^(?i:https?)://", "").alias(f"of_{n}") for n in FORMS)
    )
    found = []
    for site in sites:
        read = [pl.col(f"of_{name}").str.extract(f"^(?:{site['pattern']})") for name in FORMS]
        code = pl.lit(f"{site['name']}/") + pl.coalesce(read)
        found.append(written.select("url", code=code).drop_nulls("code"))
    return pl.concat(found)
