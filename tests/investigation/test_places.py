# SPDX-License-Identifier: GPL-3.0-or-later
"""Places are kept in the case: a picture comes back, stays when rows come, and follows no file."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from graphkit.case import create_case
from graphkit.graphs.communities import communities
from graphkit.investigation import places as kept
from graphkit.investigation.network import Lens, Network, account_picture, community_picture
from graphkit.investigation.places import Shelf, account_places, group_places

RULE = ("coaction", "repost", "60.0", "1")


def links(accounts, *, groups=12, seed=1):
    """Three links an account, nine of ten inside its group."""
    rng = np.random.default_rng(seed)
    a = np.repeat(np.arange(accounts), 3)
    near = (rng.integers(0, accounts // groups, a.size) * groups + a % groups) % accounts
    b = np.where(rng.random(a.size) < 0.9, near, rng.integers(0, accounts, a.size))
    pairs = np.unique(np.sort(np.column_stack([a, b])[a != b], axis=1), axis=0)
    named = [[f"n{each:05}" for each in pairs[:, side]] for side in (0, 1)]
    return pl.DataFrame({"a": named[0], "b": named[1], "weight": 1})


def grown(old):
    """`old` and a tenth as many links of new accounts, each to two that were there."""
    rng = np.random.default_rng(7)
    known = old["a"].unique().sort()
    new = [f"x{i:05}" for i in range(old.height // 20) for _ in range(2)]
    ends = known.gather(rng.integers(0, known.len(), len(new)))
    return pl.concat([old, pl.DataFrame({"a": ends, "b": new, "weight": 1})]).sort("a", "b")


def moved(before, after):
    """The median way of those in both, in radii of the picture, each centred and of one size."""
    both = before.join(after, on="node", suffix="_after")
    own = []
    for columns in (("x", "y"), ("x_after", "y_after")):
        xy = both.select(columns).to_numpy()
        xy = xy - xy.mean(axis=0)
        own.append(xy / np.sqrt((xy**2).sum(axis=1).mean()))
    return float(np.median(np.hypot(*(own[0] - own[1]).T)))


@pytest.fixture
def case(tmp_path):
    return create_case(tmp_path / "case")


def files(case):
    return sorted((case.root / "derived" / "places").glob("*.parquet"))


@pytest.mark.parametrize("accounts", [60, 900])
@pytest.mark.parametrize("of_groups", [False, True])
def test_what_was_shown_is_drawn_from_the_case_also_when_the_layout_would_differ(
    case, monkeypatch, accounts, of_groups
):
    own = links(accounts)
    groups = communities(own)
    first = Shelf(case, RULE, of_groups).places(groups, own)
    for name in ("account_places", "group_places"):
        monkeypatch.setattr(kept, name, lambda *_, **__: pytest.fail("was laid out again"))
    again = Shelf(case, RULE, of_groups).places(groups, own)
    assert again.nodes.equals(first.nodes)
    assert again.discs.equals(first.discs)
    assert len(files(case)) == 1


@pytest.mark.parametrize("accounts", [90, 300, 900])
def test_accounts_keep_their_places_when_new_ones_come(case, accounts):
    old, new = links(accounts), grown(links(accounts))
    before = Shelf(case, RULE).places(communities(old), old)
    after = Shelf(case, RULE).places(communities(new), new)
    fresh = account_places(communities(new), new)
    assert after.nodes["node"].str.starts_with("x").sum() > accounts // 20
    assert moved(before.nodes, after.nodes) < 0.3
    assert moved(before.nodes, fresh.nodes) > 2 * moved(before.nodes, after.nodes)


def test_groups_keep_their_places_when_new_accounts_come(case):
    old, new = links(900), grown(links(900))
    before = Shelf(case, RULE, of_groups=True).places(communities(old), old)
    after = Shelf(case, RULE, of_groups=True).places(communities(new), new)
    assert moved(before.nodes, after.nodes) < 0.1
    assert moved(before.nodes, group_places(communities(new), new).nodes) > 0.7


def test_a_picture_of_others_is_no_start(case):
    old = links(300)
    other = old.with_columns(pl.col("a", "b").str.replace("n", "m"))
    Shelf(case, RULE).places(communities(old), old)
    found = Shelf(case, RULE).places(communities(other), other)
    assert found.nodes.equals(account_places(communities(other), other).nodes)


def test_another_rule_of_links_has_places_of_its_own(case):
    own = links(60)
    Shelf(case, RULE).places(communities(own), own)
    heavier = own.with_columns(weight=pl.lit(2) + pl.int_range(pl.len()))
    found = Shelf(case, ("citation", *RULE[1:])).places(communities(heavier), heavier)
    assert found.nodes.equals(account_places(communities(heavier), heavier).nodes)


def spoiled(frame, how):
    """`frame` as somebody may have changed it who can write to the case folder."""
    first = pl.int_range(pl.len()) == 0
    return {
        "an account left out": frame.slice(1),
        "an account put elsewhere": frame.with_columns(
            node=pl.when(first).then(pl.lit("stranger")).otherwise("node")
        ),
        "an account moved far away": frame.with_columns(
            x=pl.when(first).then(pl.lit(9e6)).otherwise("x")
        ),
        "no number": frame.with_columns(x=pl.when(first).then(float("nan")).otherwise("x")),
        "an account twice": pl.concat([frame.head(1), frame]),
        "a column gone": frame.drop("radius"),
        "a disc gone": frame.head(frame.height - 1),
    }[how]


@pytest.mark.parametrize(
    "how",
    [
        *("an account left out", "an account put elsewhere", "an account moved far away"),
        *("no number", "an account twice", "a column gone", "a disc gone"),
    ],
)
def test_a_changed_file_is_not_drawn(case, how):
    own = links(900)
    first = Shelf(case, RULE).places(communities(own), own)
    (file,) = files(case)
    spoiled(pl.read_parquet(file), how).write_parquet(file)
    assert Shelf(case, RULE).places(communities(own), own).nodes.equals(first.nodes)


def test_a_torn_file_is_made_again(case):
    own = links(60)
    first = Shelf(case, RULE).places(communities(own), own)
    (file,) = files(case)
    file.write_bytes(file.read_bytes()[:100])
    assert Shelf(case, RULE).places(communities(own), own).nodes.equals(first.nodes)
    assert pl.read_parquet(file).height == 60


def test_a_case_that_cannot_be_written_is_drawn(case):
    (case.root / "derived" / "places").write_text("in the way of the folder")
    own = links(60)
    found = Shelf(case, RULE).places(communities(own), own)
    assert found.nodes.equals(account_places(communities(own), own).nodes)


def test_a_file_of_other_rows_under_the_name_of_these_is_not_drawn(case):
    own, other = links(60), links(60, seed=2).with_columns(pl.col("b").str.replace("n", "m"))
    first = Shelf(case, RULE).places(communities(own), own)
    (file,) = files(case)
    file.rename(file.with_name("other"))
    Shelf(case, RULE).places(communities(other), other)
    (foreign,) = files(case)
    foreign.replace(file)
    assert Shelf(case, RULE).places(communities(own), own).nodes.equals(first.nodes)


def test_the_file_names_accounts_by_their_id_and_nothing_else(case):
    own = links(60)
    Shelf(case, RULE).places(communities(own), own)
    (file,) = files(case)
    assert pl.read_parquet(file).columns == ["node", "community", "members", "x", "y", "radius"]


def test_only_the_newest_pictures_are_kept(case, monkeypatch):
    monkeypatch.setattr(kept, "MAX_KEPT", 2)
    for accounts in (40, 50, 60):
        own = links(accounts, groups=4)
        Shelf(case, RULE).places(communities(own), own)
    assert sorted(pl.read_parquet(file).height for file in files(case)) == [50, 60]


def test_a_picture_is_the_same_with_a_case_and_without_the_first_time(case):
    own = links(900).with_columns(q_value=pl.lit(None, pl.Float64))
    whole = Network(Lens("coaction"), own, communities(own), 0)
    for make in (account_picture, community_picture):
        alone, first, again = make(whole), make(whole, case=case), make(whole, case=case)
        assert first.nodes.equals(alone.nodes)
        assert again.nodes.equals(alone.nodes)
        assert again.discs.equals(alone.discs)
    assert len(files(case)) == 2
