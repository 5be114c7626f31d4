"""Where the atoms of a molecule are: known by name, or as the user wrote them. Lengths are in ångström."""

from __future__ import annotations

import dataclasses
import itertools
import math
from collections.abc import Callable, Iterable
from typing import Any

from qmagic.errors import InputError, NotFoundError, nearest

__all__ = ["KNOWN", "Geometry", "geometry"]

#: An element's symbol and x, y, z in ångström.
Atom = tuple[str, tuple[float, float, float]]

#: Atoms are not closer, in ångström.
_LEAST = 0.1

#: H-O-H, experimental (NIST Computational Chemistry Comparison and Benchmark Database).
_WATER_ANGLE = math.radians(104.5)


@dataclasses.dataclass(frozen=True)
class Geometry:
    """Atoms in space.

    Attributes:
        name: The molecule's name, or its formula.
        atoms: Symbols and places in ångström.
        known: Whether these are the atoms' places for the name alone.
    """

    name: str
    atoms: tuple[Atom, ...]
    known: bool = False


def _diatomic(first: str, second: str) -> Callable[[float], tuple[Atom, ...]]:
    return lambda distance: ((first, (0.0, 0.0, 0.0)), (second, (0.0, 0.0, distance)))


def _water(distance: float) -> tuple[Atom, ...]:
    y, z = distance * math.sin(_WATER_ANGLE / 2), distance * math.cos(_WATER_ANGLE / 2)
    return ("O", (0.0, 0.0, 0.0)), ("H", (0.0, y, z)), ("H", (0.0, -y, z))


#: Molecules by name: bond length in ångström where none is given, and the atoms for one.
KNOWN: dict[str, tuple[float, Callable[[float], tuple[Atom, ...]]]] = {
    "H2": (0.735, _diatomic("H", "H")),
    "LiH": (1.6, _diatomic("Li", "H")),
    "H2O": (0.958, _water),
    "N2": (1.098, _diatomic("N", "N")),
}


def geometry(molecule: str | Iterable[Any], distance: float | None) -> Geometry:
    """Returns where the atoms are.

    Args:
        molecule: A name in `KNOWN`; text such as ``"H 0 0 0; H 0 0 0.735"``, with semicolons or line ends between
            atoms; or pairs ``("H", (0, 0, 0))``. In ångström.
        distance: The bond length of a known molecule in ångström (of water, O-H).

    Raises:
        InputError: It cannot be read. `NotFoundError`: the name is unknown.
    """
    if isinstance(molecule, str) and not any(mark in molecule.strip() for mark in " ;\n\t"):
        return _by_name(molecule, distance)
    if distance is not None:
        raise InputError(
            f"distance {distance:g} Å is for molecules by name ({', '.join(KNOWN)}); the atoms' places say it"
        )
    if isinstance(molecule, str):
        lines = [line.split() for line in molecule.replace("\n", ";").split(";") if line.strip()]
        rows: list[Any] = [(line[0], line[1:]) for line in lines]
    else:
        rows = list(molecule)
    atoms = tuple(_atom(row) for row in rows)
    if not atoms:
        raise InputError("the molecule has no atoms; expected such as 'H 0 0 0; H 0 0 0.735' (ångström)")
    for (first, here), (second, there) in itertools.combinations(atoms, 2):
        if (apart := math.dist(here, there)) < _LEAST:
            raise InputError(f"atoms {first} and {second} are {apart:g} Å apart; expected {_LEAST:g} Å at least")
    symbols = [symbol for symbol, _ in atoms]
    counts = {symbol: symbols.count(symbol) for symbol in symbols}
    name = "".join(f"{symbol}{number if number > 1 else ''}" for symbol, number in counts.items())
    return Geometry(name, atoms)


def _by_name(name: str, distance: float | None) -> Geometry:
    if name not in KNOWN:
        raise NotFoundError(
            f"no molecule is known as {name!r}{nearest(name, KNOWN)}; known are {', '.join(KNOWN)}, "
            "others by their atoms: 'H 0 0 0; H 0 0 0.735' (ångström)"
        )
    usual, atoms = KNOWN[name]
    if distance is None:
        return Geometry(name, atoms(usual), known=True)
    if not _LEAST <= distance <= 100.0:
        raise InputError(f"distance {distance:g} Å: expected {_LEAST:g} to 100")
    return Geometry(name, atoms(distance), known=math.isclose(distance, usual, rel_tol=0.0, abs_tol=1e-12))


def _atom(row: Any) -> Atom:
    try:
        symbol, (x, y, z) = row
        place = float(x), float(y), float(z)
    except (TypeError, ValueError):
        parts = [row[0], *row[1]] if isinstance(row, tuple) and isinstance(row[-1], list) else [row]
        shown = " ".join(map(str, parts))
        raise InputError(
            f"atom {shown!r} cannot be read; expected a symbol and x, y, z in ångström: 'H 0 0 0.735'"
        ) from None
    if not all(map(math.isfinite, place)):
        raise InputError(f"atom {symbol} lies at {place}; expected finite numbers in ångström")
    return str(symbol).capitalize(), place
