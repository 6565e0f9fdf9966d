# SPDX-License-Identifier: GPL-3.0-or-later
"""Who acts with whom and who cites whom, at the level that the address asks for."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING

import polars as pl

from dashboards.snapshot import account_ids
from graphkit.findings import span
from graphkit.investigation.network import (
    Lens,
    Network,
    Picture,
    account_picture,
    acts,
    community_picture,
    linked_to,
    way_between,
)

if TYPE_CHECKING:
    from dashboards.query import Query
    from dashboards.snapshot import Snapshot

WINDOWS = ("10s", "60s", "10m", "1h", "1d")
LEAST = ("1", "2", "3", "5", "10")
_GROUP = re.compile("[0-9]{1,9}")
_PREFERRED = ("repost", "url", "text", "hashtag", "near_text", "image")


@dataclass(frozen=True)
class Level:
    """What of the network is open: `groups` as discs, `all` accounts, or the `accounts` of parts.

    The parts: groups, a finding, accounts with what they are linked to, the way between two.
    """

    name: str
    groups: tuple[int, ...] = ()
    finding_id: str | None = None
    around: tuple[str, ...] = ()
    way: tuple[str, str] | None = None


def lens_of(snapshot: Snapshot, query: Query) -> Lens:
    """The lens that the address asks for, else co-action by the first act of the usual ones."""
    listed = snapshot.once(acts)
    known = listed["act"].to_list()
    usual = [act for act in _PREFERRED if act in known] or known or ["repost"]
    act, least = query.one("act"), query.one("least")
    window = query.one("within")
    fallback = "coaction" if listed["rows"].count() else "citation"
    lens = query.one("lens")
    return Lens(
        name=lens if lens in {"coaction", "citation"} else fallback,
        act=usual[0] if act is None or act not in known else act,
        within=span("60s" if window not in WINDOWS else str(window)),
        min_count=2 if least not in LEAST else int(str(least)),
        since=_midnight(snapshot, query.one("from"), days=0),
        until=_midnight(snapshot, query.one("to"), days=1),
    )


def _midnight(snapshot: Snapshot, day: str | None, *, days: int) -> datetime | None:
    """The beginning of a day in the case's zone, or of the one after; None where none is meant."""
    try:
        found = date.fromisoformat(day or "") + timedelta(days=days)
    except (ValueError, OverflowError):
        return None
    return datetime.combine(found, time(), snapshot.zone).astimezone(UTC)


def level_of(query: Query) -> Level:
    """The level that the address asks for."""
    groups, way = query.all("group"), query.all("way")
    if "all" in groups:
        return Level("all")
    level = Level(
        "accounts",
        groups=tuple(int(each) for each in dict.fromkeys(groups) if _GROUP.fullmatch(each)),
        finding_id=query.one("finding"),
        around=tuple(dict.fromkeys(query.all("around"))),
        way=(way[0], way[1]) if len(way) == 2 else None,
    )
    return Level("groups") if level == Level("accounts") else level


def picture(snapshot: Snapshot, lens: Lens, level: Level) -> Picture:
    """What is drawn at that level. Pinned accounts stand in every picture of accounts."""
    whole, case = snapshot.network(lens), snapshot.case
    if level.name == "groups":
        return community_picture(whole, case=case)
    named = None if level.name == "all" else _open_accounts(snapshot, whole, level)
    return account_picture(whole, accounts=named, case=case)


def _open_accounts(snapshot: Snapshot, whole: Network, level: Level) -> list[str]:
    members = whole.groups.filter(pl.col("community").is_in(list(level.groups)))["node"].to_list()
    finding = snapshot.finding(level.finding_id)
    named = [] if finding is None else finding["subjects"]["accounts"]
    linked = linked_to(whole, level.around) if level.around else []
    between = [] if level.way is None else way_between(whole, level.way)
    return sorted({*members, *named, *level.around, *linked, *between, *snapshot.pins()})


def group_of(snapshot: Snapshot, lens: Lens, account_id: str) -> int | None:
    """The community of an account under a lens; None when it has no link."""
    groups = snapshot.network(lens).groups
    found = groups.filter(pl.col("node") == account_id)["community"]
    return int(found[0]) if found.len() else None


def found_accounts(snapshot: Snapshot, text: str, *, limit: int = 20) -> list[str]:
    """Accounts whose id, handle, name or pseudonym holds `text`, by id."""
    corpus = snapshot.corpus
    ids = snapshot.once(account_ids)
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


def in_findings(snapshot: Snapshot, lens: Lens, drawn: Picture) -> list[int]:
    """Graded findings of each drawn account; of each group how many of its accounts have any."""
    if drawn.nodes["radius"].null_count() or drawn.nodes.is_empty():
        counts = drawn.nodes.select("node").join(
            accused(snapshot), on="node", how="left", maintain_order="left"
        )
        return counts["findings"].fill_null(0).to_list()
    touched = group_table(snapshot, lens, drawn).select("community", "in_findings")
    both = drawn.nodes.select("community").join(
        touched, on="community", how="left", maintain_order="left"
    )
    return both["in_findings"].fill_null(0).to_list()


def group_table(snapshot: Snapshot, lens: Lens, drawn: Picture) -> pl.DataFrame:
    """The drawn communities: community, members, links, weight, in_findings (accounts)."""
    groups = snapshot.network(lens).groups.join(accused(snapshot), on="node", how="left")
    touched = groups.group_by("community").agg(in_findings=pl.col("findings").is_not_null().sum())
    columns = ["community", "members", "links", "weight"]
    return drawn.nodes.select(columns).join(touched, on="community", how="left").sort("community")
