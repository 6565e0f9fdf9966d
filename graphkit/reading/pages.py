# SPDX-License-Identifier: GPL-3.0-or-later
"""Pages of an API: the records that lie under a key of each answer, in a document or one a line."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from graphkit.reading.rows import sampled
from graphkit.reading.values import at

if TYPE_CHECKING:
    from pathlib import Path

    from graphkit.reading.importer import ReadOptions


def page_items(value: object, *names: str) -> list[Any]:
    """The records in the lists under `names` (such as "data.videos"); of what is no page itself.

    >>> (
    ...     page_items({"data": {"videos": [1, 2]}}, "data.videos"),
    ...     page_items({"id": 1}, "data.videos"),
    ... )
    ([1, 2], [{'id': 1}])
    """
    found = [each for each in (at(value, name) for name in names) if isinstance(each, list)]
    return [item for each in found for item in each] if found else [value]


def page_keys(path: Path, options: ReadOptions, *names: str) -> tuple[str, ...]:
    """The keys that lead to the records of a document that is a page; none where it is no page.

    They are what `records(at=...)` takes, so that each record has a line of its own.
    """
    document = next(iter(sampled(path, options).objects), None)
    found = [name.split(".") for name in names if isinstance(at(document, name), list)]
    return tuple(found[0]) if found else ()
