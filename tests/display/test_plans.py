"""A plan as text and HTML: all that a person needs for the decision, nothing that can hurt a page."""

from __future__ import annotations

import html.parser
import math

import pytest
from qiskit import QuantumCircuit

from qmagic import execute
from qmagic.display.plans import about, memory, plan_html, plan_text
from qmagic.jobs import PubSpec
from qmagic.plans.plan import Choice, Plan, PubPlan, Refused
from tests.contracts.jobs import ghz, observable, spec_of
from tests.plans.circuits import dynamic, scrambled, turned


def plan(circuits, *pubs, **fields):
    return execute.plan(spec_of(circuits, *pubs, **fields))


class Checker(html.parser.HTMLParser):
    """Collects text, and fails on what is not closed or may run."""

    def __init__(self):
        super().__init__()
        self.open, self.words = [], []

    def handle_starttag(self, tag, attrs):
        assert tag != "script"
        assert not any(name.startswith("on") for name, _ in attrs)
        self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if "style" not in self.open:
            self.words.append(data)


def words_of(found) -> str:
    checker = Checker()
    checker.feed(plan_html(found))
    assert not checker.open
    return " ".join(checker.words)


SOME = {
    "wide": lambda: plan(ghz(200)),
    "other": lambda: plan(turned(60)),
    "dynamic": lambda: plan(dynamic()),
    "noisy": lambda: plan(ghz(3), noise="depolarizing=0.01"),
    "named": lambda: plan(ghz(40), backend="aer.mps"),
    "impossible": lambda: plan(scrambled(60, 40)),
    "exact": lambda: plan(QuantumCircuit(2), PubSpec(observables=(observable("ZZ"),), observables_shape=())),
}


@pytest.mark.parametrize("name", SOME)
def test_both_forms_say_the_same(name):
    """Text and HTML name the same backends, reasons, facts, times and amounts of memory."""
    found = SOME[name]()
    text, words = plan_text(found), words_of(found)
    assert repr(found) == text
    (pub,) = found.pubs
    for one in (pub.chosen, *pub.alternatives) if not pub.error else pub.alternatives:
        for shown in (one.backend, about(one.seconds), memory(one.memory)):
            assert shown in text
            assert shown in words
    for one in pub.refused:
        assert one.backend in text
        assert one.why in text
        assert one.why in words
    why = pub.error or pub.chosen.why
    assert why in text
    assert why[1:] in words
    assert "nothing has run" in text
    assert "nothing has run" in words


def test_what_comes_next():
    """``auto`` goes on to the first alternative; a backend that was asked for is never exchanged."""
    assert "  next  " in plan_text(SOME["wide"]())
    assert "next, if that turns out badly" in words_of(SOME["wide"]())
    assert "  else  " in plan_text(SOME["named"]())
    assert "next, if" not in words_of(SOME["named"]())


def test_what_was_asked_for_and_cannot():
    """A backend that cannot run the circuit says why, and what can stands below."""
    text = plan_text(plan(ghz(40), backend="statevector"))
    assert text.startswith("cannot run\n  40 qubits need 32 TB")
    assert "  else  stim" in text


def test_equal_circuits_are_shown_once():
    """A batch of a hundred Bell states is one entry, with the total below."""
    circuits = [ghz(2)] * 99 + [ghz(50)]
    text = plan_text(plan(circuits, *[PubSpec(circuit=i, shots=10) for i in range(100)]))
    assert "circuits 0 to 98, each" in text
    assert "circuit 99" in text
    assert "all together about" in text
    assert len(text.splitlines()) < 40


def test_nothing_of_a_circuit_is_markup():
    """Words that come from a user's circuit, such as a gate's name, are text."""
    words = "1 of 2 gates are not Clifford (<img src=x onerror=alert(1)> on qubit 0)"
    pub = PubPlan(Choice("stim", 1.0, 1.0, words), refused=(Refused("stim", words),), saved=words)
    found = Plan((pub,), "sample", "auto", 1.0, 1.0, 0.001, (words,))
    assert "<img" not in plan_html(found)
    assert words_of(found).count("<img src=x") == 3


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0.0, "under 0.1 ms"), (3.21e-4, "about 0.32 ms"), (0.0123, "about 12 ms"), (1.26, "about 1.3 s"),
        (99.0, "about 99 s"), (120.0, "about 2.0 min"), (7200.0, "about 2.0 h"), (3e5, "about 3 days"),
        (1e12, "over a year"), (math.inf, "time unknown"),
    ],
)  # fmt: skip
def test_times(seconds, words):
    """Times have two digits, and the unit that a person would take."""
    assert about(seconds) == words


@pytest.mark.parametrize(
    ("size", "words"),
    [(6, "6 B"), (2048, "2.0 kB"), (1 << 20, "1.0 MB"), (17 << 30, "17 GB"), (1e30, "more than there is")],
)
def test_amounts(size, words):
    """So have amounts of memory."""
    assert memory(size) == words
