# SPDX-License-Identifier: GPL-3.0-or-later
"""Parameters are declared once; text becomes checked values."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import pytest

from graphkit.errors import ParameterError, UnknownNameError
from graphkit.findings import as_json, param, params_from, specs


@dataclass(frozen=True)
class Params:
    within: timedelta = param(timedelta(seconds=60), doc="window", minimum=1)
    alpha: float = param(0.05, doc="level", minimum=0, maximum=1)
    acts: tuple[str, ...] = param(("repost",), doc="acts")
    is_strict: bool = param(default=False, doc="strict")


def test_texts_become_values_of_the_declared_types():
    given = {"within": "10m", "alpha": "0", "acts": "url, text", "is_strict": "yes"}
    assert params_from(Params, given) == Params(timedelta(minutes=10), 0.0, ("url", "text"), True)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"alpha": "2"}, "alpha: 2.0 is outside 0 to 1; level"),
        ({"alpha": "much"}, "alpha: 'much' is not float"),
        ({"within": "0"}, "within: 0.0 is outside 1 to None"),
        ({"within": "soon"}, "'soon' is not a span; write 60s, 10m, 2h or 7d"),
        ({"is_strict": "maybe"}, "is_strict: 'maybe' is neither true nor false"),
    ],
)
def test_a_value_that_cannot_be_is_refused(given, message):
    with pytest.raises(ParameterError, match=message):
        params_from(Params, given)


def test_an_unknown_parameter_names_the_nearest():
    with pytest.raises(UnknownNameError, match="no parameter is called 'alfa'; did you mean alpha"):
        params_from(Params, {"alfa": "1"})


def test_specs_and_json_follow_the_declaration():
    assert [spec.name for spec in specs(Params)] == ["within", "alpha", "acts", "is_strict"]
    assert as_json(Params()) == {
        "within": 60.0,
        "alpha": 0.05,
        "acts": ["repost"],
        "is_strict": False,
    }
