"""Ticks and numbers."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qmagic.display.axis import scale
from qmagic.display.numbers import exact, parameter, percent, with_error


def labels(*values: float, **options) -> list[str]:
    return [label for _, label in scale(values, **options).ticks]


@pytest.mark.parametrize(
    ("ends", "expected"),
    [
        ((0, math.pi), ["0", "π/4", "π/2", "3π/4", "π"]),
        ((-math.pi, math.pi), ["−π", "−π/2", "0", "π/2", "π"]),
        ((0, 2 * math.pi), ["0", "π/2", "π", "3π/2", "2π"]),
        ((0, math.pi / 2), ["0", "π/8", "π/4", "3π/8", "π/2"]),
        ((0, 4 * math.pi), ["0", "π", "2π", "3π", "4π"]),
        ((0, 1), ["0.0", "0.2", "0.4", "0.6", "0.8", "1.0"]),
    ],
)
def test_angles_get_fractions_of_pi(ends, expected):
    """Between multiples of π/24 the ticks are fractions of π; elsewhere they are decimal."""
    assert labels(*ends, ticks=5, round_ends=False, angles=True) == expected


def test_decimal_ticks_are_round():
    """Ticks are 1, 2, 2.5 or 5 times a power of ten, with as many digits as they need."""
    assert labels(-1, 1) == ["−1.0", "−0.5", "0.0", "0.5", "1.0"]
    assert labels(0, 52.6, ticks=4) == ["0", "20", "40", "60"]
    assert labels(0, 0.93, ticks=4) == ["0.00", "0.25", "0.50", "0.75", "1.00"]
    assert labels(3e11, 3e11 + 2, ticks=2) == ["300000000000", "300000000001", "300000000002"]
    assert labels(0, 3e-9, ticks=3) == ["0", "1e−09", "2e−09", "3e−09"]


@given(st.lists(st.floats(-1e12, 1e12), min_size=1, max_size=5), st.integers(2, 8), st.booleans(), st.booleans())
def test_an_axis_holds_its_values(values, ticks, round_ends, angles):
    """Whatever the values: they lie on the axis, ticks ascend inside it, and there are a handful of them."""
    found = scale(values, ticks=ticks, round_ends=round_ends, angles=angles)
    slack = 1e-6
    assert all(-slack <= found.place(value) <= 1 + slack for value in values)
    places = [found.place(value) for value, _ in found.ticks]
    assert places == sorted(places)
    assert all(-slack <= place <= 1 + slack for place in places)
    assert len(places) <= 2 * ticks + 3


def test_an_axis_survives_what_is_no_number():
    """NaN, infinities, and nothing at all still give an axis."""
    for values in ((), (math.nan,), (math.inf, 1.0)):
        assert scale(values).high > scale(values).low


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "0.0 %"),
        (0.5, "50.0 %"),
        (1, "100.0 %"),
        (0.0012, "0.12 %"),
        (0.00012, "0.012 %"),
        (1e-7, "<0.001 %"),
        (0.99999, ">99.9 %"),
        (0.00996, "1.0 %"),
    ],
)
def test_percent(value, text):
    """Percentages keep two or three digits; what is not nothing is never shown as 0, what is not all never as 100."""
    assert percent(value) == text


@pytest.mark.parametrize(
    ("value", "std", "text"),
    [
        (-0.31415, 0.0163, "-0.314 ± 0.016"),
        (1, 0.002, "1.0000 ± 0.0020"),
        (-0.0001, 0.03, "0.000 ± 0.030"),
        (1234.5, 30, "1234 ± 30"),
        (0.5, 0, "0.5 ± 0"),
        (math.nan, 0.1, "nan ± 0.1"),
    ],
)
def test_a_value_has_the_digits_of_its_error(value, std, text):
    """Both are written to the second digit of the error."""
    assert " ± ".join(with_error(value, std)) == text


def test_rounding_noise_is_zero():
    """A computed value has 8 digits; what is below 1e-12 is 0, without a sign."""
    assert [exact(v) for v in (1 / math.sqrt(2), -1e-17, 2.2e-16, -1.0)] == ["0.70710678", "0", "0", "-1"]
    assert parameter(math.pi) == "3.14159"
