"""Laws of parameter values by name."""

from __future__ import annotations

import math
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qmagic.cells.arithmetic import number
from qmagic.cells.parameters import combine, parse_bind, parse_sweep, plain_values
from qmagic.errors import InputError
from qmagic.jobs import ParameterValues


def rows(values: ParameterValues) -> list[tuple[float, ...]]:
    """The points, in order."""
    count = len(values.names)
    flat = struct.unpack(f"<{len(values.values) // 8}d", values.values)
    return [flat[i : i + count] for i in range(0, len(flat), count)]


def test_bind() -> None:
    """Names are kept as they are, Unicode and indices included; values are arithmetic."""
    assert parse_bind("theta=0.3,phi=pi/4") == {"theta": 0.3, "phi": math.pi / 4}
    assert parse_bind(" θ[10] = -2*pi , θ[2]=1e-3, _x_1_=sqrt(2)") == {
        "θ[10]": -2 * math.pi, "θ[2]": 1e-3, "_x_1_": math.sqrt(2),
    }  # fmt: skip
    assert parse_bind("x=[0.1, pi]") == {"x[0]": 0.1, "x[1]": math.pi}


def test_sweep_has_both_ends() -> None:
    """A sweep has its number of points, from start to stop exactly."""
    points = parse_sweep("theta=0:pi:21")["theta"]
    assert len(points) == 21
    assert (points[0], points[-1]) == (0.0, math.pi)
    assert points[10] == pytest.approx(math.pi / 2)
    assert parse_sweep("t=3:3:1") == {"t": (3.0,)}


def test_several_sweeps_make_a_grid() -> None:
    """The shape has one axis for each sweep, in order; swept names come first, bound values stand at every point."""
    values = combine(parse_bind("c=9"), parse_sweep("a=0:1:2,b=5:7:3"))
    assert values is not None
    assert values.names == ("a", "b", "c")
    assert values.shape == (2, 3)
    assert rows(values) == [(0, 5, 9), (0, 6, 9), (0, 7, 9), (1, 5, 9), (1, 6, 9), (1, 7, 9)]
    assert combine({}, {}) is None


@pytest.mark.parametrize(
    "text",
    ["", "theta", "theta=", "=1", "theta=a", "theta=0.3,theta=0.4", "theta=1/0", "theta=1e999", "theta=2j",
     "theta=__import__('os')", "theta=(1).real", "theta='1'", "theta=True", "theta=9**9**9**9", "theta=1,,phi=2",
     "theta=" + "(" * 300, "theta=x[0]"],
)  # fmt: skip
def test_a_wrong_bind_is_refused(text: str) -> None:
    """What is no assignment of a finite real number is one line that names the parameter or the form."""
    with pytest.raises(InputError, match="--bind") as caught:
        parse_bind(text)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "text",
    ["", "t", "t=0:1", "t=0:1:0", "t=0:1:-3", "t=0:1:2.5", "t=0:1:999999999", "t=0:1:1:1", "t=a:1:2", "t=0:1:2,t=0:1:2",
     "a=0:1:400,b=0:1:400", "t=-1e308:1e308:3"],
)  # fmt: skip
def test_a_wrong_sweep_is_refused(text: str) -> None:
    """What is no sweep, or too large a one, is one line."""
    with pytest.raises(InputError, match="--sweep"):
        parse_sweep(text)


def test_a_name_is_given_once() -> None:
    """A parameter is bound or swept, not both."""
    with pytest.raises(InputError, match="theta is both bound"):
        combine({"theta": 1.0}, {"theta": (0.0, 1.0)})


def test_plain_values() -> None:
    """A mapping from names to numbers becomes one point; anything else is left to Qiskit."""
    values = plain_values({"a": 1, "b": 0.5})
    assert isinstance(values, ParameterValues)
    assert rows(values) == [(1.0, 0.5)]
    array = {"a": [1, 2]}
    assert plain_values(array) is array
    assert plain_values(None) is None


@given(st.text(max_size=30))
def test_arithmetic_reads_or_refuses(text: str) -> None:
    """Any text is a finite number or an InputError."""
    try:
        value = number(text, "x")
    except InputError:
        return
    assert math.isfinite(value)


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_arithmetic_reads_every_float(value: float) -> None:
    """A float comes back from its own text."""
    assert number(repr(value), "x") == value
