# SPDX-License-Identifier: GPL-3.0-or-later
"""What a finding or a traced story is tied to, beside it in the report, linked both ways."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from graphkit.bundle.markup import Html, figure, joined, table, tag
from graphkit.bundle.ties import ties_by_end

if TYPE_CHECKING:
    from collections.abc import Mapping

    from graphkit.bundle.contents import Contents

Record = dict[str, Any]
_TIME = "%Y-%m-%d %H:%M:%S"
_OUTCOMES = {
    "stands": "the tie stands",
    "weakens": "may explain the tie",
    "untested": "not tested",
}
_NOTE = (
    "A tie is beside the findings and changes no grade: it says that two of them have accounts or "
    "posts in common, more than chance would make. It does not say who wanted what. Its rows on "
    "either side are in ties.jsonl."
)


class TiesOf:
    """The ties of a bundle by their ends, and the places in the report that they lead to."""

    def __init__(self, contents: Contents) -> None:
        self._zone = contents.zone
        self._ties = ties_by_end(contents.ties)
        numbered = enumerate(contents.findings, 1)
        self._findings = {each["bundle_finding_id"]: (number, each) for number, each in numbered}
        claims = enumerate((claim_of(trace) for trace in contents.traces), 1)
        self._stories = {claim: story_place(number) for number, claim in reversed([*claims])}

    def section(self, end: str | None) -> Html | None:
        """The ties of the finding (the bundle's id) or claim `end`; nothing where it has none."""
        ties = self._ties.get("" if end is None else end, [])
        if not ties:
            return None
        heads = ["Tied to", "In common", "By chance", "What else may explain it"]
        rows: list[list[object]] = [
            [self._other(tie, end), _shared(tie, self._zone), _chance(tie), _caveats(tie)]
            for tie in ties
        ]
        return joined(
            tag("h3", "What it is tied to"),
            table(heads, rows, caption="Ties to other findings and stories", class_="ties"),
            tag("p", _NOTE, class_="note"),
        )

    def _other(self, tie: Record, end: str | None) -> Html:
        if end != tie["bundle_finding_id"] or tie["bundle_other_id"] is not None:
            name = tie["bundle_other_id"]
            if name is None or name == end:
                name = tie["bundle_finding_id"]
            number, record = self._findings[name]
            text = f"finding {number}: {record['kind']}, {record['outcome']}"
            return tag("p", tag("a", text, href=f"#finding-{number}"))
        text = f"the traced story, told under {tie['topic']}"
        return tag("p", tag("a", text, href=f"#{self._stories[tie['claim_id']]}"))


def story_place(number: int) -> str:
    """The place of the trace with this number, from 1, in the report."""
    return f"trace-{number}"


def claim_of(trace: Mapping[str, Any]) -> str | None:
    """The id of the claim that a trace is of; None where it has none."""
    claim = trace["claim"]
    return claim["claim_id"] if isinstance(claim, dict) else None


def _shared(tie: Record, zone: str) -> Html:
    what = "posts" if tie["kind"] == "pushed-story" else "accounts"
    a, b = (figure(each) for each in tie["sizes"])
    said = tag("p", f"{figure(tie['shared'])} {what}, of {a} and {b}")
    course = tie["course"]
    if course.get("list_id") is None:
        return joined(said, _labels(course))
    told = (
        f"Rows of the push on this topic: {_when(course['first_at'], zone)} to "
        f"{_when(course['last_at'], zone)}. On the list {course['list_id']}: "
        f"{_rank(course['rank_before'])} at {_when(course['before_at'], zone)}, "
        f"{_rank(course['rank_after'])} at {_when(course['after_at'], zone)}, best "
        f"{_rank(course['best_rank'])} at {_when(course['best_at'], zone)} ({zone})."
    )
    return joined(said, tag("p", told), _labels(course))


def _labels(course: Record) -> Html | None:
    labels = course.get("labels", [])
    return tag("p", f"Labels of the story: {'; '.join(labels)}") if labels else None


def _rank(rank: int | None) -> str:
    return "not listed" if rank is None else f"rank {rank}"


def _when(at: str | None, zone: str) -> str:
    if at is None:
        return "no snapshot"
    return f"{datetime.fromisoformat(at).astimezone(ZoneInfo(zone)):{_TIME}}"


def _chance(tie: Record) -> str:
    return (
        f"{figure(tie['expected'])} (p = {figure(tie['p_value'])}, q = {figure(tie['q_value'])}, "
        f"{figure(tie['tests_made'])} tests)"
    )


def _caveats(tie: Record) -> Html:
    items = [
        tag(
            "li",
            tag("span", _OUTCOMES[each["outcome"]], class_=f"outcome {each['outcome']}"),
            f" {each['hypothesis']}: {each['detail']}",
        )
        for each in tie["caveats"]
    ]
    return tag("ul", *items)
