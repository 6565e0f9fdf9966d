# SPDX-License-Identifier: GPL-3.0-or-later
"""Addresses in one form, their hosts, and the posts that permalinks point to."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np
import polars as pl

PARTS = (
    r"^(?i:(?P<scheme>https?))://(?:[^/?#@\s]*@)?(?P<host>[^/?#:@\s]+)(?::(?P<port>\d+))?"
    r"(?P<path>/[^?#]*)?(?:\?(?P<query>[^#]*))?(?:#.*)?$"
)
DEFAULT_PORT = {"http": "80", "https": "443"}
DIGITS = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"


@cache
def _lists() -> dict[str, Any]:
    return tomllib.loads(files("graphkit.text").joinpath("links.toml").read_text("utf-8"))


def canonical_url(urls: pl.Series) -> pl.Series:
    """Each address in one form, null where it is not http or https.

    Scheme and host in lower case, the host in its ASCII (punycode) form, no user, no default
    port, no fragment, no parameters that only track clicks (`links.toml`), `/` for no path.

    >>> canonical_url(
    ...     pl.Series(["HTTPS://Münze.Example:443?utm_source=x&b=1#top", "ftp://a"])
    ... ).to_list()
    ['https://xn--mnze-0ra.example/?b=1', None]
    """
    tracking = f"(?:^|&)(?:{'|'.join(_lists()['tracking'])})=[^&]*"
    parts = _parts(urls).with_columns(
        port=pl.when(pl.col("port") != pl.col("scheme").replace(DEFAULT_PORT)).then(
            ":" + pl.col("port")
        ),
        query=pl.col("query").str.replace_all(tracking, "").str.strip_chars_start("&"),
    )
    query = pl.when(pl.col("query") != "").then("?" + pl.col("query"))
    return parts.select(
        pl.when(pl.col("host").is_not_null())
        .then(
            pl.concat_str(
                "scheme",
                pl.lit("://"),
                "host",
                pl.col("port").fill_null(""),
                pl.col("path").fill_null("/"),
                query.fill_null(""),
            )
        )
        .alias(urls.name)
    ).to_series()


def host(urls: pl.Series) -> pl.Series:
    """The host of each address in lower-case ASCII form, null where it is not http or https.

    >>> host(pl.Series(["http://News.Example:8080/a", "mailto:a@b.example"])).to_list()
    ['news.example', None]
    """
    return _parts(urls)["host"].alias(urls.name)


def permalinks(urls: pl.Series) -> pl.DataFrame:
    """What post each address is the permalink of, by the platforms in `links.toml`.

    Returns:
        One row an address, in order: `platform` and `native_id`, both null where the host is of
        no known platform or the path is not a post's. A Weibo id in base 62 (`yBmepBtUB`) comes
        as it is; `weibo_mid` turns it into the number.
    """
    found = pl.DataFrame({"url": canonical_url(urls)})
    for platform in _lists()["platform"]:
        native = pl.col("url").str.extract(platform["post"])
        found = found.with_columns(native.alias(platform["name"]))
    names = [platform["name"] for platform in _lists()["platform"]]
    which = [pl.when(pl.col(name).is_not_null()).then(pl.lit(name)) for name in names]
    return found.select(platform=pl.coalesce(which), native_id=pl.coalesce(names))


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
    """Scheme, host (ASCII, lower case), port, path and query of each address."""
    text = urls.cast(pl.String).str.strip_chars()
    found = pl.select(parts=text.str.extract_groups(PARTS)).unnest("parts")
    lower = found.with_columns(pl.col("scheme", "host").str.to_lowercase())
    foreign = lower["host"].drop_nulls().unique()
    foreign = foreign.filter(foreign.str.contains(r"[^\x00-\x7f]"))
    return lower.with_columns(pl.col("host").replace({name: _ascii(name) for name in foreign}))


def _ascii(name: str) -> str:
    try:
        return name.encode("idna").decode("ascii")
    except UnicodeError:
        return name
