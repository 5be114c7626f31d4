"""The bundle that a notebook stores: text, HTML, and JSON for our own renderer.

There is no ``image/svg+xml``: front ends take the HTML, and LaTeX export would need Inkscape for it where the text
does well.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from qmagic.display.headless import headless
from qmagic.display.histogram import histogram
from qmagic.display.hypertext import comparison_html, result_html
from qmagic.display.text import comparison_text, result_text
from qmagic.display.views import MOST_PUBS
from qmagic.outcomes import EstimatedPub, SampledPub
from qmagic.results.headline import headline
from qmagic.results.points import estimates
from qmagic.results.result import Result

if TYPE_CHECKING:
    from qmagic.results.comparison import Comparison

__all__ = ["MIME_TYPE", "comparison_bundle", "mimebundle"]

MIME_TYPE = "application/vnd.qmagic.result.v1+json"
#: The most outcomes or values of one PUB in the JSON: a few kB, whatever the result.
_MOST_ENTRIES = 64


def mimebundle(result: Result) -> dict[str, Any]:
    """Returns all views of a result, keyed by MIME type."""
    return {"text/plain": result_text(result), "text/html": result_html(result), MIME_TYPE: _summary(result)}


def comparison_bundle(comparison: Comparison) -> dict[str, Any]:
    """Returns all views of a comparison, keyed by MIME type."""
    return {"text/plain": comparison_text(comparison), "text/html": comparison_html(comparison)}


def _summary(result: Result) -> dict[str, Any]:
    lasting = headless()
    found: dict[str, Any] = {
        "headline": headline(result.outcome, result.info, result.spec, lasting=lasting),
        "kind": "sample" if all(isinstance(pub, SampledPub) for pub in result.outcome.pubs) else "estimate",
        "backend": result.outcome.backend,
        "pubs": [_pub(result, i) for i in range(min(len(result), MOST_PUBS))],
        "num_pubs": len(result),
    }
    if not lasting:
        found |= {"id": result.info.id, "seed": result.info.seed}
    return found


def _pub(result: Result, i: int) -> dict[str, Any]:
    pub = result.outcome.pubs[i]
    if isinstance(pub, SampledPub):
        one = histogram(pub, most=_MOST_ENTRIES)
        return {
            "shape": list(pub.shape),
            "shots": one.shots,
            "registers": [[register.name, len(register.bits)] for register in pub.registers],
            "outcomes": [[bar.label, bar.count] for bar in one.bars if not bar.others],
            "distinct": one.distinct,
        }
    values = estimates(result, i)[:_MOST_ENTRIES]
    assert isinstance(pub, EstimatedPub)
    return {
        "shape": list(pub.shape),
        "exact": pub.exact,
        "values": [[one.label, _number(one.value), _number(one.std)] for one in values],
    }


def _number(value: float) -> float | None:
    """Returns the number, or None for what JSON has no number for."""
    return value if math.isfinite(value) else None
