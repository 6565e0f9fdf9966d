# SPDX-License-Identifier: GPL-3.0-or-later
"""Who acts with whom and who cites whom, at the level that the address asks for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from graphkit.findings import span
from graphkit.investigation.network import (
    Lens,
    Picture,
    account_picture,
    acts,
    community_picture,
)

if TYPE_CHECKING:
    from dashboards.query import Query
    from dashboards.snapshot import Snapshot

WINDOWS = ("10s", "60s", "10m", "1h", "1d")
LEAST = ("1", "2", "3", "5", "10")
_PREFERRED = ("repost", "url", "text", "hashtag", "near_text", "image")


@dataclass(frozen=True)
class Level:
    """What of the network is asked for: all groups, one, all accounts, or a finding's accounts."""

    name: str
    group: int | None = None
    finding_id: str | None = None


def lens_of(snapshot: Snapshot, query: Query) -> Lens:
    """The lens that the address asks for, else co-action by the first act of the usual ones."""
    known = acts(snapshot.corpus)["act"].to_list()
    usual = [act for act in _PREFERRED if act in known] or known or ["repost"]
    act, least = query.one("act"), query.one("least")
    window = query.one("within")
    fallback = "coaction" if known else "citation"
    lens = query.one("lens")
    return Lens(
        name=lens if lens in {"coaction", "citation"} else fallback,
        act=usual[0] if act is None or act not in known else act,
        within=span("60s" if window not in WINDOWS else str(window)),
        min_count=2 if least not in LEAST else int(str(least)),
    )


def level_of(query: Query) -> Level:
    """The level that the address asks for."""
    group, finding = query.one("group"), query.one("finding")
    if finding is not None:
        return Level("finding", finding_id=finding)
    if group == "all":
        return Level("all")
    if group is not None and group.isdecimal():
        return Level("group", group=int(group))
    return Level("groups")


def picture(snapshot: Snapshot, lens: Lens, level: Level) -> Picture:
    """What is drawn at that level."""
    whole = snapshot.network(lens)
    if level.name == "groups":
        return community_picture(whole)
    if level.name == "finding":
        finding = snapshot.finding(level.finding_id)
        accounts = [] if finding is None else finding["subjects"]["accounts"]
        return account_picture(whole, accounts=accounts)
    return account_picture(whole, community=level.group)


def group_of(snapshot: Snapshot, lens: Lens, account_id: str) -> int | None:
    """The community of an account under a lens; None when it has no link."""
    groups = snapshot.network(lens).groups
    found = groups.filter(pl.col("node") == account_id)["community"]
    return int(found[0]) if found.len() else None


def found_accounts(snapshot: Snapshot, text: str, *, limit: int = 20) -> list[str]:
    """Accounts whose id, handle, name or pseudonym holds `text`, by id."""
    corpus = snapshot.corpus
    frames = (corpus.accounts, corpus.posts, corpus.actions)
    ids = pl.concat([frame["account_id"] for frame in frames]).unique().sort()
    wanted = text.strip().lower()
    fields = [pl.col(name).str.to_lowercase() for name in ("account_id", "handle", "display_name")]
    holds = pl.any_horizontal(field.str.contains(wanted, literal=True) for field in fields)
    by_name = corpus.accounts.filter(holds)["account_id"].to_list()
    by_id = ids.filter(ids.str.to_lowercase().str.contains(wanted, literal=True)).to_list()
    names = snapshot.names(ids.to_list()) if wanted.startswith("acct-") else {}
    by_pseudonym = [each for each, name in names.items() if wanted in name]
    return sorted({*by_name, *by_id, *by_pseudonym})[:limit]


def accused(snapshot: Snapshot) -> pl.DataFrame:
    """How many graded findings each account is a subject of: account_id, findings."""
    rows = [
        (account, finding["finding_id"])
        for finding in snapshot.findings
        if finding["grade"] is not None
        for account in finding["subjects"]["accounts"]
    ]
    frame = pl.DataFrame(rows, schema={"node": pl.String, "finding": pl.String}, orient="row")
    return frame.group_by("node").agg(findings=pl.len().cast(pl.Int64)).sort("node")


def in_findings(snapshot: Snapshot, lens: Lens, drawn: Picture) -> list[bool]:
    """For each drawn node, whether it is, or holds, an account of a graded finding."""
    about = accused(snapshot)
    if drawn.nodes.is_empty() or drawn.nodes["radius"].null_count():
        return drawn.nodes["node"].is_in(about["node"].implode()).to_list()
    touched = group_table(snapshot, lens, drawn).filter(pl.col("in_findings") > 0)["community"]
    return drawn.nodes["community"].is_in(touched.implode()).to_list()


def group_table(snapshot: Snapshot, lens: Lens, drawn: Picture) -> pl.DataFrame:
    """The drawn communities: community, members, links, weight, in_findings (accounts)."""
    groups = snapshot.network(lens).groups.join(accused(snapshot), on="node", how="left")
    touched = groups.group_by("community").agg(in_findings=pl.col("findings").is_not_null().sum())
    columns = ["community", "members", "links", "weight"]
    return drawn.nodes.select(columns).join(touched, on="community", how="left").sort("community")


def member_table(snapshot: Snapshot, drawn: Picture) -> pl.DataFrame:
    """The drawn accounts: node, community, links, weight, findings, by falling weight."""
    rows = drawn.nodes.select("node", "community", "links", "weight")
    rows = rows.join(accused(snapshot), on="node", how="left").with_columns(
        pl.col("findings").fill_null(0)
    )
    return rows.sort(["weight", "node"], descending=[True, False])
