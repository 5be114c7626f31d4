"""A result as a pandas DataFrame: one row for each outcome or expectation value."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any

from qmagic.errors import InputError
from qmagic.outcomes import SampledPub
from qmagic.results import bits
from qmagic.results.intervals import wilson
from qmagic.results.points import estimates, point_values

if TYPE_CHECKING:
    import pandas

    from qmagic.results.result import Result

__all__ = ["to_dataframe"]


def to_dataframe(result: Result) -> pandas.DataFrame:
    """Returns tidy data.

    Columns: ``pub``; one for each parameter; then ``outcome``, ``count``, ``probability``, ``lower``, ``upper``
    (Wilson, 95 %) for counts, or ``observable``, ``ev``, ``std``, ``exact`` for expectation values.

    Raises:
        InputError: pandas is not installed.
    """
    try:
        import pandas
    except ImportError as error:
        raise InputError("to_dataframe() needs pandas, which is not installed: pip install pandas") from error
    return pandas.DataFrame([row for i in range(len(result)) for row in _rows(result, i)])


def _rows(result: Result, i: int) -> list[dict[str, Any]]:
    pub = result.outcome.pubs[i]
    found: list[dict[str, Any]] = []
    if not isinstance(pub, SampledPub):
        return [
            {"pub": i, **one.parameters, "observable": one.label, "ev": one.value, "std": one.std, "exact": pub.exact}
            for one in estimates(result, i)
        ]
    width = len(bits.joined(pub))
    for point in itertools.product(*map(range, pub.shape)):
        rows = bits.rows(pub, point)
        shots = sum(count for _, count in rows)
        for value, count in rows:
            low, high = wilson(count, shots)
            found.append({
                "pub": i, **point_values(result, i, point), "outcome": format(value, f"0{width}b"), "count": count,
                "probability": count / shots, "lower": low, "upper": high,
            })  # fmt: skip
    return found
