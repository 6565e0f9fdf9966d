# SPDX-License-Identifier: GPL-3.0-or-later
"""Parameters of a detector: one frozen dataclass, from which flags, controls and docs are made."""

from __future__ import annotations

import dataclasses
import typing
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from graphkit.errors import ParameterError, UnknownNameError

if TYPE_CHECKING:
    from collections.abc import Mapping

UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}


def param(
    default: Any,  # noqa: ANN401  a field may hold any of the types in `parse`
    *,
    doc: str,
    minimum: float | None = None,
    maximum: float | None = None,
) -> Any:  # noqa: ANN401
    """A field of a `Params` dataclass: default, help, and inclusive bounds (seconds for spans)."""
    metadata = {"doc": doc, "minimum": minimum, "maximum": maximum}
    return dataclasses.field(default=default, metadata=metadata)


@dataclasses.dataclass(frozen=True)
class ParamSpec:
    """One parameter as commands, pages and docs show it."""

    name: str
    kind: type
    default: object
    doc: str
    minimum: float | None
    maximum: float | None


def specs(params: type) -> list[ParamSpec]:
    """What the `Params` dataclass `params` declares, in order."""
    hints = typing.get_type_hints(params)
    return [
        ParamSpec(
            name=each.name,
            kind=typing.get_origin(hints[each.name]) or hints[each.name],
            default=each.default,
            doc=each.metadata["doc"],
            minimum=each.metadata["minimum"],
            maximum=each.metadata["maximum"],
        )
        for each in dataclasses.fields(params)
    ]


def span(text: str) -> timedelta:
    """The timedelta for `90`, `60s`, `10m`, `2h` or `7d` (a bare number is seconds).

    >>> span("10m")
    datetime.timedelta(seconds=600)

    Raises:
        ParameterError: the text is not of that form.
    """
    number, unit = (text[:-1], text[-1]) if text[-1:] in UNITS else (text, "s")
    try:
        return timedelta(seconds=float(number) * UNITS[unit])
    except (ValueError, OverflowError) as error:
        raise ParameterError(f"{text!r} is not a span; write 60s, 10m, 2h or 7d") from error


def parse(spec: ParamSpec, text: str) -> object:
    """The value of parameter `spec` written as `text`.

    Raises:
        ParameterError: it is not of the parameter's type.
    """
    if spec.kind is timedelta:
        return span(text)
    if spec.kind is tuple:
        return tuple(part.strip() for part in text.split(",") if part.strip())
    if spec.kind is bool:
        truth = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}
        if text.lower() not in truth:
            raise ParameterError(f"{spec.name}: {text!r} is neither true nor false")
        return truth[text.lower()]
    try:
        return spec.kind(text)
    except ValueError as error:
        raise ParameterError(f"{spec.name}: {text!r} is not {spec.kind.__name__}") from error


def _checked(spec: ParamSpec, value: object) -> object:
    number = value.total_seconds() if isinstance(value, timedelta) else value
    if not isinstance(number, (int, float)):
        return value
    below = spec.minimum is not None and number < spec.minimum
    above = spec.maximum is not None and number > spec.maximum
    if below or above:
        raise ParameterError(
            f"{spec.name}: {number} is outside {spec.minimum} to {spec.maximum}; {spec.doc}"
        )
    return value


def params_from(params: type, texts: Mapping[str, str]) -> Any:  # noqa: ANN401
    """An instance of the `Params` dataclass `params` with `texts` parsed and checked.

    Raises:
        UnknownNameError: no parameter has that name.
        ParameterError: a value is of another type or outside its bounds.
    """
    known = {spec.name: spec for spec in specs(params)}
    for name in texts:
        if name not in known:
            raise UnknownNameError.among("parameter", name, known)
    values = {n: _checked(known[n], parse(known[n], text)) for n, text in texts.items()}
    return params(**values)


def as_json(params: object) -> dict[str, object]:
    """`params` as JSON values: spans in seconds, tuples as lists."""
    if not dataclasses.is_dataclass(params):
        raise ParameterError(f"{params!r} is not a Params dataclass")
    values = {each.name: getattr(params, each.name) for each in dataclasses.fields(params)}
    return {
        name: value.total_seconds()
        if isinstance(value, timedelta)
        else list(value)
        if isinstance(value, tuple)
        else value
        for name, value in values.items()
    }
