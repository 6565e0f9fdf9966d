# SPDX-License-Identifier: GPL-3.0-or-later
"""What a text marks by itself, for formats that do not list it: addresses and #tags."""

from __future__ import annotations

import re

ADDRESS = re.compile(r"https?://[^\s<>\"“”「」『』（）【】《》，。！？；：、]+", re.IGNORECASE)
TAG = re.compile(r"(?<![\w&/])[#＃](\w*[^\W\d]\w*)")
AT_END = ".,;:!?'*_]}"


def links_in(text: str | None) -> list[str]:
    """The addresses in the text, each once, without what follows them in a sentence.

    >>> links_in("（https://a.example/1）, [b](https://b.example/wiki/b_(c)), https://a.example/1.")
    ['https://a.example/1', 'https://b.example/wiki/b_(c)']
    """
    found = ADDRESS.findall(text) if text else []
    return list(dict.fromkeys(_trimmed(each) for each in found))


def _trimmed(address: str) -> str:
    bare = address.rstrip(AT_END)
    if bare.endswith(")") and bare.count(")") > bare.count("("):
        return _trimmed(bare[:-1])
    return bare


def hashtags_in(text: str | None) -> list[str]:
    """The words after # in the text, each once; a number alone is no hashtag.

    >>> hashtags_in("#河洲大桥# falls #1 https://a.example/#top #B2")
    ['河洲大桥', 'B2']
    """
    return list(dict.fromkeys(TAG.findall(text))) if text else []
