# SPDX-License-Identifier: GPL-3.0-or-later
"""Look-alikes, claimed standings and credentials: in invented worlds, and with names implanted.

python -m benchmarks.measure_names worlds 111 112      the shipped plants, and the worlds without
python -m benchmarks.measure_names implants 111 112    one look-alike of each way at a time
python -m benchmarks.measure_names claims 111          claims of a standing implanted in posts
python -m benchmarks.measure_names lists               base rates on names of the package faker
python -m benchmarks.measure_names speed               100,000 accounts

Seeds 1 to 9 were looked at while the rules were made.
"""

from __future__ import annotations

import argparse
import json
import random
import subprocess
import sys
import tempfile
import time
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

import polars as pl

from graphkit.detectors import (
    claimed_standing,
    credential_mismatch,
    lookalike_account,
    unsourced_claim,
)
from graphkit.graphs.citation_rows import citation_rows
from graphkit.graphs.lookalike_names import Standing, lookalikes
from graphkit.importers.canonical import IMPORTER
from graphkit.reading.importer import ReadOptions
from graphkit.tables import CITATIONS, SOURCES, TABLES, Corpus
from graphkit.text.lookalikes import _classes as stands_for

GENERATOR = Path(__file__).parent.parent / "datasets" / "invented_world" / "generate.py"
FILES = ("accounts.csv", "posts.parquet", "labels.csv")
NEW, OLD = datetime(2026, 2, 1, tzinfo=UTC), datetime(2016, 2, 1, tzinfo=UTC)
CYRILLIC = dict(zip("aceopxyi", "\u0430\u0441\u0435\u043e\u0440\u0445\u0443\u0456", strict=True))
CITIES = ("霁川", "南堰", "西埠")
HIDDEN = ("\u200b", "\u202e", "\u00ad", "\u2060")


def generated(seed, *options):
    """The corpus of an invented world (accounts, posts, citations, labels) and its truth."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, str(GENERATOR), folder, "--seed", str(seed), *options]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        return read_world(Path(folder)), json.loads((Path(folder) / "truth.json").read_bytes())


def read_world(folder):
    """The corpus of the files of a world."""
    frames = {}
    for name in FILES:
        for batch in IMPORTER.read(folder / name, ReadOptions()):
            for table, frame in batch.tables.items():
                sourced = TABLES[table].conform(frame.with_columns(source_id=pl.lit(name)))
                frames.setdefault(table, []).append(sourced)
    made = {table: pl.concat(parts) for table, parts in frames.items()}
    cites = citation_rows(made["posts"], made["accounts"]).with_columns(source_id=pl.lit(FILES[1]))
    counts = dict.fromkeys(("rows_read", "accepted", "duplicate", "rejected"), 0)
    sources = [
        {"source_id": name, "file": name, "sha256": "0" * 64, "importer": "canonical",
         "collection": "stream", **counts}
        for name in FILES
    ]  # fmt: skip
    return Corpus(
        **made, citations=CITATIONS.conform(cites), sources=SOURCES.conform(pl.DataFrame(sources))
    )


def worlds(seeds):
    """Prints whom each detector tells of, in worlds with the plants and without any."""
    for options in ((), ("--without", "all")):
        said, start = Counter(), time.process_time()
        for seed in seeds:
            corpus, truth = generated(seed, *options)
            planted = {a: g["name"] for g in truth["planted"] for a in g["accounts"]}
            innocent = {a: g["name"] for g in truth["innocent"] for a in g["accounts"]}
            _unsourced(corpus, truth, said)
            for module in (lookalike_account, claimed_standing, credential_mismatch):
                for finding in module.detect(corpus, module.Params()):
                    names = finding.subjects.accounts
                    who = {planted.get(a) or innocent.get(a) or "others" for a in names}
                    grade = finding.grade or "no grade"
                    said[(module.KIND, finding.outcome, str(grade), *sorted(who))] += 1
        print(f"\n{len(seeds)} worlds, {' '.join(options) or 'with plants'}, "
              f"{time.process_time() - start:.0f} CPU s")  # fmt: skip
        for key, count in sorted(said.items()):
            print(f"  {count:4}  {' | '.join(key)}")


def _unsourced(corpus, truth, said):
    """Counts the stories of unsourced-claim by the group whose posts they mostly are."""
    groups = {p: g["name"] for g in (*truth["planted"], *truth["innocent"]) for p in g["posts"]}
    for finding in unsourced_claim.detect(corpus, unsourced_claim.Params()):
        posts = finding.subjects.posts
        who, most = Counter(groups.get(p, "others") for p in posts).most_common(1)[0]
        said[unsourced_claim.KIND, finding.outcome, who] += 1
        said["posts of unsourced stories", finding.outcome, who] += most
    said["reach", unsourced_claim.reach(corpus, unsourced_claim.Params())[0]] += 1


def imitations(name, dice):
    """For each way a name that imitates `name`, or None where it has nothing to change."""
    mid = dice.randrange(1, len(name))
    letters = [n for n, each in enumerate(name) if each in CYRILLIC]
    han = [n for n, each in enumerate(name) if "\u4e00" <= each <= "\u9fff"]
    reading, readers = stands_for("pinyin"), {}
    for point, sound in reading.items():
        readers.setdefault(sound, []).append(chr(point))
    simple = {each: chr(point) for point, each in stands_for("simplified").items()}
    shapes = {each: chr(point) for point, each in stands_for("shapes").items()}
    digit = name.replace("o", "0", 1).replace("l", "1", 1)

    def at(places, change):
        place = dice.choice(places) if places else None
        return None if place is None else name[:place] + change(name[place]) + name[place + 1 :]

    def twin(letter):
        return dice.choice([c for c in readers[reading[ord(letter)]] if c != letter])

    return {
        "hidden": name[:mid] + dice.choice(HIDDEN) + name[mid:],
        "mixed-script": at(letters, CYRILLIC.get),
        "digits": digit if digit != name else None,
        "shape": at([n for n in han if name[n] in shapes], shapes.get),
        "traditional": at([n for n in han if name[n] in simple], simple.get),
        "same-sound": at(han, twin) if len(han) > 3 else None,
        "added word": name + ("官方" if han else " Official"),
        "one edit": at(list(range(1, len(name))), lambda _: "") if len(name) > 7 else None,
        "two edits": name[1:mid] + name[mid + 1 :] if len(name) > 9 else None,
        "innocent: a number": f"{name}{dice.randint(2, 99)}",
        "innocent: fans": name + ("后援会" if han else " fan club"),
        "innocent: a branch": name + ("-南堰" if han else " - Northmoor"),
        "innocent: two characters": at(han, lambda _: "甲乙") if len(han) > 2 else None,
    }  # fmt: skip


def with_account(corpus, name, **more):
    """`corpus` with one more account, younger than others, and no posts."""
    row = {"account_id": "weiju:implant", "platform": "weiju", "display_name": name,
           "source_id": FILES[0], "followers_count": 50, "created_at": NEW, **more}  # fmt: skip
    added = TABLES["accounts"].conform(pl.DataFrame([row]))
    return Corpus(accounts=pl.concat([corpus.accounts, added]), sources=corpus.sources)


def told_of_implant(corpus, **params):
    """What is said of the implanted account; `-` for nothing."""
    found = lookalike_account.detect(corpus, lookalike_account.Params(shuffles=0, **params))
    about = [f for f in found if ("accounts", "weiju:implant") in
             {(e.table, e.key) for e in f.evidence if e.role == "look-alike"}]  # fmt: skip
    return f"{about[0].outcome} {about[0].grade or 'no grade'}" if about else "-"


def implants(seeds):
    """Prints what is told of one imitation at a time of accounts with standing."""
    said = {}
    for seed in seeds:
        corpus, _ = generated(seed, "--without", "all")
        dice = random.Random(seed)
        known = corpus.accounts.filter("is_verified").sort("account_id")
        shown = known.select(pl.coalesce("display_name", "handle"))["display_name"].to_list()
        for name in dice.sample(shown, 8):
            for way, imitation in imitations(name, dice).items():
                if imitation is not None:
                    told = told_of_implant(with_account(corpus, imitation))
                    said.setdefault(way, Counter())[told] += 1
            # somebody buys followers and a look-alike name of an older, ordinary account
            victim = corpus.accounts.filter(pl.col("followers_count") < 1000)["handle"]
            framer = imitations(dice.choice([v for v in victim.to_list() if len(v) > 3]), dice)
            told = framed(corpus, framer, dice)
            said.setdefault("framing", Counter())[told] += 1
    for way, counts in said.items():
        print(f"{way:26} {sum(counts.values()):3}  {dict(counts.most_common())}")


def framed(corpus, names, dice):
    """What is told of an older account when somebody with bought followers takes a name like it."""
    usable = [each for way, each in names.items() if each and not way.startswith("innocent")]
    framer = with_account(corpus, dice.choice(usable), followers_count=90_000)
    found = lookalike_account.detect(framer, lookalike_account.Params(shuffles=0))
    about = [
        f for f in found if "weiju:implant" in {e.key for e in f.evidence if e.role == "resembled"}
    ]
    return f"{about[0].outcome} {about[0].grade or 'no grade'}" if about else "-"


def claims(seeds):
    """Prints what is told of claims implanted in the posts of ordinary accounts."""
    texts = {
        "nurse and pilot": [("a", "我是一名护士，刚下夜班"), ("a", "作为机长，我负责任地说")],
        "relative in three cities": [("a", f"我是{c}市遇难者家属，求扩散") for c in CITIES],
        "one plea by three": [(a, "我是死者的姐姐，她出门前还给我发过消息") for a in "abc"],
        "innocent: quoted": [(a, "他说：“我是死者的姐姐，她出门前发过消息。”") for a in "abc"],
        "innocent: reported": [(a, "家属称，从昨晚到现在没有接到电话") for a in "abc"],
        "innocent: retired": [("a", "我是一名护士，刚下夜班"), ("a", "作为退休飞行员，我说两句")],
        "innocent: doctor, teacher": [("a", "我是医生，刚下手术"), ("a", "我是医学院的老师")],
        "innocent: twice a witness": [("a", f"我亲眼看见{c}市那边着火") for c in CITIES[:2]],
    }  # fmt: skip
    said = {}
    for seed in seeds:
        corpus, _ = generated(seed, "--scale", "0.3", "--without", "all")
        dice = random.Random(seed)
        for name, rows in texts.items():
            chosen = corpus.posts.filter(kind="original").sample(len(rows), seed=seed)
            accounts = dice.sample(corpus.accounts["account_id"].sort().to_list(), 3)
            new = pl.DataFrame(
                {"post_id": chosen["post_id"], "text": [text for _, text in rows],
                 "account_id": [accounts["abc".index(a)] for a, _ in rows],
                 "created_at": [NEW + timedelta(days=n) for n in range(len(rows))]}
            ).with_columns(pl.col("created_at").cast(pl.Datetime("us", "UTC")))  # fmt: skip
            cleared = corpus.posts.with_columns(hashtags=pl.lit([], pl.List(pl.String)))
            posts = cleared.update(new, on="post_id")
            changed = Corpus(accounts=corpus.accounts, posts=posts, sources=corpus.sources)
            found = claimed_standing.detect(changed, claimed_standing.Params())
            told = {f"{f.outcome} {f.grade or 'no grade'}" for f in found if f.outcome != "claimed"}
            said.setdefault(name, Counter())[", ".join(sorted(told)) or "-"] += 1
    for name, counts in said.items():
        print(f"{name:30} {dict(counts.most_common())}")


def lists():
    """Prints how often names of the package faker have twins: 10,000 of each kind."""
    from faker import Faker  # noqa: PLC0415  not among what is installed for tests

    for locale, kind in (("zh_CN", "name"), ("zh_CN", "company"), ("en_US", "name"),
                         ("en_US", "company"), ("en_US", "user_name")):  # fmt: skip
        maker = Faker(locale)
        maker.seed_instance(7)
        names = sorted({getattr(maker, kind)() for _ in range(10_000)})
        rows = [{"account_id": str(n), "platform": "x", "handle": each, "source_id": "s",
                 "is_verified": n % 50 == 0} for n, each in enumerate(names)]  # fmt: skip
        corpus = Corpus(accounts=TABLES["accounts"].conform(pl.DataFrame(rows)))
        found = lookalikes(corpus, Standing(10_000, 2, 1))
        told = found.chance.filter(pl.col("share") > 0)
        findings = lookalike_account.detect(corpus, lookalike_account.Params(shuffles=0))
        graded = Counter(f"{f.outcome} {f.grade or 'no grade'}" for f in findings)
        print(f"\n{locale} {kind}: {len(names)} names, {found.anchors} known; {dict(graded)}")
        for row in told.to_dicts():
            known = row["resembled"] or 0
            print(f"  {row['way']:24} {row['share']:.2%} of ordinary names; {known} known ones; "
                  f"dealt: {row['dealt']:.1f} pairs")  # fmt: skip


def speed():
    """Prints the CPU seconds of look-alikes among 100,000 accounts."""
    dice = random.Random(3)
    letters = [chr(n) for n in range(0x4E00, 0x5E00)]
    names = ["".join(dice.choices(letters, k=dice.randint(2, 8))) for _ in range(100_000)]
    accounts = pl.DataFrame({"handle": names}).with_row_index("n").select(
        account_id=pl.format("x:{}", "n"), platform=pl.lit("x"), handle="handle",
        source_id=pl.lit("s"), is_verified=pl.col("n") % 1000 == 0,
    )  # fmt: skip
    corpus = Corpus(accounts=TABLES["accounts"].conform(accounts))
    start = time.process_time()
    found = list(lookalike_account.detect(corpus, lookalike_account.Params()))
    print(f"{time.process_time() - start:.1f} CPU s, {len(found)} findings")


def main() -> None:
    """Prints the figures of docs/measured/names-and-standing.md."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=("worlds", "implants", "claims", "lists", "speed"))
    parser.add_argument("seeds", type=int, nargs="*")
    args = parser.parse_args()
    parts = {"worlds": worlds, "implants": implants, "claims": claims}
    if args.what in parts:
        parts[args.what](args.seeds)
    else:
        {"lists": lists, "speed": speed}[args.what]()


if __name__ == "__main__":
    main()
