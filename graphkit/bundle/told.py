# SPDX-License-Identifier: GPL-3.0-or-later
"""Findings and traces as a bundle tells them: what they repeat of texts and times is cut too."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import polars as pl

from graphkit.bundle.coarse import HOUR, coarse_times
from graphkit.bundle.excerpts import LEAST_BYTES, SPANS, cut_texts
from graphkit.bundle.masking import masked_json, masked_texts, replaced, strings_in
from graphkit.case import pseudonyms
from graphkit.ids import canonical_json

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from graphkit.bundle.excerpts import Excerpts
    from graphkit.bundle.names import Withheld

Record = dict[str, Any]
_QUOTED = re.compile("“[^“”]*”")
_HASHED = re.compile(r"\b((?:unseen|variant|claim):)[0-9a-f]{16}\b")
_FILLED = re.compile(r"\{[^{}]*\}")
_ASKED = ("query", "searched")  # people's own words


def cut_quotes(shown: Excerpts, value: Any) -> Any:  # noqa: ANN401  any JSON value, masked
    """The JSON value with what quotations in its texts repeat of posts cut as the posts are.

    In a quoted template (`{a|b|…}` stands for a blank) only what fills the blanks is cut: the rest
    is the wording that its copies share.
    """
    texts = {text for text in strings_in(value) if "“" in text}
    quotes = {found[1:-1] for text in texts for found in _QUOTED.findall(text)}
    plain = {each for each in quotes if len(each.encode()) >= LEAST_BYTES}
    plain -= {each for each in quotes if _FILLED.search(each)}
    cut = cut_texts(shown, plain) | {
        each: _FILLED.sub("{…}", each) for each in quotes if _FILLED.search(each)
    }
    by = {
        text: _QUOTED.sub(lambda found: f"“{cut.get(found[0][1:-1], found[0][1:-1])}”", text)
        for text in texts
    }
    return replaced(value, by)


def told_findings(
    shown: Excerpts, records: Sequence[Record], about: Sequence[bool]
) -> list[Record]:
    """The masked records; those that are `about` withheld accounts with texts and window cut."""
    names = ("summary", "caveats", "window")
    apart = [
        {name: record[name] for name in names} if is_about else {}
        for record, is_about in zip(records, about, strict=True)
    ]
    cut = coarse_times(cut_quotes(shown, apart))
    return [{**record, **parts} for record, parts in zip(records, cut, strict=True)]


def told_traces(withheld: Withheld, shown: Excerpts, told: list[Any]) -> list[Record]:
    """The traces `told` with pseudonyms, and with texts and times cut."""
    masked = rekeyed(withheld, told)
    return [
        _told_trace(withheld, shown, trace=old, masked=new)
        for old, new in zip(told, masked, strict=True)
    ]


def rekeyed(withheld: Withheld, told: list[Any]) -> list[Any]:
    """The JSON values with pseudonyms, ids that hash a name or a text with the case's key too.

    Else who guesses the text could confirm the guess.
    """
    hashed = {text for text in strings_in(told) if _HASHED.search(text)}
    plain = {found[0] for text in hashed for found in _HASHED.finditer(text)}
    codes = pseudonyms(withheld.case, sorted(plain), prefix="node")
    new = {text: _HASHED.sub(lambda found: f"{found[1]}{codes[found[0]]}", text) for text in hashed}
    masked: list[Any] = masked_json(withheld, [replaced(each, new) for each in told])
    return masked


def _told_trace(withheld: Withheld, shown: Excerpts, *, trace: Record, masked: Record) -> Record:
    """The trace, `masked` being the same with pseudonyms, with texts and times cut.

    Named accounts' posts keep theirs. A lag is told in whole hours unless both of its ends are
    named: an exact lag to a post of known time gives the time back. Lists that were in the order
    of exact times or of ids are in that of the pseudonyms.
    """
    told = _Told.of(withheld, shown, trace)
    pairs = {name: zip(trace[name], masked[name], strict=True) for name in ("nodes", "edges")}
    apart = {name: masked[name] for name in _ASKED if name in masked}
    rest = {name: each for name, each in masked.items() if name not in (*pairs, *apart)}
    if not shown.in_full:
        rest = coarse_times(cut_quotes(shown, _said_again(shown, rest)))
    return {
        **_unordered(rest),
        **apart,
        "nodes": sorted(
            (told.node(*pair) for pair in pairs["nodes"]),
            key=lambda n: (n["at"] is None, n["at"], n["node_id"]),
        ),
        "edges": sorted(
            (told.edge(*pair) for pair in pairs["edges"]),
            key=lambda e: (e["child"], e["parent"], e["cls"]),
        ),
    }


@dataclass(frozen=True)
class _Told:
    """What a trace's nodes say: `named` nodes keep text and time; `texts` is what others show."""

    named: frozenset[str]
    texts: Mapping[str, str | None]
    spans: Mapping[tuple[str, int, int], tuple[int, int]]

    @classmethod
    def of(cls, withheld: Withheld, shown: Excerpts, trace: Record) -> _Told:
        nodes = trace["nodes"]
        known = frozenset(
            n["node_id"] for n in nodes if shown.in_full or n.get("account_id") in withheld.accounts
        )
        said = {n["node_id"]: n["text"] for n in nodes if n.get("text") is not None}
        masks = masked_texts(withheld, set(said.values()))
        plain = {name: masks.get(text, text) for name, text in said.items()}
        cut = cut_texts(shown, {text for name, text in plain.items() if name not in known})
        texts = {name: t if name in known else cut[t] for name, t in plain.items()}
        own = dict(shown.texts.select("post_id", "text").rows())
        texts |= {name: own[name] for name in texts if name in own and name not in known}
        spans = {(row[0], row[1], row[2]): (row[3], row[4]) for row in shown.spans.rows()}
        return cls(known, texts, spans)

    def node(self, old: Record, new: Record) -> Record:
        name = old["node_id"]
        told = {**new, "text": self.texts.get(name)}
        credit = new.get("attribution")
        if credit is not None:
            span = self._span(name, old["attribution"].get("span"))
            told["attribution"] = {**credit, "span": span}
        if name not in self.named:
            told["at"] = coarse_times(new["at"])
            if new.get("precision") in ("second", "minute"):
                told["precision"] = "hour"
        return told

    def edge(self, old: Record, new: Record) -> Record:
        ends, gap = (old["child"], old["parent"]), old.get("gap_seconds")
        told = {**new, "span": self._span(old["child"], old.get("span"))}
        if gap is not None and not self.named.issuperset(ends):
            told["gap_seconds"] = gap // HOUR * HOUR
        if new.get("text_change") is not None:
            words = zip(("added", "dropped"), ends, strict=True)
            told["text_change"] = {
                which: [each for each in new["text_change"][which] if each in self._text(end)]
                for which, end in words
            }
        return told

    def _text(self, node: str) -> str:
        text = self.texts.get(node)
        return "" if text is None else text

    def _span(self, post: str, span: Sequence[int] | None) -> list[int] | None:
        if span is None or (post, span[0], span[1]) not in self.spans:
            return None
        return list(self.spans[post, span[0], span[1]])


def trace_spans(told: Sequence[Record]) -> pl.DataFrame:
    """The places in posts' texts that the traces point at (`excerpts.SPANS`)."""
    rows = [
        (name, *span)
        for trace in told
        for name, span in (
            *((n["node_id"], (n.get("attribution") or {}).get("span")) for n in trace["nodes"]),
            *((e["child"], e.get("span")) for e in trace["edges"]),
        )
        if span is not None
    ]
    return pl.DataFrame(rows, schema=SPANS, orient="row")


def _said_again(shown: Excerpts, value: Any) -> Any:  # noqa: ANN401  any JSON value
    """The JSON value with every field `text` in it cut."""
    texts = {text for text in _fields(value, "text") if isinstance(text, str)}
    cut = cut_texts(shown, texts)
    return _with_texts(value, cut)


def _fields(value: object, name: str) -> Iterator[object]:
    if isinstance(value, dict):
        yield from (each for key, each in value.items() if key == name)
    if isinstance(value, (dict, list)):
        for each in value.values() if isinstance(value, dict) else value:
            yield from _fields(each, name)


def _with_texts(value: Any, cut: Mapping[str, str]) -> Any:  # noqa: ANN401
    if isinstance(value, list):
        return [_with_texts(each, cut) for each in value]
    if not isinstance(value, dict):
        return value
    return {
        key: cut[each] if key == "text" and isinstance(each, str) else _with_texts(each, cut)
        for key, each in value.items()
    }


def _unordered(rest: Record) -> Record:
    """The parts of a trace that stood in the order of times or ids, in that of the pseudonyms."""
    told = dict(rest)
    for name in ("rejected_edges", "labels", "aliases"):
        if name in told:
            told[name] = sorted(told[name], key=canonical_json)
    if "main_amplifiers" in told:
        told["main_amplifiers"] = sorted(
            told["main_amplifiers"], key=lambda a: (-a["reposts_count"], a["node_id"])
        )
    claim = told.get("claim")
    if isinstance(claim, dict):
        variants = sorted(
            claim["variants"], key=lambda v: (v["first_at"] is None, v["first_at"], v["variant_id"])
        )
        told["claim"] = {**claim, "posts": sorted(claim["posts"]), "variants": variants}
    return told
