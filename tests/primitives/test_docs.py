"""The examples of docs/primitives.md run, in order, and give what their comments say."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

import qmagic  # noqa: F401  (so that a broken import is this test's error)

pytestmark = pytest.mark.usefixtures("home")

PAGE = Path(__file__).parents[2] / "docs" / "primitives.md"


def test_the_examples_are_true():
    """Each code block runs, and each expression followed by a complete value in a comment has that value."""
    namespace: dict[str, object] = {}
    compared = 0
    for block in re.findall(r"```python\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL):
        lines = block.splitlines()
        for node in ast.parse(block).body:
            text = ast.get_source_segment(block, node)
            if not isinstance(node, ast.Expr):
                exec(text, namespace)
                continue
            value = eval(text, namespace)
            comment = lines[node.end_lineno - 1].partition("  # ")[2]
            if comment and "..." not in comment and " = " not in comment:
                assert repr(value) == comment, text
                compared += 1
    assert compared >= 7
    assert namespace["noisy"].data.evs == pytest.approx(0.64, abs=1e-12)
    assert set(namespace["backend"].run(namespace["ready"]).result().get_counts()) >= {"00", "11"}
