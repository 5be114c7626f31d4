"""Estimates: more work costs more, what is remembered counts, and nobody pretends to know."""

from __future__ import annotations

import math

import msgspec
import pytest

from qmagic.backends import registry
from qmagic.backends.base import Executable
from qmagic.backends.program import read
from qmagic.plans.costs import Work, memory_of, seconds_of
from qmagic.plans.facts import facts_of
from qmagic.plans.route import CANDIDATES
from tests.contracts.jobs import ghz

FACTS = facts_of(read(ghz(12)))
WORK = Work(FACTS)


@pytest.mark.parametrize("backend", CANDIDATES)
@pytest.mark.parametrize("change", ["gates", "qubits", "shots", "points", "splits"])
def test_more_is_never_less(backend, change):
    """Ten times the gates, twice the qubits, more shots, points or splits never cost less."""
    if change == "gates":
        more = msgspec.structs.replace(WORK, facts=msgspec.structs.replace(FACTS, gates=10 * FACTS.gates))
    elif change == "qubits":
        more = msgspec.structs.replace(WORK, facts=msgspec.structs.replace(FACTS, qubits=2 * FACTS.qubits))
    else:
        more = msgspec.structs.replace(WORK, **{change: 5 + 10 * getattr(WORK, change)})
    assert seconds_of(backend, more) >= seconds_of(backend, WORK) > 0


def test_corrections():
    """A factor multiplies its backend's estimate, and no other's."""
    plain = seconds_of("stim", WORK)
    assert seconds_of("stim", WORK, {"stim": 3.0, "qsim": 7.0}) == pytest.approx(3 * plain)
    assert seconds_of("sparse", WORK, {"stim": 3.0}) == seconds_of("sparse", WORK)


def test_nobody_pretends_to_know():
    """Of a backend that has no model the time is infinite."""
    assert seconds_of("aer.extended_stabilizer", WORK) == math.inf


@pytest.mark.parametrize("qubits", [3, 60, 1000])
@pytest.mark.parametrize("backend", CANDIDATES)
def test_numbers_stay_finite(backend, qubits):
    """A thousand qubits overflow nothing."""
    work = msgspec.structs.replace(WORK, facts=msgspec.structs.replace(FACTS, qubits=qubits, spread=qubits))
    assert math.isfinite(seconds_of(backend, work))
    assert math.isfinite(memory_of(backend, work.facts))


@pytest.mark.parametrize("backend", ["statevector", "qsim", "aer.statevector", "aer.density_matrix"])
def test_memory_is_what_the_backend_says(backend):
    """The estimate of a dense state's memory is what the backend announces."""
    circuit = ghz(12)
    need = registry.backend(backend).need(Executable(circuit, read(circuit)), exact=False)
    assert memory_of(backend, FACTS) == need.memory
