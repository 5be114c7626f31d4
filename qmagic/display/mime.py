"""The bundle that a notebook stores: text, HTML, and JSON for our own renderer.

There is no ``image/svg+xml``: front ends take the HTML, and LaTeX export would need Inkscape for it where the text
does well.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from qmagic.display.hypertext import comparison_html, result_html
from qmagic.display.summary import comparison_summary, summary
from qmagic.display.text import comparison_text, result_text
from qmagic.results.result import Result

if TYPE_CHECKING:
    from qmagic.results.comparison import Comparison

__all__ = ["MIME_TYPE", "comparison_bundle", "mimebundle"]

MIME_TYPE = "application/vnd.qmagic.result.v1+json"


def mimebundle(result: Result) -> dict[str, Any]:
    """Returns all views of a result, keyed by MIME type."""
    return {"text/plain": result_text(result), "text/html": result_html(result), MIME_TYPE: summary(result)}


def comparison_bundle(comparison: Comparison) -> dict[str, Any]:
    """Returns all views of a comparison, keyed by MIME type."""
    views: dict[str, Any] = {"text/plain": comparison_text(comparison), "text/html": comparison_html(comparison)}
    found = comparison_summary(comparison)
    return views if found is None else views | {MIME_TYPE: found}
