"""docs/openqasm.md is true: every example on it runs, or is refused, as it says."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from qiskit.quantum_info import Operator
from qiskit.synthesis import synth_qft_full
from qiskit_aer import AerSimulator

from qmagic.errors import SourceError

PAGE = (Path(__file__).parents[2] / "docs" / "openqasm.md").read_text("utf-8")
EXAMPLES = re.findall(r"^```(openqasm\S+)\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
RUNS = [(language, text) for language, text in EXAMPLES if not language.endswith("-refused")]
REFUSED = [text for language, text in EXAMPLES if language.endswith("-refused")]


@pytest.mark.parametrize(("language", "text"), RUNS)
def test_an_example_runs(cell: Callable[..., Any], language: str, text: str) -> None:
    """Each example is taken for its language, read, and simulated."""
    spec, (circuit,) = cell(text, bind="theta=pi/3" if "theta;" in text else None)
    assert spec.source.language == language
    bound = circuit.assign_parameters([1.0] * circuit.num_parameters)
    assert AerSimulator(seed_simulator=1).run(bound.decompose(reps=3), shots=10).result().success


@pytest.mark.parametrize("text", REFUSED)
def test_a_refused_example_is_refused(cell: Callable[..., Any], text: str) -> None:
    """Each example of what does not run gets one sentence with its line."""
    with pytest.raises(SourceError) as caught:
        cell(text)
    assert caught.value.line is not None


def test_the_fourier_transform_of_the_page_is_one(cell: Callable[..., Any]) -> None:
    """The example by loops is the quantum Fourier transform (with its qubits in the other order, as it is written)."""
    _, (circuit,) = cell(next(text for _, text in RUNS if "for int j" in text))
    circuit.remove_final_measurements()
    assert Operator(circuit).reverse_qargs() == Operator(synth_qft_full(4))


def test_teleportation_of_the_page_is_one(cell: Callable[..., Any]) -> None:
    """The example of feed-forward sends the state: 1 has probability sin(0.35)^2, within 5 standard errors."""
    _, (circuit,) = cell(next(text for _, text in RUNS if "bit out;" in text))
    counts = AerSimulator(seed_simulator=3).run(circuit, shots=20_000).result().get_counts()
    ones = sum(number for key, number in counts.items() if key.split()[0] == "1") / 20_000
    assert abs(ones - 0.1176) < 5 * 0.0023


def test_the_page_has_examples() -> None:
    """The examples were found."""
    assert len(RUNS) >= 6
    assert len(REFUSED) >= 3
