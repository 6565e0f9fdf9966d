# SPDX-License-Identifier: GPL-3.0-or-later
"""Account matrices: what names accounts, what does not, and what a framed account can hope for."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from random import Random

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graphkit.detectors.account_matrix import DETECTOR, Params, detect
from graphkit.graphs.post_actions import post_actions
from graphkit.tables import ACCOUNTS, LABELS, POSTS, REVISIONS, SOURCES, Corpus

START = datetime(2026, 3, 2, tzinfo=UTC)
DAY = 86_400
PARAMS = Params(permutations=99)
GROUP = [f"t:g{m}" for m in range(8)]
LETTERS = "bcdfghklmnprstvz"


def word(dice, length=6):
    return "".join(dice.choice(LETTERS if n % 2 else "aeiou") for n in range(length))


def at(second):
    return START + timedelta(seconds=second)


class World:
    """Four hundred accounts of four years, and what a test adds to them."""

    def __init__(self, seed=1, collection="stream"):
        self.dice, self.collection = Random(seed), collection
        self.accounts, self.posts, self.labels, self.names = {}, [], [], []
        for number in range(400):
            self.account(f"t:n{number:03}")
            for _ in range(3):
                url = f"https://s.example/{self.dice.randrange(200)}"
                self.post(f"t:n{number:03}", self.dice.randrange(20 * DAY), url=url)

    def account(self, name, **about):
        made = -self.dice.randrange(4 * 365 * DAY)
        row = {"handle": word(self.dice), "created_at": made, "bio": word(self.dice, 12)}
        self.accounts[name] = {"declared_owner": f"owner of {name}", **row, **about}

    def post(self, name, second, *, text=None, url=None, client="web", kind="original"):
        words = " ".join(word(self.dice) for _ in range(6)) if text is None else text
        self.posts.append((name, second, words, [] if url is None else [url], client, kind))

    def group(self, names=GROUP, *, days=2, **about):
        """Accounts made within `days`, one year ago; `about` gives facts by number."""
        for number, name in enumerate(names):
            made = -365 * DAY + (number * days * DAY) // len(names)
            facts = {key: give(number) for key, give in about.items()}
            self.account(name, **{"created_at": made, **facts})

    def meet(self, names=GROUP, *, times=5, text=None, hour=None):
        """The accounts link one new address within fifty seconds, at different hours."""
        for meeting in range(times):
            hours = meeting * 29 if hour is None else meeting * 48 + hour
            for name in names:
                second = hours * 3_600 + self.dice.randrange(50)
                self.post(name, second, url=f"https://m.example/{meeting}", text=text)

    def rename(self, names, day):
        """The accounts are seen under new handles on that day."""
        self.names += [(name, word(self.dice, 8), at(day * DAY)) for name in names]

    def revisions(self):
        columns = {
            "subject_id": pl.String,
            "value": pl.String,
            "collected_at": pl.Datetime("us", "UTC"),
        }
        frame = pl.DataFrame(self.names, schema=columns, orient="row")
        kind, column = pl.lit("account"), pl.lit("handle")
        return REVISIONS.conform(
            frame.with_columns(
                subject_kind=kind, column=column, source_id=pl.lit("s"),
                source_line=pl.int_range(pl.len()),
            )
        )  # fmt: skip

    def corpus(self):
        fixed = {"platform": "t", "source_id": "s"}
        accounts = [{"account_id": a, **fixed, **row} for a, row in sorted(self.accounts.items())]
        frame = pl.DataFrame(accounts, infer_schema_length=None)
        made = pl.lit(START) + pl.duration(seconds=pl.col("created_at").cast(pl.Int64))
        lists = {"mentions": [], "hashtags": [], "media_hashes": []}
        posts = POSTS.conform(
            pl.DataFrame(
                [
                    {**fixed, **lists, "post_id": f"t:p{n:05}", "account_id": a, "text": text,
                     "created_at": at(s), "time_precision": "second", "kind": kind, "urls": urls,
                     "client": client, "is_seen": True}
                    for n, (a, s, text, urls, client, kind) in enumerate(self.posts)
                ],
                schema_overrides={"urls": pl.List(pl.String)},
                infer_schema_length=None,
            )
        )  # fmt: skip
        labels = [{"subject_kind": "account", "source_id": "s", **row} for row in self.labels]
        counts = dict.fromkeys(("rows_read", "accepted", "duplicate", "rejected"), 0)
        source = {"source_id": "s", "file": "x", "sha256": "0", "importer": "x", **counts}
        return Corpus(
            accounts=ACCOUNTS.conform(frame.with_columns(created_at=made)),
            posts=posts,
            actions=post_actions(posts),
            labels=LABELS.conform(pl.DataFrame(labels)) if labels else LABELS.empty(),
            revisions=self.revisions(),
            sources=SOURCES.conform(pl.DataFrame([source | {"collection": self.collection}])),
        )


def found(world, params=PARAMS):
    return list(detect(world.corpus(), params))


def only(world, params=PARAMS):
    (finding,) = found(world, params)
    return finding


def outcome_of(finding, beginning):
    (caveat,) = [c for c in finding.caveats if c.hypothesis.startswith(beginning)]
    return caveat.outcome.value


def met(seed=1, days=2, **about):
    """A world in which the group meets; by default a cohort without anything else."""
    world = World(seed)
    world.group(days=days, **about)
    world.meet()
    return world


def numbered(number):
    return f"lumeno{4120 + 2 * number}"


def test_accounts_made_within_days_that_meet_are_weak_for_a_class_does_the_same():
    finding = only(met())
    assert (finding.outcome, finding.grade) == ("run-together", "weak")
    assert list(finding.subjects.accounts) == GROUP
    assert finding.measures["cohort_accounts"] == 8
    assert finding.measures["expected_cohort_accounts"] < 0.5
    assert {row.role for row in finding.evidence} == {"proposal", "cohort"}
    assert finding.measures["smallest_detectable_cohort"] == 5
    assert finding.measures["smallest_detectable_run"] == 4
    assert len(finding.evidence) == 48
    assert finding.q_value < 1e-4
    assert finding.summary == (
        "8 accounts linked the same addresses and were made within 1.8 days of one another; beyond "
        "what proposed them they share creation times: 1 kinds of signs speak, 2 do not, 1 could "
        "not be tested."
    )


def test_a_cohort_whose_handles_are_numbered_in_a_row_is_strong():
    finding = only(met(handle=numbered))
    assert finding.grade == "strong"
    assert {c.outcome.value for c in finding.caveats} == {"stands"}


def test_accounts_of_many_years_that_meet_are_not_told():
    assert found(met(days=1200)) == []


def test_a_crowd_gives_no_finding():
    assert found(World()) == []


def test_a_rare_contact_and_a_cohort_are_weak_for_a_class_has_both():
    world = World()
    world.group(bio=lambda n: f"{word(Random(n), 9)} wechat: bluefin88")
    finding = only(world)
    assert (finding.outcome, finding.grade) == ("run-together", "weak")
    assert list(finding.subjects.accounts) == GROUP[1:]  # the first could be the one copied
    assert outcome_of(finding, "open call") == "untested"


def test_what_anybody_can_copy_names_nobody():
    world = World()
    bio = "all about lamps, wechat: bluefin88"
    world.group(days=1200, bio=lambda _: bio)
    for meeting in range(4):
        for name in GROUP:
            url = f"https://shop.example/i/{meeting}?aff=lamp7"
            world.post(name, world.dice.randrange(20 * DAY), url=url, text="the same lamp for all")
    assert found(world) == []


def test_copied_signs_beside_co_action_are_a_weak_lead():
    finding = only(met(days=1200, bio=lambda _: "all about lamps and lights"))
    assert (finding.outcome, finding.grade) == ("run-together", "weak")
    assert finding.p_value == 1.0 or finding.q_value > 0.01
    assert outcome_of(finding, "imitation") == "untested"


def test_what_the_meetings_share_is_not_counted_again():
    world = World()
    world.group(days=1200)
    for meeting in range(5):
        for name in GROUP:
            second, url = (
                meeting * 29 * 3_600 + world.dice.randrange(50),
                "https://m.example/?aff=yt9",
            )
            world.post(
                name, second, url=f"{url}&n={meeting}", text=f"meeting {meeting} of all of us"
            )
    assert found(world) == []


def test_a_declared_family_has_no_grade():
    finding = only(met(declared_owner=lambda _: "Radio"))
    assert (finding.outcome, finding.grade) == ("declared-family", None)


def test_an_affiliation_label_declares_a_family():
    world = met()
    world.labels = [{"subject_id": a, "label": "affiliation:class"} for a in GROUP]
    assert only(world).outcome == "declared-family"


def test_a_credential_that_no_others_have_declares_a_family():
    world = met(is_verified=lambda _: True, credential=lambda _: "Radio Lumen")
    for number in range(0, 400, 4):
        world.accounts[f"t:n{number:03}"] |= {"is_verified": True, "credential": "nurse"}
    assert only(world).outcome == "declared-family"


def test_half_a_family_is_weak():
    world = met(declared_owner=lambda n: "Radio" if n < 5 else f"own {n}")
    finding = only(world)
    assert (finding.outcome, finding.grade) == ("run-together", "weak")


def test_a_registration_wave_is_ordinary():
    world = met()
    for number in range(30):
        world.account(f"t:w{number}", created_at=-365 * DAY + number * 6_000)
    finding = only(world)
    assert (finding.outcome, finding.grade) == ("ordinary", None)
    assert outcome_of(finding, "registration wave") == "weakens"


def test_an_open_call_makes_it_weak():
    body = "they want to close the lumeno library, tell them what you think of it"
    world = World()
    world.group()
    world.post("t:n001", 0, text=f"Please copy this: {body}")
    for meeting in range(4):
        for name in GROUP:
            second = (meeting * 15 + 2) * 3_600 + world.dice.randrange(50)
            world.post(name, second, text=body[: 60 - meeting])
    finding = only(world)
    assert outcome_of(finding, "open call") == "weakens"
    assert finding.grade == "weak"


def test_a_lesson_at_one_hour_makes_it_weak():
    world = World()
    world.group()
    world.meet(hour=10)
    finding = only(world)
    assert outcome_of(finding, "shared hours") == "weakens"
    assert finding.grade == "weak"


def test_suggested_names_are_no_run():
    assert found(met(days=1200, handle=lambda n: f"user{10_000_120 + n}")) == []


@pytest.mark.parametrize("collection", ["snowball", "unknown"])
def test_rows_collected_from_suspects_outward_stay_weak(collection):
    world = met()
    world.collection = collection
    finding = only(world)
    assert outcome_of(finding, "collection") == "weakens"
    assert finding.grade == "weak"


def test_without_creation_times_a_run_stays_weak():
    world = met(handle=numbered)
    for row in world.accounts.values():
        row["created_at"] = None
    finding = only(world)
    assert finding.grade == "weak"
    assert outcome_of(finding, "imitation") == "untested"


def framed(*, victim_made, shadow=False, neighbours=False, around=False):
    """Eight new accounts copy an account's bio, contact, code and texts; it is `t:victim`."""
    world, bio = World(5), "lamps of the north, wechat: northlamp"
    handle = "lumeno4127" if neighbours else "lumeno"
    world.account("t:victim", created_at=victim_made, bio=bio, handle=handle)
    world.group(bio=lambda _: bio, **({"handle": numbered} if neighbours else {}))
    for meeting in range(8):
        second, url = meeting * 29 * 3_600, f"https://shop.example/i/{meeting}?aff=lamp7"
        text = " ".join(word(world.dice) for _ in range(6))
        world.post("t:victim", second, text=text, url=url)
        for name in GROUP:
            late = world.dice.randrange(2, 50) if shadow else world.dice.randrange(2, 5 * DAY)
            late = world.dice.randrange(-40, 40) if around else late
            world.post(name, second + late, text=text, url=url)
    return world


@pytest.mark.parametrize(
    "ways",
    [
        {},
        {"shadow": True},
        {"neighbours": True},
        {"shadow": True, "neighbours": True},
        {"around": True},
        {"around": True, "neighbours": True},
    ],
    ids=str,
)
def test_an_older_account_that_others_copy_is_not_named(ways):
    told = found(framed(victim_made=-3 * 365 * DAY, **ways))
    assert [f for f in told if "t:victim" in f.subjects.accounts] == []
    assert any(set(f.subjects.accounts) <= set(GROUP) for f in told)


@pytest.mark.parametrize("ways", [{}, {"shadow": True}, {"neighbours": True}], ids=str)
@pytest.mark.parametrize("hours", [-2, 20], ids=["made first", "made among them"])
def test_a_new_account_that_others_copy_is_not_named(ways, hours):
    told = found(framed(victim_made=-365 * DAY + hours * 3_600, **ways))
    assert [f for f in told if "t:victim" in f.subjects.accounts] == []


@pytest.mark.parametrize("made", [-365 * DAY + DAY, -3 * 365 * DAY], ids=["same days", "older"])
def test_an_account_that_others_meet_before_and_after_it_posts_is_not_named(made):
    world = framed(victim_made=made, around=True)
    half = [p for n, p in enumerate(world.posts) if p[0] not in GROUP or n % 2]
    world.posts = half
    told = found(world)
    assert [f for f in told if "t:victim" in f.subjects.accounts] == []
    assert any(set(f.subjects.accounts) <= set(GROUP) for f in told)


def renamed(*, days=300, others=60, wave=0):
    """The group meets and is renamed within two days; so are others, each on a day of its own."""
    world = met(days=days)
    world.rename(GROUP, 40)
    for number in range(others):
        world.rename([f"t:n{number:03}"], 20 + number % 40)
    world.rename([f"t:n{number:03}" for number in range(100, 100 + wave)], 40)
    return world


def test_renames_within_two_days_beside_co_action_are_a_weak_lead():
    finding = only(renamed())
    assert (finding.outcome, finding.grade) == ("run-together", "weak")
    assert outcome_of(finding, "imitation") == "untested"
    assert outcome_of(finding, "occasion") == "stands"
    rows = [row for row in finding.evidence if row.role == "rename"]
    assert {row.table for row in rows} == {"revisions"}
    assert len(rows) == 8


def test_renames_do_not_make_a_cohort_moderate_for_a_class_is_renamed_too():
    finding = only(renamed(days=2))
    assert finding.measures["p_rename"] < 1e-6
    assert finding.grade == "weak"


def test_an_occasion_on_which_many_rename_weakens():
    finding = only(renamed(wave=12))
    assert outcome_of(finding, "occasion") == "weakens"


def test_renames_are_not_tested_where_hardly_anybody_else_renames():
    assert found(renamed(others=10)) == []


def test_a_finding_says_which_signs_speak_and_which_could_not_be_tested():
    finding = only(met())
    (caveat,) = [c for c in finding.caveats if c.hypothesis.startswith("separate people")]
    assert caveat.detail == (
        "speak: cohort; do not: bio, client, code, contact, handle, run, template; not tested: "
        "credential, rename; shared by many others and not counted: client"
    )


def test_one_clock_is_told_with_its_rows_and_does_not_count():
    world = met()
    for name in GROUP:
        for day in range(18):
            world.post(name, day * DAY + 3 * 3_600 + world.dice.randrange(900))
    for number in range(60):
        for _ in range(14):
            world.post(f"t:n{number:03}", world.dice.randrange(20 * DAY))
    finding = only(world, Params(permutations=299))
    assert finding.measures["p_clock"] <= 0.01
    assert finding.grade == "weak"
    rows = {row.key for row in finding.evidence if row.role == "clock"}
    assert len(rows) >= 8 * 12


@settings(max_examples=4, deadline=None)
@given(st.integers(0, 10_000), st.integers(0, 10_000))
def test_renaming_accounts_and_shuffling_rows_changes_nothing(seed, other):
    dice = Random(other)
    corpus = met(seed, handle=numbered).corpus()
    old = corpus.accounts["account_id"].to_list()
    new = dict(
        zip(old, dice.sample([f"t:x{n:03}" for n in range(len(old))], len(old)), strict=True)
    )
    renamed = {
        name: frame.with_columns(pl.col("account_id").replace(new))[
            dice.sample(range(frame.height), frame.height)
        ]
        for name in ("accounts", "posts", "actions")
        for frame in [corpus.table(name)]
    }
    (before,), (after,) = detect(corpus, PARAMS), detect(replace(corpus, **renamed), PARAMS)
    assert sorted(new[a] for a in before.subjects.accounts) == list(after.subjects.accounts)
    assert (before.measures, before.grade) == (after.measures, after.grade)
    assert (before.p_value, before.q_value, before.summary) == (
        after.p_value, after.q_value, after.summary,
    )  # fmt: skip


def test_every_outcome_is_declared_and_no_summary_names_an_account():
    finding = only(met())
    assert finding.outcome in DETECTOR.outcomes
    assert not any(account in finding.summary for account in GROUP)
