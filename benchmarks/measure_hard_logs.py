# SPDX-License-Identifier: GPL-3.0-or-later
"""What docs/measured/hard-logs.md says: hard logs through the detector, nulls, and decoys.

`python -m benchmarks.measure_hard_logs told 6301 6306`, or nothing, decoys, nulls, powers instead
of told. Seeds up to 6299 were used in choosing rules.
"""

from __future__ import annotations

import sys
from dataclasses import replace
from datetime import timedelta

import numpy as np
import polars as pl

from benchmarks.hard_log import CLASSES, REPORTING, HardLog, Shape, class_of, corpus
from benchmarks.real_logs import default_rule
from graphkit.detectors.coordinated_sharing import Params, detect
from graphkit.graphs.coaction import edge_codes, timed_rows
from graphkit.graphs.coaction_groups import coaction_groups, held_together
from graphkit.graphs.components import components
from graphkit.graphs.hourly_null import HOUR, HOURS, expected_by_hour
from graphkit.graphs.nulls import benjamini_hochberg, component_q, poisson_tail
from graphkit.tables import ACTIONS

WITHIN = timedelta(seconds=60)
NOTHING = Shape(rows=60_000, groups=0)
PERMUTATIONS = 19  # a tenth of the detector's, to save time: the smallest q is then .05
GRADES = ("no grade", "weak", "moderate", "strong")
ABOVE = ("moderate", "strong")


def pairs_of(edges, truth):
    """Edges, true ones among them: pairs of one planted group."""
    known = truth.filter(pl.col("kind") == "planted").drop("kind")
    both = edges.join(known, left_on="a", right_on="account_id", how="left").join(
        known, left_on="b", right_on="account_id", how="left", suffix="_b"
    )
    return both.height, int((both["group"] == both["group_b"]).sum())


def told(seed, shape):
    """Per class and grade the accounts told, per grade the findings, and pairs told and true."""
    log = HardLog(seed, shape)
    data, truth = corpus(log), class_of(log)
    count = pl.Series(truth["kind"]).value_counts()
    row = {f"{kind}: all": n for kind, n in count.iter_rows()}
    named = []
    for finding in detect(data, Params(permutations=PERMUTATIONS)):
        grade = "no grade" if finding.grade is None else str(finding.grade.value)
        row[f"findings {grade}"] = row.get(f"findings {grade}", 0) + 1
        members = truth.filter(pl.col("account_id").is_in(finding.subjects.accounts))
        named.append((grade, list(finding.subjects.accounts)))
        for kind, n in members["kind"].value_counts().iter_rows():
            row[f"{kind}: {grade}"] = row.get(f"{kind}: {grade}", 0) + n
    found = coaction_groups(data.actions, replace(default_rule(), permutations=0)).edges
    above = [
        found.filter(pl.col("a").is_in(who), pl.col("b").is_in(who))
        for grade, who in named if grade in ABOVE
    ]  # fmt: skip
    row["edges above weak"], row["true above weak"] = pairs_of(
        pl.concat([found.clear(), *above]), truth
    )
    row["edges of groups"], row["true of groups"] = pairs_of(found, truth)
    rows = timed_rows(data.actions, within=WITHIN)
    twice = edge_codes(rows, min_objects=2)[0]
    ends = {end: rows.names.gather(twice[end]) for end in ("a", "b")}
    row["edges w>=2"], row["true w>=2"] = pairs_of(twice.with_columns(**ends), truth)
    row["planted pairs"] = sum(len(g) * (len(g) - 1) // 2 for g in log.truth.get("planted", ()))
    return row


def report(rows):
    """The table by class, and precision and recall of accounts and pairs."""
    total = {name: sum(row.get(name, 0) for row in rows) for row in rows for name in row}
    counts = [f"{total.get(f'findings {grade}', 0)} {grade}" for grade in GRADES]
    yield f"findings: {', '.join(counts)}"
    for kind in CLASSES:
        cells = [str(total.get(f"{kind}: {grade}", 0)) for grade in ("all", *GRADES)]
        yield f"| {kind} | {' | '.join(cells)} |"
    above = {k: sum(total.get(f"{k}: {g}", 0) for g in ABOVE) for k in CLASSES}
    named = sum(above.values())
    yield f"accounts above weak: {named}, precision {above['planted'] / max(1, named):.3f}"
    for name in ("w>=2", "of groups", "above weak"):
        edges, true = total[f"edges {name}"], total[f"true {name}"]
        pairs = max(1, total["planted pairs"])
        precision = true / max(1, edges)
        yield f"pairs {name}: {edges}, precision {precision:.3f}, recall {true / pairs:.3f}"


def _levels(null, rows):
    return null.levels[rows.objects]


def by_class(_, null, a, b):
    """The null of burst classes."""
    return null.expected(a, b)


def by_hour(rows, null, a, b):
    """The larger of the nulls without and with the hour of day."""
    return np.maximum(null.expected(a, b), expected_by_hour(rows, null, a=a, b=b))


def _stratified(rows, cell, pairs, a, b):
    size = len(pairs)
    rates = 2 * pairs / np.maximum(np.bincount(cell, minlength=size), 1).astype(float) ** 2
    accounts = np.unique(np.concatenate([a, b]))
    place = np.full(rows.names.len(), -1)
    place[accounts] = np.arange(len(accounts))
    kept = place[rows.accounts] >= 0
    events = np.bincount(place[rows.accounts[kept]] * size + cell[kept],
                         minlength=len(accounts) * size).reshape(-1, size)  # fmt: skip
    total = np.zeros(len(a))
    for stratum in np.flatnonzero(rates):
        total += rates[stratum] * events[place[a], stratum] * events[place[b], stratum]
    return total


def _observed(rows, null, slots, slot):
    """Strata whose pairs are those seen in them."""
    size = len(null.rates) * slots
    cell = _levels(null, rows) * slots + slot
    crowd = np.bincount(cell, rows.high - rows.low - 1, minlength=size).reshape(-1, slots)
    pairs = null.classes["pairs_count"].to_numpy()[:, None]
    return cell, (pairs * crowd / np.maximum(crowd.sum(axis=1, keepdims=True), 1)).ravel()


def by_hour_seen(rows, null, a, b):
    """Hours of the day by the pairs seen in them."""
    cell, pairs = _observed(rows, null, HOURS, rows.times // HOUR % HOURS)
    return np.maximum(null.expected(a, b), _stratified(rows, cell, pairs, a, b))


def by_week_seen(rows, null, a, b):
    """Hours of the week by the pairs seen in them."""
    cell, pairs = _observed(rows, null, 168, rows.times // HOUR % 168)
    return np.maximum(null.expected(a, b), _stratified(rows, cell, pairs, a, b))


def met_objects(rows, null, a, b):
    """Burst classes over objects on which two accounts acted."""
    objects = rows.objects.astype(np.int64)
    size = int(objects[-1]) + 1
    pairs = np.unique(objects * rows.names.len() + rows.accounts) // rows.names.len()
    met = np.bincount(pairs, minlength=size)[objects] > 1
    level = np.where(met, _levels(null, rows), len(null.rates))
    seen = np.append(null.classes["pairs_count"].to_numpy(), 0)
    return _stratified(rows, level, seen, a, b)


NULLS = (by_class, by_hour, by_hour_seen, by_week_seen, met_objects)


def judged(rows, truth, alpha=0.05):
    """Per null: edges at q alpha by BH and within components, the true ones among both."""
    edges, null = edge_codes(rows, min_objects=2)
    a, b = edges["a"].to_numpy(), edges["b"].to_numpy()
    named = edges.with_columns(**{end: rows.names.gather(edges[end]) for end in ("a", "b")})
    for way in NULLS:
        p = poisson_tail(edges["objects_count"].to_numpy(), way(rows, null, a, b))
        for q in (benjamini_hochberg(p, tests=rows.tests),
                  component_q(a, b, p_values=p, tests=rows.tests)):  # fmt: skip
            yield pairs_of(named.filter(pl.Series(q <= alpha)), truth)


def nulls(seeds, shape):
    """Per null the sums over logs of what `judged` gives, and logs with an edge."""
    told_of = []
    for seed in seeds:
        log = HardLog(seed, shape)
        rows = timed_rows(corpus(log).actions, within=WITHIN)
        told_of.append(list(judged(rows, class_of(log))))
    counts = np.array(told_of)
    for place, way in enumerate(NULLS):
        for at, rule in ((2 * place, "BH"), (2 * place + 1, "in its component")):
            edges, true = counts[:, at].sum(axis=0)
            logs = int((counts[:, at, 0] > counts[:, at, 1]).sum())
            yield f"| {way.__name__} | {rule} | {edges} | {true} | {logs} of {len(seeds)} |"


def with_groups(data, rng, groups, *, prefix):
    """The corpus with groups added: (accounts, objects, share present); within 45 s each time."""
    rows = []
    first, last = data.actions["acted_at"].min(), data.actions["acted_at"].max()
    for number, (members, objects, present) in enumerate(groups):
        for place in range(objects):
            start = first + (last - first) * rng.random()
            for account in members:
                if rng.random() < present:
                    item = f"h:{prefix}{number}.{place}"
                    when = start + timedelta(seconds=int(rng.integers(45)))
                    rows.append((f"h:{prefix}r{len(rows)}", account, item, when))
    names = ("action_id", "account_id", "object_id", "acted_at")
    added = pl.DataFrame(rows, schema=names, orient="row").with_columns(
        act=pl.lit("repost"), time_precision=pl.lit("second"), source_id=pl.lit("s")
    )
    actions = pl.concat([data.actions, ACTIONS.conform(added)])
    return replace(data, actions=actions)


def groups_of(data, apart, permutations):
    """Every group without an account of `apart`: by its accounts, p and edges."""
    found = coaction_groups(data.actions, replace(default_rule(), permutations=permutations))
    odds = dict(found.chances.select("component", "p_value").iter_rows())
    groups = {}
    for edges in found.edges.partition_by("component"):
        accounts = tuple(sorted({*edges["a"], *edges["b"]}))
        if not apart & set(accounts):
            groups[accounts] = (odds[edges["component"][0]], edges.select("a", "b").rows())
    return groups


def by_plain_rates(data, apart):
    """Groups by the error rate over all pairs at once, as the engine gives it."""
    rows = timed_rows(data.actions, within=WITHIN)
    edges = edge_codes(rows, min_objects=2)[0].filter(pl.col("q_value") <= 0.05)
    kept = held_together(edges, 2)
    members = components(kept).with_columns(name=rows.names.gather(components(kept)["node"]))
    groups = members.group_by("component", maintain_order=True).agg("name")["name"].to_list()
    return {tuple(sorted(g)) for g in groups if not apart & set(g)}


def decoyed(seed):
    """Other groups; come or gone, of another p, of other edges; groups and come or gone by BH."""
    rng = np.random.default_rng(seed)
    log = HardLog(seed, Shape(rows=15_000, groups=3))
    free = class_of(log).filter(pl.col("kind") == "ordinary")["account_id"]
    free = rng.permutation(free.to_numpy()).tolist()
    faint = [([free.pop() for _ in range(rng.integers(3, 7))], int(rng.integers(2, 4)), 0.85)
             for _ in range(12)]  # fmt: skip
    data = with_groups(corpus(log), rng, faint, prefix="f")
    decoys = []
    for number in range(int(rng.integers(1, 4))):
        own = rng.random() < 0.5
        size = int(rng.integers(10, 41))
        names = [free.pop() if own else f"h:new{number}.{k}" for k in range(size)]
        decoys.append((names, int(rng.integers(4, 13)), 0.95))
    apart = {name for names, _, _ in decoys for name in names}
    more = with_groups(data, rng, decoys, prefix="d")
    before, after = (groups_of(each, apart, 9) for each in (data, more))
    plain, plainly = by_plain_rates(data, apart), by_plain_rates(more, apart)
    told_of = before.keys() | after.keys()
    gone = len(before.keys() ^ after.keys())
    odds = sum(before[w][0] != after[w][0] for w in before.keys() & after.keys())
    edges = sum(before[w][1] != after[w][1] for w in before.keys() & after.keys())
    return len(told_of), gone, odds, edges, len(plain | plainly), len(plain ^ plainly)


def main() -> None:
    """Prints what is asked for."""
    what, *ends = sys.argv[1:]
    first, last = (int(each) for each in ends) if ends else (REPORTING[0], REPORTING[9])
    seeds = range(first, last + 1)
    if what in ("told", "nothing"):
        rows = []
        for seed in seeds:
            rows.append(told(seed, Shape() if what == "told" else NOTHING))
            print(seed, {k: v for k, v in rows[-1].items() if "all" not in k}, flush=True)
        lines = report(rows)
    elif what == "decoys":
        found = []
        for seed in seeds:
            found.append(decoyed(seed))
            print(seed, found[-1], flush=True)
        lines = [f"{len(found)} insertions: {np.sum(found, axis=0)}"]
    else:
        quiet = replace(NOTHING, crowds=False, evening=8.0)
        lines = nulls(seeds, quiet if what == "nulls" else Shape())
    for line in lines:
        print(line)


if __name__ == "__main__":
    main()
