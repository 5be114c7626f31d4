"""The benches work: what they time is right; how long it took decides nothing here."""

from __future__ import annotations

import importlib
import json
import math

import pytest

from benchmarks import reliability
from benchmarks.__main__ import NAMES, main
from benchmarks.row import seconds, seconds_more, times_as_fast, times_as_long
from tests.conftest import SOAK

#: With a browser, four clouds or peers even the tiniest takes a while: `make soak` tries these as well.
SLOW = ("panel", "cockpit", "collected", "layers", "whole_vqe", "first_cell", "gradient", "queued", "full_store")


@pytest.mark.parametrize("name", [name for name in NAMES if SOAK or name not in SLOW])
def test_every_bench_gives_its_rows(name, tmp_path, capsys):
    """With tiny counts, a bench prints a line for each row and writes it as JSON, with the machine's facts."""
    main([name, "--tiny", "--out", str(tmp_path / "out.json")])
    written = json.loads((tmp_path / "out.json").read_text())
    assert written["machine"]["versions"]["qiskit"]
    assert written["rows"]
    printed = capsys.readouterr().out
    for row in written["rows"]:
        assert row["bench"] == name
        assert row["what"] in printed
        assert math.isfinite(row["value"])
        assert row["spread"][0] <= row["value"] <= row["spread"][1]
        assert all(low <= median <= high for median, low, high in row["times"].values())
        assert row["holds"], row["note"]


def test_the_fault_matrix_is_measured(tmp_path, capsys):
    """One case of a cloud, by its own client and by ours: ours has one job and its result."""
    reliability.main(["ionq", "--few", "1", "--out", str(tmp_path / "out.json")])
    found = json.loads((tmp_path / "out.json").read_text())["ionq"]
    assert found["bare"].keys() == found["qmagic"].keys()
    assert [(one["jobs"], one["result"]) for one in found["qmagic"].values()] == [(1, True)]
    assert "| IonQ | qmagic | 1 | 1 | 0 | 0 | 0 |" in capsys.readouterr().out


def test_every_bench_has_a_target():
    """No bench is there for information alone, and every file of the package that measures is run."""
    for name in NAMES:
        module = importlib.import_module(f"benchmarks.{name}")
        assert callable(module.measure)
        assert module.TINY


def test_a_ratio_is_taken_within_rounds():
    """Noise that hits both sides of a round alike leaves the ratio alone."""
    quiet, noisy = [[1.0, 1.1, 0.9], [2.0]], [[10.0], [20.0]]
    row = times_as_long("", quiet, noisy, at_most=0.2)
    assert (row.value, row.met, row.times["ours"]) == (0.1, True, (1.05, 0.9, 2.0))
    assert not times_as_long("", quiet, noisy, at_most=0.05).met


def test_faster_is_larger():
    """A lower limit is met from above."""
    row = times_as_fast("", [[1.0]], [[10.0]], at_least=5.0)
    assert (row.value, row.met) == (10.0, True)
    assert not times_as_fast("", [[1.0]], [[10.0]], at_least=11.0).met


def test_a_row_without_a_target_is_neither_met_nor_missed():
    """It is for information."""
    assert seconds("", [1.0]).met is None


def test_a_target_is_missed_when_what_must_hold_does_not():
    """A quick import that brings Qiskit along has missed."""
    assert seconds("", [0.01], at_most=0.1, holds=False).met is False


def test_more_than_the_peer_may_be_less():
    """What is promised as so many seconds more is a difference within a round, below 0 where ours is quicker."""
    row = seconds_more("", [1.0, 2.0, 3.0], [1.5, 1.9, 4.0], at_most=0.1)
    assert row.value == pytest.approx(-0.5)
    assert row.met
    assert not seconds_more("", [1.0], [0.5], at_most=0.1).met
