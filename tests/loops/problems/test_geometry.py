"""Atoms by name and as written."""

from __future__ import annotations

import math

import pytest

from qmagic.errors import InputError, NotFoundError
from qmagic.loops.problems.geometry import KNOWN, geometry


def test_text_lines_and_pairs_say_the_same():
    """Semicolons, line ends and pairs of symbol and place are one geometry."""
    text = geometry("li 0 0 0; H 0 0 1.6", None)
    assert text.name == "LiH"
    assert text.atoms == geometry("\nLi 0 0 0\nH 0 0 1.6\n", None).atoms
    assert text.atoms == geometry([("Li", (0, 0, 0)), ("H", (0, 0, 1.6))], None).atoms == geometry("LiH", None).atoms


@pytest.mark.parametrize("name", KNOWN)
def test_a_bond_has_the_length_that_is_given(name):
    """`distance` is the distance from the first atom to each other one, in ångström."""
    (_, first), *others = geometry(name, 1.25).atoms
    assert [math.dist(first, place) for _, place in others] == pytest.approx([1.25] * len(others))


def test_water_has_its_angle():
    """H-O-H is 104.5 degrees."""
    (_, oxygen), (_, one), (_, two) = geometry("H2O", None).atoms
    cosine = sum((a - o) * (b - o) for a, b, o in zip(one, two, oxygen, strict=True)) / 0.958**2
    assert math.degrees(math.acos(cosine)) == pytest.approx(104.5)


def test_only_the_usual_distance_is_the_known_molecule():
    """Stored integrals are for the usual bond length alone."""
    assert geometry("H2", None).known
    assert geometry("H2", 0.735).known
    assert not geometry("H2", 0.736).known
    assert not geometry("H 0 0 0; H 0 0 0.735", None).known


@pytest.mark.parametrize(
    ("what", "distance", "message"),
    [
        ("LiHH", None, "no molecule is known as 'LiHH'; did you mean 'LiH'"),
        ("H2", 0.0, "distance 0 Å: expected 0.1 to 100"),
        ("H2", math.nan, "distance nan Å: expected 0.1 to 100"),
        ("H 0 0 0; H 0 0 1", 0.7, "is for molecules by name"),
        ("H 0 0; H 0 0 1", None, "atom 'H 0 0' cannot be read; expected a symbol and x, y, z in ångström"),
        ([("H", (0, 0, "far"))], None, "cannot be read"),
        ([("H", (0, 0, math.inf))], None, "expected finite numbers"),
        ([3], None, "atom '3' cannot be read"),
        ([], None, "has no atoms"),
        ("H 0 0 0; H 0 0 0.01", None, "atoms H and H are 0.01 Å apart"),
    ],
)
def test_what_is_no_geometry_is_said_in_one_line(what, distance, message):
    """An error names what was given and what was expected."""
    with pytest.raises(InputError, match=message) as error:
        geometry(what, distance)
    assert "\n" not in str(error.value)
    assert isinstance(error.value, NotFoundError) == (what == "LiHH")
