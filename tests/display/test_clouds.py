"""A cloud's plan as text and HTML: all that decides, nothing that can hurt a page."""

from __future__ import annotations

from decimal import Decimal

from qmagic.clouds import Device
from qmagic.display.clouds import cloud_plan_html, cloud_plan_text
from qmagic.forecast import Forecast
from qmagic.money import Money, Price
from qmagic.quotes import CloudPlan, OnDevice, Quote
from tests.display.test_plans import Checker

PRICE = Price(
    estimate=Money(Decimal("3.61")), bound=Money(Decimal(16)), how="about 2.26 s", date="2026-05-25",
    source="https://example.org", seconds=2.26, limit_seconds=10,
)  # fmt: skip
FORECAST = Forecast(depth=5, two_qubit=1, seconds=1e-6, gates=0.98, readout=0.95, idle=0.99)
CIRCUIT = OnDevice(shots=1000, qubits=2, forecast=FORECAST, fits=False, before=2, layout=(3, 4))
DEVICE = Device(name="x", qubits=5, queue=3, two_qubit_error=0.01, readout_error=0.02)


def plan(*circuits, price=PRICE, **more):
    quote = Quote(price=price, circuits=circuits or (CIRCUIT,))
    return CloudPlan(**{"backend": "ibm:x", "kind": "sample", "quote": quote, "device": DEVICE, **more})


def words(found):
    """The words of both forms, which say the same."""
    checker = Checker()
    checker.feed(cloud_plan_html(found))
    assert not checker.open
    shown = " ".join(" ".join(checker.words).split())
    text = " ".join(cloud_plan_text(found).split())
    assert sorted(shown.replace(" ", "")) == sorted(text.replace(" ", "")) or found.error
    return text


def test_all_that_decides_is_said():
    """Size before and after, chances and what they leave out, time, price with its bound and day, queue, budget."""
    text = words(plan(budget="it costs too much", held=True))
    for said in (
        "ibm:x · 1,000 shots · about 3.61 USD, at most 16.00 USD · would be held",
        "compiled for the device, depth 5, 1 two-qubit gate (2 before), on qubits 3, 4",
        "92.2 % of the shots: gates 98.0 %, readout 95.0 %, waiting 99.0 %; crosstalk not counted",
        "about 2.3 s",
        "prices of 2026-05-25 (https://example.org)",
        "3 jobs in its queue, 5 qubits, median two-qubit error 1.0 %, readout error 2.0 %",
        "would be held: it costs too much",
        "nothing was submitted",
    ):
        assert said in text, said


def test_equal_circuits_are_told_once():
    """A sweep's circuits, or a batch of the same, take one line; many that differ are cut."""
    assert "3 circuits, each" in words(plan(CIRCUIT, CIRCUIT, CIRCUIT))
    many = [OnDevice(shots=number, executions=2) for number in range(1, 20)]
    assert "11 more; .quote.circuits has all" in words(plan(*many))


def test_what_is_not_known_is_said():
    """No price, no bound, no calibration, branches: each in words, none as a number."""
    assert "price not known: there is none" in words(plan(price=Price(how="there is none")))
    assert "nothing bounds it" in words(plan(price=Price(estimate=Money(Decimal(1)), how="own rates")))
    branches = Forecast(depth=1, two_qubit=0, known=False, notes=("no success probability: it has branches",))
    assert "no success probability" in words(plan(OnDevice(shots=1, forecast=branches)))
    assert "crosstalk" not in words(plan(OnDevice(shots=1)))


def test_what_cannot_run_says_why():
    """A refusal is the plan, and its text is nobody's HTML."""
    found = CloudPlan(backend="ibm:x", kind="sample", error="line 2: <script>alert(1)</script>")
    assert "ibm:x · cannot run" in words(found)
    assert "<script>" not in cloud_plan_html(found)
