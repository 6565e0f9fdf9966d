# SPDX-License-Identifier: GPL-3.0-or-later
"""Texts that several accounts post with the blanks filled in, and how many chance makes.

Two null models, of which the one that makes more counts.

- Copying as usual. In the same platform, in posts or in answers, in the same script and at the same
  length, the mean number of further accounts that a text has is taken from the groups that are
  smaller than those asked about, one copy and one text added. Every text draws its copies at a rate
  of its own, exponentially distributed about that mean; then their number is geometric, and k
  accounts have a tail of (mean / (1 + mean)) to the power of k - 1.
- Common phrases. The sentences of the constant parts are drawn independently, each as often as
  accounts that have not the template write all of its clauses in one post (counted for sentences
  that are short enough to be common), or as their clauses, each as often as others write it (one
  added), meet by chance. The number of accounts is Poisson.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from graphkit.graphs.nulls import benjamini_hochberg, poisson_tail
from graphkit.graphs.statements import ANSWERS, alike, statements
from graphkit.text.normal import normal_form
from graphkit.text.templates import Template, template

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from graphkit.tables import Corpus

MOST_FAMILIES = 20
"""Families that are taken from one group of near-duplicates, the largest first."""
SENTENCE_END = r"(?:[。！？!?…～~\n]|\.(?:\s|$))"
CLAUSE = r"[^\p{P}\p{S}\t]+"
SHORTEST_CLAUSE = 4
HAN = pl.col("clause").str.contains(r"\p{Han}")
LONG_SENTENCE = 48
"""Letters, a Chinese character counting for two, from which on a sentence is no common phrase: who
else writes it whole has it from somewhere, and adding to it would hide the others."""
STRATUM = ["platform", "is_answer", "is_han", "length"]


@dataclass(frozen=True)
class CopyRule:
    """What counts as copied: the fewest accounts and characters, the least likeness, the rate."""

    min_accounts: int
    min_characters: int
    similarity: float
    alpha: float


@dataclass(frozen=True)
class CopiedText:
    """One template and the posts that hold it.

    Attributes:
        template: over the posts' own words; its text ids are post ids.
        posts: rows of `statements`, and is_own: its blanks are filled as in no other account's
            post; by post.
        expected: accounts beside the first that chance gives such a text, by the null model that
            makes more.
        p_value, q_value, tests: of the null models; q among all groups of near-duplicates.
    """

    template: Template
    posts: pl.DataFrame
    expected: float
    p_value: float
    q_value: float
    tests: int

    @property
    def first(self) -> pl.Series:
        """The accounts of the earliest post: whoever is copied is among them."""
        at = self.posts["at"]
        return self.posts.filter(at == at.min())["account_id"].unique().sort()

    @property
    def named(self) -> pl.Series:
        """All other accounts: anybody can copy a post, so its author is never named for it."""
        accounts = self.posts["account_id"].unique().sort()
        return accounts.filter(~accounts.is_in(self.first.implode()))

    @property
    def own_share(self) -> float:
        """The share of the posts whose blanks are filled as in no other account's post."""
        return float(self.posts["is_own"].to_numpy().mean())


def copied_texts(corpus: Corpus, rule: CopyRule) -> list[CopiedText]:
    """The templates of `min_accounts` accounts or more that chance does not make, best first.

    Candidates are groups of near-duplicate own words (`statements`, Jaccard index of 3-shingles of
    at least `similarity`, single linkage), split into families of one template each. A template
    whose constant parts have fewer than `min_characters` characters is none.
    """
    said = statements(corpus, least=rule.min_characters)
    grouped = alike(said, similarity=rule.similarity, containment=None)
    groups = _groups(grouped, rule)
    many = _promising(groups, rule)
    rows = grouped.join(many.select("group", "mean"), on="group").sort("group", "post_id")
    families = [
        CopiedText(
            held, posts.drop("mean", "group"), float(part["mean"][0]), 1.0, 1.0, groups.height
        )
        for _, part in rows.group_by("group", maintain_order=True)
        for held, posts in _families(part, rule)
    ]
    return [each for each in _tested(families, said) if each.q_value <= rule.alpha]


def _promising(groups: pl.DataFrame, rule: CopyRule) -> pl.DataFrame:
    """The groups of enough accounts of which a family could pass; the others change no q-value."""
    many = groups.filter(pl.col("accounts") >= rule.min_accounts)
    least = (pl.col("mean") / (1 + pl.col("mean"))) ** (pl.col("accounts") - 1)
    most = rule.alpha * MOST_FAMILIES * many.height / max(groups.height, 1)
    return many.filter(least <= most)


def _tested(families: list[CopiedText], said: pl.DataFrame) -> list[CopiedText]:
    """`families` with the larger of the two chances; the least likely first."""
    if not families:
        return []
    further = np.array([each.posts["account_id"].n_unique() - 1 for each in families])
    usual = np.array([each.expected for each in families])
    phrased = _phrased(families, said)
    p_values = np.maximum((usual / (1 + usual)) ** further, poisson_tail(further, phrased))
    expected = np.maximum(usual, phrased)
    tests = max(families[0].tests, len(families))
    q_values = benjamini_hochberg(p_values, tests=tests)
    told = [
        replace(each, expected=float(e), p_value=float(p), q_value=float(q), tests=tests)
        for each, e, p, q in zip(families, expected, p_values, q_values, strict=True)
    ]
    return sorted(told, key=lambda each: (each.p_value, each.posts["post_id"][0]))


def _phrased(families: list[CopiedText], said: pl.DataFrame) -> NDArray[np.float64]:
    """Accounts that have all sentences of each template, were they drawn independently."""
    clauses = pl.concat(_clauses(number, each.template) for number, each in enumerate(families))
    written = said.select("account_id", "words").unique().with_row_index("text")
    phrases = clauses["clause"].unique().sort().implode()
    found = pl.col("words").str.extract_many(phrases, overlapping=True).list.unique()
    held = written.with_columns(clause=found).explode("clause").drop_nulls("clause")
    inside = pl.concat(
        each.posts.select(pl.lit(number).alias("number"), "account_id").unique()
        for number, each in enumerate(families)
    )
    outside = clauses.join(held, on="clause").join(inside, on=["number", "account_id"], how="anti")
    shares = _shares(clauses, outside, texts=written.height)
    expected = np.full(len(families), float(written.height))
    expected[shares["number"].to_numpy()] *= np.exp(shares["share"].to_numpy())
    return expected


def _shares(clauses: pl.DataFrame, outside: pl.DataFrame, *, texts: int) -> pl.DataFrame:
    """The logarithm of the share of texts that have all sentences of each template by chance."""
    sentence = ["number", "sentence"]
    alone = outside.group_by(*sentence, "clause").agg(held=pl.len())
    known = clauses.join(alone, on=[*sentence, "clause"], how="left").sort(*sentence, "clause")
    one = ((pl.col("held").fill_null(0) + 1) / texts).clip(upper_bound=1.0).log()
    signs = pl.col("clause").str.len_chars() * pl.when(HAN).then(2).otherwise(1)
    drawn = known.group_by(sentence, maintain_order=True).agg(
        drawn=one.sum(), clauses=pl.len(), signs=signs.sum()
    )
    whole = outside.group_by(*sentence, "text").len().join(drawn, on=sentence)
    is_common = (pl.col("len") == pl.col("clauses")) & (pl.col("signs") < LONG_SENTENCE)
    whole = whole.filter(is_common).group_by(sentence).agg(whole=pl.len())
    both = drawn.join(whole, on=sentence, how="left", maintain_order="left")
    share = pl.max_horizontal("drawn", (pl.col("whole") / texts).log())
    return both.group_by("number", maintain_order=True).agg(share=share.sum())


def _clauses(number: int, found: Template) -> pl.DataFrame:
    """The clauses of the constant parts, in normal form: number, sentence, clause."""
    parts = pl.Series(found.parts, dtype=pl.String).str.replace_all(f"{SENTENCE_END}+", "\n")
    sentences = pl.DataFrame({"clause": parts.str.join("\t").str.split("\n").explode()})
    clauses = sentences.with_row_index("sentence").with_columns(
        pl.lit(number).alias("number"), pl.col("clause").str.extract_all(CLAUSE)
    ).explode("clause")  # fmt: skip
    plain = clauses.with_columns(normal_form(pl.col("clause")))
    long_enough = pl.col("clause").str.len_chars() >= SHORTEST_CLAUSE
    return plain.filter(long_enough).select("number", "sentence", "clause").unique()


def _groups(grouped: pl.DataFrame, rule: CopyRule) -> pl.DataFrame:
    """Each group with its accounts and the mean number of copies that its kind of text has."""
    length = pl.col("words").str.len_chars()
    groups = grouped.sort("post_id").group_by("group").agg(
        pl.col("account_id").n_unique().alias("accounts"),
        pl.col("platform").first(),
        is_answer=pl.col("kind").first().is_in(ANSWERS),
        is_han=pl.col("words").first().str.contains(r"\p{Han}"),
        length=(length.min().cast(pl.Float64).log(2) * 2).floor(),
    )  # fmt: skip
    small = pl.col("accounts") < rule.min_accounts
    copies = pl.when(small).then(pl.col("accounts") - 1).otherwise(0).sum().over(STRATUM)
    texts = pl.when(small).then("accounts").otherwise(1).sum().over(STRATUM)
    return groups.with_columns(mean=(copies + 1) / (texts + 1))


def _families(posts: pl.DataFrame, rule: CopyRule) -> Iterator[tuple[Template, pl.DataFrame]]:
    """Templates in one group of near-duplicates, and the posts of each; the largest first."""
    rest = posts
    for _ in range(MOST_FAMILIES):
        if rest["account_id"].n_unique() < rule.min_accounts:
            return
        found = template(rest.select("account_id", text_id="post_id", text="shown"))
        if found is None:
            return
        is_held = pl.col("post_id").is_in(found.text_ids.implode())
        ours, rest = rest.filter(is_held), rest.filter(~is_held)
        is_long = len(_plain(found)) >= rule.min_characters
        if is_long and ours["account_id"].n_unique() >= rule.min_accounts:
            yield found, ours.join(_own(found, ours), on="post_id", maintain_order="left")


def _plain(found: Template) -> str:
    return str(normal_form(pl.Series(["".join(found.parts)])).item())


def _own(found: Template, posts: pl.DataFrame) -> pl.DataFrame:
    """post_id and is_own: the blanks are filled, and as in no other account's post."""
    filled = found.inner.sort("text_id", "slot_no").group_by("text_id").agg(
        said=normal_form(pl.col("filling")).str.join("|")
    )  # fmt: skip
    known = posts.join(filled, left_on="post_id", right_on="text_id", how="left")
    single = pl.col("account_id").n_unique().over("said") == 1
    return known.select("post_id", is_own=(pl.col("said").is_not_null() & single))
