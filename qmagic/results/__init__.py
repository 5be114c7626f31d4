"""What comes back from a job: counts or expectation values, and everything that can be asked of them.

`Result` wraps an `Outcome` (data, as stored). Its counts, histogram and provenance need neither NumPy nor Qiskit;
Qiskit's own containers are made on first use.

    result      Result: the sequence of PUB results
    bits        registers, marginals, post-selection: counts tables in, counts tables out
    intervals   Wilson's interval; probabilities: the mapping that shows them
    comparison  distances between two distributions
    merging     several runs of one circuit as one
    shots       the order of shots, drawn from a counts table
    containers  Qiskit's PrimitiveResult, PubResult, BitArray
    provenance  how a result came about; headline: the same in one line
    file        Result.save and load
    frames      pandas
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from qmagic.results.result import Result

if TYPE_CHECKING:
    from qmagic.results.comparison import Comparison
    from qmagic.results.file import load
    from qmagic.results.merging import merge
    from qmagic.results.probabilities import Probabilities, Probability
    from qmagic.results.provenance import Provenance

__all__ = ["Comparison", "Probabilities", "Probability", "Provenance", "Result", "load", "merge"]

#: A first cell shows a result and needs none of these.
_HOMES = {
    "Comparison": "comparison",
    "Probabilities": "probabilities",
    "Probability": "probabilities",
    "Provenance": "provenance",
    "load": "file",
    "merge": "merging",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'qmagic.results' has no attribute {name!r}")
    return getattr(importlib.import_module(f"qmagic.results.{_HOMES[name]}"), name)
