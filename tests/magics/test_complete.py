"""What Tab offers on a magic's line; that a real kernel offers it is in test_kernel_completion."""

from __future__ import annotations

import sys
import types

import pytest

from qmagic.magics import complete, jobs, qrun, settings, values


def a_class(module: str, name: str) -> type:
    """Returns a class that looks like an SDK's, without the SDK."""
    return type(name, (), {"__module__": module})


QuantumCircuit = a_class("qiskit.circuit.quantumcircuit", "QuantumCircuit")
Ansatz = type("Ansatz", (QuantumCircuit,), {"__module__": "__main__"})
NoiseModel = a_class("qiskit_aer.noise.noise_model", "NoiseModel")


@pytest.fixture
def names(monkeypatch):
    """Known names in the caches, as if a background thread had filled them."""
    monkeypatch.setattr(values, "_backends", ["auto", "aer.statevector", "stim"])
    monkeypatch.setattr(values, "_cloud_devices", ["ibm-stub:ibm_manila", "ibm-stub:ibm_torino"])
    monkeypatch.setattr(values, "_devices", ["fake_manila", "fake_sherbrooke"])
    monkeypatch.setattr(values, "_jobs", {"06a1x": None, "06a2y": None})
    monkeypatch.setattr(values, "_tags", {"bell": None})
    monkeypatch.setattr(values, "refresh", lambda: None)


@pytest.fixture
def namespace():
    return {
        "bell": QuantumCircuit(),
        "many": [Ansatz(), Ansatz()],
        "_hidden": QuantumCircuit(),
        "model": NoiseModel(),
        "n": 3,
        "ghz": Ansatz(),
    }


def offered(command, typed, namespace):
    """Returns what the popup shows: the candidates that begin with the fragment."""
    fragment, offers, _ = complete.candidates(command, typed, namespace)
    assert typed.endswith(fragment)
    return [offer for offer in offers if offer.startswith(fragment)]


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("--sh", ["--shots"]),
        ("bell --see", ["--seed", "--seed-transpiler"]),
        ("--shots 3 --sh", []),
        ("--tag a --ta", ["--tag"]),
        ("--backend ibm-stub:ibm_t", ["ibm-stub:ibm_torino"]),
        ("--lang o", ["openqasm2", "openqasm3"]),
        ("--lang=o", ["openqasm2", "openqasm3"]),
        ("--backend ", ["auto", "aer.statevector", "stim", "ibm-stub:ibm_manila", "ibm-stub:ibm_torino"]),
        ("--backend a", ["auto", "aer.statevector"]),
        ("--backend=st", ["stim"]),
        ("--transpile-to fake_s", ["fake_sherbrooke"]),
        ("--noise ", ["fake_manila", "fake_sherbrooke", "depolarizing=", "readout=", "t1=", "t2=", "model"]),
        ("--noise depolarizing=0.01,t", ["t1=", "t2="]),
        ("--optimization-level ", ["0", "1", "2", "3"]),
        ("--circuit ", ["ghz", "many", "bell"]),
        ("--tag ", ["bell"]),
        ("be", ["bell"]),
        ("--async g", ["ghz"]),
        ("--observables ", []),
        ('--name "a b', []),
        ("f(1, ", []),
    ],
)
def test_qrun_offers_what_fits(names, namespace, typed, expected):
    """Flags that were not given yet, values of the flag before the cursor, circuits among the variables."""
    assert offered(qrun.QRUN, typed, namespace) == expected


def test_an_empty_line_offers_circuits_and_flags(names, namespace):
    """``%qrun <Tab>`` shows the circuits, then every flag."""
    offers = offered(qrun.QRUN, "", namespace)
    assert offers[:3] == ["ghz", "many", "bell"]
    assert offers[3:] == [*(flag.name for flag in qrun.QRUN.flags), "--help"]


def test_the_other_magics_offer_theirs(names, namespace):
    """Job ids newest first, statuses, options."""
    assert offered(jobs.QRESULT, "06", namespace) == ["06a2y", "06a1x"]
    assert offered(jobs.QCANCEL, "06a1x 06a2", namespace) == ["06a2y"]
    assert offered(jobs.QJOBS, "--status RU", namespace) == ["RUNNING"]
    assert offered(settings.QCONFIG, "sh", namespace) == ["shots="]


def test_circuits_are_known_by_class_without_their_sdk(monkeypatch):
    """A variable is a circuit by the name of its class, or a base's: looking imports nothing."""
    before = set(sys.modules)
    for module, name, known in [
        ("qiskit.circuit", "QuantumCircuit", True),
        ("cirq.circuits.circuit", "Circuit", True),
        ("braket.circuits.circuit", "Circuit", True),
        ("electronics", "Circuit", False),
        ("qiskit.circuit", "Parameter", False),
    ]:
        found = values.offers("circuit", {"thing": a_class(module, name)()})
        assert found == (["thing"] if known else []), module
    assert set(sys.modules) == before


def test_jobs_are_remembered_newest_first(monkeypatch):
    """A job seen again moves to the front."""
    monkeypatch.setattr(values, "_jobs", {})
    monkeypatch.setattr(values, "refresh", lambda: None)
    for job in ("a", "b", "a"):
        values.remember(job)
    assert values.offers("job", {}) == ["a", "b"]


def test_the_matcher_is_installed_once_and_removed():
    """Installing twice leaves one matcher; removing leaves those of others."""
    other = object()
    shell = types.SimpleNamespace(Completer=types.SimpleNamespace(custom_matchers=[other]), user_ns={})
    complete.install(shell, [qrun.QRUN])
    complete.install(shell, [qrun.QRUN])
    assert len(shell.Completer.custom_matchers) == 2
    complete.remove(shell)
    assert shell.Completer.custom_matchers == [other]
