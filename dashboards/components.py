# SPDX-License-Identifier: GPL-3.0-or-later
"""Our own Dash components. Their JavaScript is in assets/: plain files, no build step."""

from __future__ import annotations

from typing import Any

from dash.development.base_component import Component


class _Part(Component):
    """A component with the properties that its `names` list."""

    _namespace = "graphkit_parts"
    names: tuple[str, ...] = ()

    def __init__(self, **properties: Any) -> None:  # noqa: ANN401  JSON values
        self._prop_names = list(self.names)
        self._valid_wildcard_attributes = []
        self.available_properties = self._prop_names
        self.available_wildcard_properties = []
        super().__init__(**properties)  # type: ignore[no-untyped-call]  # not typed in dash


class NetworkMap(_Part):
    """A node-link picture on a canvas.

    `nodes`: equally long lists id, label, x, y, size, hue (of accounts also group, links, weight,
    findings), and the places `marked` and `pinned`; `edges`: lists a, b (places in `nodes`), weight
    (and kind 0..2), and `directed`; `discs`: {x, y, r, hue, label} behind the nodes. With `world`
    sizes are in the units of x and y, else in pixels. `to` is a node's address, %00 its id; with
    `opens` a click follows it, else it selects. `selected` (ids) and `picked` (the two ends of an
    edge) tell what the reader chose. `words` are the labels of its tools.
    """

    _type = "NetworkMap"
    names = (
        *("id", "nodes", "edges", "discs", "world", "opens", "selected", "picked"),
        *("label", "words", "file", "to"),
    )


class Members(_Part):
    """The nodes of the `NetworkMap` beside it as a table. `selectedRows`: {ids: what is ticked}.

    `to` as in `NetworkMap`; `words` are its heads and buttons.
    """

    _type = "Members"
    names = ("id", "label", "words", "to", "selectedRows")


class Still(_Part):
    """Elements of a page that never change by themselves, as `dashboards.still` makes them.

    `tree`: texts, and elements as [tag, attributes, children].
    """

    _type = "Still"
    names = ("tree",)


class Choice(_Part):
    """A select. With `param` the value goes into the address (and `clears` leaves it)."""

    _type = "Choice"
    names = ("id", "label", "options", "value", "param", "clears")


class Search(_Part):
    """A search field with its button. `param` and `clears` as in `Choice`."""

    _type = "Search"
    names = (*("id", "label", "value", "placeholder", "button", "param", "clears"),)


class Check(_Part):
    """A box to tick. Ticked, the address says `param=1`; `clears` as in `Choice`."""

    _type = "Check"
    names = ("id", "label", "value", "param", "clears")


class Field(_Part):
    """A line of text, or `rows` of it. `remember` keeps it for the session under that name."""

    _type = "Field"
    names = ("id", "label", "value", "rows", "remember")


class Radios(_Part):
    """A group of radio buttons, one of which is the value."""

    _type = "Radios"
    names = ("id", "label", "options", "value", "param", "clears")


class Day(_Part):
    """A day of the calendar, or none. `param` and `clears` as in `Choice`."""

    _type = "Day"
    names = ("id", "label", "value", "param", "clears")
