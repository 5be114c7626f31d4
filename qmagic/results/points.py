"""Which parameters and which observable belong to which point of a PUB's array.

A PUB's result has the shape to which the shapes of its parameter values and of its observables broadcast (NumPy's
rules: aligned at the right, an axis of 1 stretches). Here the way back: from a place in the result to the values
behind it. Pure Python, for display.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import TYPE_CHECKING

import msgspec

from qmagic.jobs import ParameterValues, PubSpec
from qmagic.outcomes import EstimatedPub
from qmagic.results.merging import floats

if TYPE_CHECKING:
    from qmagic.results.result import Result

__all__ = ["Axis", "Estimate", "estimates", "parameter_axes", "point_values"]


class Estimate(msgspec.Struct, frozen=True):
    """One expectation value.

    Attributes:
        label: The observable, as written.
        value: The expectation value.
        std: Its standard error; 0 where exact.
        index: Its place in the PUB's array.
        parameters: The parameter values behind it.
    """

    label: str
    value: float
    std: float
    index: tuple[int, ...]
    parameters: dict[str, float]


class Axis(msgspec.Struct, frozen=True):
    """An axis of a PUB's array along which parameter values change, and observables do not.

    Attributes:
        place: Which axis of the array.
        name: The parameter that changes; ``"point"`` where several do.
        values: Its value at each place; the numbers 0, 1, ... where several change.
    """

    place: int
    name: str
    values: tuple[float, ...]


def estimates(result: Result, i: int) -> list[Estimate]:
    """Returns every expectation value of PUB `i`, in C order."""
    pub = result.outcome.pubs[i]
    assert isinstance(pub, EstimatedPub)
    labels = _labels(pub, _asked(result, i))
    places = list(itertools.product(*map(range, pub.shape)))
    return [
        Estimate(label, value, std, place, point_values(result, i, place))
        for label, value, std, place in zip(labels, floats(pub.evs), floats(pub.stds), places, strict=True)
    ]


def point_values(result: Result, i: int, place: Sequence[int]) -> dict[str, float]:
    """Returns the parameter values behind a place in the array of PUB `i`."""
    asked = _asked(result, i)
    if asked is None or asked.parameters is None:
        return {}
    given = asked.parameters
    start = _flat(place, given.shape) * len(given.names)
    return dict(zip(given.names, floats(given.values)[start : start + len(given.names)], strict=True))


def parameter_axes(result: Result, i: int) -> list[Axis]:
    """Returns the axes of PUB `i` along which parameter values change, and observables do not."""
    asked = _asked(result, i)
    if asked is None or asked.parameters is None:
        return []
    shape = result.outcome.pubs[i].shape
    given, other = asked.parameters, asked.observables_shape
    axes = []
    for place in range(len(shape)):
        back = place - len(shape)
        if _size(given.shape, back) == shape[place] and (_size(other, back) == 1) and shape[place] > 1:
            axes.append(_axis(given, len(given.shape) + back, place))
    return axes


def _axis(given: ParameterValues, axis: int, place: int) -> Axis:
    numbers, width = floats(given.values), len(given.names)
    columns: list[list[float]] = [[] for _ in given.names]
    changing = set()
    for here in range(given.shape[axis]):
        index = tuple(here if at == axis else 0 for at in range(len(given.shape)))
        start = _flat(index, given.shape) * width
        for column, number in enumerate(numbers[start : start + width]):
            columns[column].append(number)
            if number != columns[column][0]:
                changing.add(column)
    if len(changing) == 1:
        (column,) = changing
        return Axis(place, given.names[column], tuple(columns[column]))
    return Axis(place, "point", tuple(map(float, range(given.shape[axis]))))


def _labels(pub: EstimatedPub, asked: PubSpec | None) -> list[str]:
    """Returns the label of each place of the array, C order."""
    places = list(itertools.product(*map(range, pub.shape)))
    shape = pub.shape if asked is None else asked.observables_shape
    written: Sequence[str] = pub.labels
    if not written and asked is not None and asked.observables is not None:
        written = [one.label for one in asked.observables]
    number = 1
    for size in shape:
        number *= size
    if len(written) == len(places) != number:
        return list(written)
    if len(written) != number:
        return [f"observable {_flat(place, shape)}" if number > 1 else "observable" for place in places]
    return [written[_flat(place, shape)] or f"observable {_flat(place, shape)}" for place in places]


def _asked(result: Result, i: int) -> PubSpec | None:
    return result.spec.pubs[i] if result.spec is not None and i < len(result.spec.pubs) else None


def _size(shape: tuple[int, ...], back: int) -> int:
    return shape[back] if -back <= len(shape) else 1


def _flat(place: Sequence[int], shape: tuple[int, ...]) -> int:
    """Returns the C-order place in an array of `shape` that broadcasts to `place`."""
    flat = 0
    for here, size in zip(place[len(place) - len(shape) :], shape, strict=True):
        flat = flat * size + (here if size > 1 else 0)
    return flat
