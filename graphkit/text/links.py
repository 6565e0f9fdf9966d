# SPDX-License-Identifier: GPL-3.0-or-later
"""Addresses in one form, whose they are, and the posts and profiles that they show.

Nothing is fetched. Kept as they are, because telling them apart would be guessing: `www.` and none,
a slash at the end and none, `index.html`, http and https, the hosts of mobile pages that are not in
`links.toml`, and shortened addresses, whose target only the shortener knows.
"""

from __future__ import annotations

import re
import tomllib
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
from publicsuffixlist import PublicSuffixList

if TYPE_CHECKING:
    from collections.abc import Iterable

PARTS = (
    r"^(?i:(?P<scheme>https?))://(?:[^/?#@\s]*@)?(?P<host>[^/?#:@\s]+)(?::(?P<port>\d+))?"
    r"(?P<path>/[^?#]*)?(?:\?(?P<query>[^#]*))?(?:#.*)?$"
)
DEFAULT_PORT = {"http": "80", "https": "443"}
DIGITS = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
ENCODED = {f"%{code:02{case}}": chr(code) for code in range(0x21, 0x7F) for case in "xX"}
NUMBER = r"^[0-9.]+$|^\["
FOUND = {
    "row": pl.UInt32,
    "platform": pl.String,
    "shows": pl.String,
    "native_id": pl.String,
    "author": pl.String,
    "post_id": pl.String,
}


@cache
def _lists() -> dict[str, Any]:
    return tomllib.loads(files("graphkit.text").joinpath("links.toml").read_text("utf-8"))


@cache
def _suffixes() -> PublicSuffixList:
    return PublicSuffixList()


def canonical_url(urls: pl.Series) -> pl.Series:
    """Each address in one form, null where it is not http or https.

    An address that holds the one it leads to (`google.com/url?q=`, AMP caches) gives way to that
    one, once. Scheme and host in lower case, the host in its ASCII (punycode) form and, on the
    sites of `links.toml`, that of the full page; no user, no default port, no fragment, no
    parameters that only track clicks, none of the endings of AMP pages, `/` for no path.

    >>> canonical_url(
    ...     pl.Series(["HTTPS://Münze.Example:443?utm_source=x&b=1#top", "ftp://a"])
    ... ).to_list()
    ['https://xn--mnze-0ra.example/?b=1', None]
    >>> canonical_url(
    ...     pl.Series(["https://vk.com/away.php?to=https%3A%2F%2Fm.bbc.com%2Fa1%2Famp"])
    ... ).to_list()
    ['https://www.bbc.com/a1']
    """
    lists = _lists()
    clicks, amp = ("|".join(lists[name]) for name in ("tracking", "amp_parameters"))
    parts = _parts(_unwrapped(urls.cast(pl.String).str.strip_chars())).with_columns(
        pl.col("host").replace(lists["hosts"]).str.replace(lists["mobile_wiki"], "$1.$2.org"),
        port=pl.when(pl.col("port") != pl.col("scheme").replace(DEFAULT_PORT)).then(
            ":" + pl.col("port")
        ),
        query=_without(pl.col("query"), f"(?:{clicks})=[^&]*|{amp}"),
    )
    for ending in lists["amp_endings"]:
        parts = parts.with_columns(pl.col("path").str.replace(ending, "$1$2"))
    shown = set(parts["host"].unique())
    for page in (each for each in lists["kept"] if each["host"] in shown):
        parts = parts.with_columns(_kept(page))
    query = pl.when(pl.col("query") != "").then("?" + pl.col("query"))
    whole = ("scheme", pl.lit("://"), "host", pl.col("port").fill_null(""))
    address = pl.concat_str(*whole, pl.col("path").fill_null("/"), query.fill_null(""))
    known = pl.when(pl.col("host").is_not_null()).then(address)
    return parts.select(known.alias(urls.name)).to_series()


def _without(query: pl.Expr, parameters: str) -> pl.Expr:
    fenced = "&" + query.str.replace_all("&", "&&", literal=True) + "&"
    rest = fenced.str.replace_all(f"&(?:{parameters})&", "")
    return rest.str.replace_all("&&+", "&").str.strip_chars("&")


def _kept(page: dict[str, Any]) -> pl.Expr:
    """`query` with only the parameters of `page` on that page, by name."""
    names = "|".join(page["parameters"])
    found = pl.col("query").str.extract_all(f"(?:^|&)(?:{names})=[^&]*" if names else "^$")
    only = found.list.eval(pl.element().str.strip_chars_start("&")).list.sort().list.join("&")
    on_page = (pl.col("host") == page["host"]) & pl.col("path").str.contains(page["path"])
    return pl.when(on_page).then(only).otherwise("query").alias("query")


def _unwrapped(urls: pl.Series) -> pl.Series:
    """`urls`, where one is in another's parameters the inner one; what is no address stays."""
    wrappers = _lists()["wrapper"]
    hints = sorted({hint for wrapper in wrappers for hint in wrapper["hints"]})
    rows = pl.DataFrame({"url": urls}).with_row_index("row")
    hinted = rows.filter(pl.col("url").str.contains_any(hints, ascii_case_insensitive=True))
    if hinted.is_empty():
        return urls
    inner = [
        wrapper.get("before", "") + pl.col("url").str.extract(f"(?i){wrapper['pattern']}")
        for wrapper in wrappers
    ]
    plain = pl.coalesce(inner).str.replace_many(ENCODED)
    found = hinted.select("row", inner=plain).filter(pl.col("inner").str.contains("(?i)^https?://"))
    both = rows.join(found, on="row", how="left", maintain_order="left")
    return both.select(pl.coalesce("inner", "url").alias(urls.name)).to_series()


def host(urls: pl.Series) -> pl.Series:
    """The host of each address in lower-case ASCII form, null where it is not http or https.

    >>> host(pl.Series(["http://News.Example:8080/a", "mailto:a@b.example"])).to_list()
    ['news.example', None]
    """
    return _parts(urls.cast(pl.String).str.strip_chars())["host"].alias(urls.name)


def registrable_domain(urls: pl.Series) -> pl.Series:
    """The part of each address's host that somebody registered: the outlet, by its address.

    By the public suffix list that is installed, both sections: who has `a.blogspot.com` is not who
    has `b.blogspot.com`. The same for the blog hosts of `links.toml` that are not in the list. A
    number, a host without a dot and a bare suffix are their own domain. Null where the address is
    not http or https.

    >>> registrable_domain(
    ...     pl.Series(["https://news.a.co.uk/1", "http://a.blogspot.com/", "http://10.0.0.1/"])
    ... ).to_list()
    ['a.co.uk', 'a.blogspot.com', '10.0.0.1']
    """
    hosts = host(urls)
    known = hosts.drop_nulls().unique().sort()
    return hosts.replace(known, pl.Series([_domain(name) for name in known], dtype=pl.String))


def _domain(name: str) -> str:
    found = _suffixes().privatesuffix(name)
    if found is None or re.search(NUMBER, name):
        return name
    before = name.removesuffix(found).rstrip(".").rsplit(".", 1)[-1]
    is_blog = found in _lists()["blogs"]["domains"] and before not in ("", "www")
    return f"{before}.{found}" if is_blog else str(found)


def is_short(urls: pl.Series) -> pl.Series:
    """Whether each address is one of a shortener: where it leads is not in it.

    >>> is_short(pl.Series(["https://t.co/a1", "https://t.example/a1", None])).to_list()
    [True, False, False]
    """
    return host(urls).is_in(_lists()["shorteners"]["hosts"]).fill_null(value=False).alias(urls.name)


def references(urls: pl.Series, *, mastodon_hosts: Iterable[str] = ()) -> pl.DataFrame:
    """What each canonical address shows, by the platforms in `links.toml`.

    Mastodon addresses are read only on `mastodon_hosts`: their paths are nobody's own.

    Returns:
        One row an address, in order: `platform`, `shows` (post or profile), `native_id` (of the
        post, or of the account where the address has its id), `author` (the handle or id of whose
        page it is, as written), `post_id` (the post's id in graphkit where the address alone tells
        it); all null where it shows neither.
    """
    parts = _parts(urls)
    query = pl.when(pl.col("query").is_not_null()).then("?" + pl.col("query")).otherwise(pl.lit(""))
    rows = parts.select("host", place=pl.col("path") + query).with_row_index("row")
    found, there = [pl.DataFrame(schema=FOUND)], set(rows["host"].unique())
    for platform in _lists()["platform"]:
        hosts = list(mastodon_hosts) if platform["name"] == "mastodon" else platform["hosts"]
        if not there.isdisjoint(hosts):
            of_it = rows.filter(pl.col("host").is_in(sorted(hosts)))
            found += [_shown(of_it, platform, shows) for shows in ("post", "profile")]
    first = pl.concat(found).unique("row", keep="first", maintain_order=True)
    both = rows.select("row").join(first, on="row", how="left", maintain_order="left")
    return both.drop("row")


def platforms_by_id() -> list[str]:
    """The platforms whose addresses tell the ids that graphkit gives their posts, sorted."""
    return sorted({each["name"] for each in _lists()["platform"] if "unseen" in each})


def _shown(rows: pl.DataFrame, platform: dict[str, Any], shows: str) -> pl.DataFrame:
    """`rows` whose `place` one of the platform's patterns for `shows` fits, as `FOUND`."""
    found = [pl.DataFrame(schema=FOUND)]
    for pattern in platform.get(shows, ()):
        groups = pl.col("place").str.extract_groups(pattern).struct
        both = [
            groups.field(name) if f"(?P<{name}>" in pattern else pl.lit(None, pl.String).alias(name)
            for name in ("id", "author")
        ]
        named = rows.select("row", "host", *both).filter(pl.coalesce("id", "author").is_not_null())
        post_id = _filled(platform["unseen"]) if shows == "post" and "unseen" in platform else None
        read = named.select(
            "row",
            platform=pl.lit(platform["name"]),
            shows=pl.lit(shows),
            native_id=_filled(platform.get("id", "{id}")),
            author=_filled(platform.get("owner", "{author}")),
            post_id=pl.lit(None, pl.String) if post_id is None else post_id,
        )
        found.append(read)
    return pl.concat(found)


def _filled(template: str) -> pl.Expr:
    """`template` with the columns that it names in braces; null where one of them is."""
    return pl.format(re.sub(r"\{\w+\}", "{}", template), *re.findall(r"\{(\w+)\}", template))


def permalinks(urls: pl.Series) -> pl.DataFrame:
    """What post each address is the permalink of, by the platforms in `links.toml`.

    Returns:
        One row an address, in order: `platform` and `native_id`, both null where the host is of
        no known platform or the path is not a post's. A Weibo id in base 62 (`yBmepBtUB`) comes
        as it is; `weibo_mid` turns it into the number.
    """
    shown = references(canonical_url(urls))
    is_post = pl.col("shows") == "post"
    return shown.select(
        pl.when(is_post).then(name).alias(name) for name in ("platform", "native_id")
    )


def weibo_mid(ids: pl.Series) -> pl.Series:
    """The number (as text) of each base-62 Weibo id, null where it is not one.

    From the right, every four characters are seven decimal digits.

    >>> weibo_mid(pl.Series(["yBmepBtUB", "x/y"])).to_list()
    ['3489035978933121', None]
    """
    valid = ids.str.contains("^[0-9a-zA-Z]{5,12}$").fill_null(value=False)
    if not valid.any():
        return pl.Series(ids.name, [None] * len(ids), pl.String)
    padded = "".join(ids.filter(valid).str.pad_start(12, "0").to_list()).encode()
    value_of = np.zeros(128, np.int64)
    value_of[np.frombuffer(DIGITS.encode(), np.uint8)] = np.arange(62)
    blocks = value_of[np.frombuffer(padded, np.uint8)].reshape(-1, 3, 4) @ 62 ** np.arange(
        3, -1, -1
    )
    numbers = blocks @ np.array([10**14, 10**7, 1])
    mids = pl.DataFrame({"row": np.flatnonzero(valid.to_numpy()), "mid": numbers})
    rows = pl.DataFrame({"row": np.arange(len(ids))})
    return (
        rows.join(mids, on="row", how="left", maintain_order="left")["mid"]
        .cast(pl.String)
        .alias(ids.name)
    )


def _parts(urls: pl.Series) -> pl.DataFrame:
    """Scheme, host (ASCII, lower case), port, path and query of each address, without blanks."""
    found = pl.select(parts=urls.str.extract_groups(PARTS)).unnest("parts")
    lower = found.with_columns(pl.col("scheme", "host").str.to_lowercase())
    foreign = lower["host"].drop_nulls().unique()
    foreign = foreign.filter(foreign.str.contains(r"[^\x00-\x7f]"))
    return lower.with_columns(pl.col("host").replace({name: _ascii(name) for name in foreign}))


def _ascii(name: str) -> str:
    try:
        return name.encode("idna").decode("ascii")
    except UnicodeError:
        return name
