# SPDX-License-Identifier: GPL-3.0-or-later
"""Posts that have a title and a text: what is read as their text."""

from __future__ import annotations


def titled(title: str | None, body: str | None) -> str | None:
    r"""The title on a line of its own before the text, which may begin with it or be missing.

    >>> titled("河洲大桥", "今晚封闭"), titled("河洲大桥", "河洲大桥今晚封闭"), titled(None, None)
    ('河洲大桥\n今晚封闭', '河洲大桥今晚封闭', None)
    """
    head = "" if title is None else title.strip()
    text = "" if body is None else body.strip()
    parts = [text] if text.startswith(head) else [head, text]
    return "\n".join(part for part in parts if part) or None
