# SPDX-License-Identifier: GPL-3.0-or-later
"""Texts, composed clause by clause, so that two posts are alike only when a plant makes them so."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import words

if TYPE_CHECKING:
    from random import Random

THEMES = tuple(words.THEMES)
MARKS = ("。", "。", "！", "…", "～")


@cache
def _vocabulary(theme: str, *, english: bool) -> dict[str, tuple[str, ...]]:
    """Slot name -> what may stand there, for a theme in one language."""
    lang, common = ("en", words.EN) if english else ("zh", words.ZH)
    own = words.THEMES[theme]
    return {**common, "noun": own[f"{lang}_noun"], "doing": own[f"{lang}_doing"]}


class _Slots:
    """Fills templates: every slot is drawn when it is asked for."""

    def __init__(self, dice: Random, theme: str, *, english: bool) -> None:
        self._dice, self._from = dice, _vocabulary(theme, english=english)

    def _word(self, slot: str) -> str:
        return (
            str(self._dice.randint(2, 60)) if slot == "n" else self._dice.choice(self._from[slot])
        )

    def fill(self, template: str) -> str:
        first, *rest = template.split("{")
        pieces = (each.split("}") for each in rest)
        return first + "".join(self._word(slot) + after for slot, after in pieces)


def sentences(dice: Random, theme: str, *, english: bool, clauses: int = 0) -> str:
    """A text of one to four clauses about a theme; one or two in English, which runs longer."""
    slots = _Slots(dice, theme, english=english)
    odds = (28, 62, 10, 0) if english else (22, 40, 28, 10)
    count = clauses if clauses else dice.choices((1, 2, 3, 4), odds)[0]
    lang = "en" if english else "zh"
    said = [slots.fill(each) for each in dice.sample(words.FRAMES[lang], count)]
    if dice.random() < 0.6:
        said.append(slots.fill(dice.choice(words.FRAMES[f"{lang}_tails"])))
    if english:
        return ". ".join(each[0].upper() + each[1:] for each in said) + dice.choice(("", ".", "!"))
    return "".join(each + ("" if each[-1] == "？" else dice.choice(MARKS)) for each in said)


def remark(dice: Random, theme: str, *, english: bool, event: str = "") -> str:
    """The own words of a repost or reply: often two characters, sometimes a clause."""
    if event and not english and dice.random() < 0.85:
        if dice.random() < 0.4:
            return comment(dice, event)
        said = dice.choice(words.REMARKS[event])
        return f"{said}，{sentences(dice, theme, english=False, clauses=1)}"
    if dice.random() < 0.45:
        return dice.choice((words.EN if english else words.ZH)["short"])
    return sentences(dice, theme, english=english, clauses=1)


def comment(dice: Random, event: str, *, most: int = 2) -> str:
    """What people say under one event: a remark or two of many."""
    said = dice.sample(words.REMARKS[event], dice.randint(1, most))
    return "，".join(said) + dice.choice(("", "。", "！", "…"))


def headline(dice: Random, theme: str, *, english: bool) -> str:
    """A news item's claim: who did what where, with a number."""
    frames = words.FRAMES["en_news" if english else "zh_news"]
    return _Slots(dice, theme, english=english).fill(dice.choice(frames))
