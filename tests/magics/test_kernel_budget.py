"""``%qbudget`` from a real kernel: limits are set, shown, kept over the service's end, and taken away."""

from __future__ import annotations

import subprocess
import sys

import pytest


def test_a_budget_is_set_shown_and_kept(kernel):
    """What was set is shown, is raised without losing the rest, and outlives the service."""
    cell = kernel.run("%qbudget")
    assert cell.text == "Nothing was spent.\nThere is no budget: set one, as in %qbudget 20 USD"
    cell = kernel.run("%qbudget 20 USD --per-job 2")
    assert cell.text.endswith(
        "Budget 20.00 USD: 0.00 USD spent, 0.00 USD reserved, 20.00 USD left. A job may cost 2.00 USD."
    )
    cell = kernel.run("amount = 30.5\n%qbudget {amount}")
    assert "Budget 30.50 USD" in cell.text
    assert "A job may cost 2.00 USD." in cell.text
    assert "Budget 12.00 HQC" in kernel.run("%qbudget 12hqc").text
    subprocess.run([sys.executable, "-m", "qmagic", "stop"], check=True, capture_output=True, timeout=60)
    text = kernel.run("%qbudget").text
    assert "Budget 30.50 USD" in text
    assert "Budget 12.00 HQC" in text
    assert "A job may" not in kernel.run("%qbudget --per-job none").text
    assert "HQC" not in kernel.run("%qbudget off HQC").text
    assert "There is no budget" in kernel.run("%qbudget off").text


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("%qbudget twenty dollars", "%qbudget twenty dollars: expected an amount and a currency, as in 20 USD"),
        ("%qbudget -5 USD", "%qbudget -5 USD: expected an amount and a currency"),
        ("%qbudget 20 USD --per-job lots", "--per-job: expected an amount such as 2 or 0.50, or none, got 'lots'"),
        ("%qbudget 1e15", "expected an amount and a currency"),
        ("%qbudget 99999999999999", "expected a number from 0 to"),
        ("%qbudget off --renew", "%qbudget off takes no flags"),
    ],
)
def test_what_makes_no_sense_is_said(kernel, line, message):
    """A wrong amount is one line that says what was expected, and changes nothing."""
    cell = kernel.run(line)
    assert cell.status == "error"
    assert message in cell.traceback
    assert "There is no budget" in kernel.run("%qbudget").text
