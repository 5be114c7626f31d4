"""Prices are the published ones: the providers' own formulas and minima, a bound that is never below the estimate."""

from __future__ import annotations

import datetime
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from qiskit import QuantumCircuit
from qiskit.circuit.random import random_circuit

from qmagic.providers import rates
from qmagic.providers.operations import Operations, operations_of
from qmagic.providers.prices import cost, rate_text


def circuit(one: int, two: int, measured: int, qubits: int = 5) -> QuantumCircuit:
    """A circuit with so many gates on one and on two qubits, and measurements."""
    made = QuantumCircuit(qubits, measured)
    for i in range(one):
        made.rx(0.1, i % qubits)
    for i in range(two):
        made.cz(i % qubits, (i + 1) % qubits)
    made.measure(range(measured), range(measured))
    return made


def amounts(price):
    return price.estimate.amount, price.bound.amount


@pytest.mark.parametrize(
    ("device", "per_shot"),
    [
        ("Garnet", "0.00145"), ("emerald", "0.0016"), ("Forte-1", "0.08"), ("Forte-Enterprise-1", "0.08"),
        ("Ibex-Q1", "0.0235"), ("Cepheus-1-108Q", "0.000425"), ("Ankaa-3", "0.0009"), ("Aria-1", "0.03"),
        ("arn:aws:braket:eu-north-1::device/qpu/iqm/Garnet", "0.00145"),
    ],
)  # fmt: skip
def test_braket_bills_a_task_and_its_shots(device, per_shot):
    """0.30 USD a task and the device's price of a shot, exactly, whatever the gates; each circuit is a task."""
    wanted = Decimal("0.3") + 1000 * Decimal(per_shot)
    assert amounts(cost("braket", device, [circuit(3, 2, 2)], [1000])) == (wanted, wanted)
    two = cost("braket-stub", device, [circuit(1, 0, 1), circuit(9, 9, 1)], [1000, 1000])
    assert amounts(two) == (2 * wanted, 2 * wanted)


def test_brakets_simulators_have_a_minimum_and_an_end():
    """SV1 bills 0.075 USD a minute, 3 s at least (0.00375 USD, as Braket's tracker says) and 6 h at most."""
    assert amounts(cost("braket", "sv1", [circuit(1, 1, 1)], [1000])) == (Decimal("0.00375"), Decimal(27))


def test_ionq_by_azure():
    """Microsoft's formula: m + 0.00022 N1 C + 0.000975 N2 C; m is a minimum too, and larger with error mitigation."""
    small, large = circuit(2, 1, 2), circuit(100, 200, 5)
    price = cost("azure", "ionq.qpu.aria-1", [small], [100], mitigated=False)
    gates = 100 * (2 * Decimal("0.00022") + Decimal("0.000975"))
    assert amounts(price) == (Decimal("12.4166"), Decimal("12.4166") + gates)
    price = cost("azure", "ionq.qpu.aria-1", [large], [1000])
    assert amounts(price) == (Decimal(22) + Decimal(195), Decimal("97.5") + Decimal(217))
    assert amounts(cost("azure", "ionq.qpu.forte-enterprise-1", [small], [10]))[0] == Decimal("168.195")
    assert amounts(cost("azure", "ionq.simulator", [large], [1000])) == (0, 0)


def test_quantinuum_in_its_credits():
    """HQC = 5 + C (N1 + 10 N2 + 5 Nm) / 5000, with preparations in Nm; a budget is reserved for added gates too."""
    price = cost("azure", "quantinuum.qpu.h2-1", [circuit(200, 100, 5)], [1000])
    assert amounts(price)[0] == 5 + Decimal(1000 * (200 + 10 * 100 + 5 * (5 + 5))) / 5000 == 255
    assert price.estimate.currency == "HQC"
    assert 255 < price.bound.amount < 2 * 255
    assert cost("azure", "quantinuum.sim.h2-1e", [circuit(1, 1, 1)], [10]).estimate.currency == "EHQC"
    assert amounts(cost("azure", "quantinuum.sim.h2-1sc", [circuit(1, 1, 1)], [10])) == (0, 0)
    toffoli = QuantumCircuit(3)
    toffoli.ccx(0, 1, 2)
    assert cost("azure", "quantinuum.qpu.h2-1", [toffoli], [10]).bound is None


def test_ibm_bills_seconds_and_the_limit_bounds_them():
    """IBM's rule of thumb, 2 + 0.00035 executions, at 1.60 USD a second; the bound is the time limit on the job."""
    price = cost("ibm", "ibm_torino", [circuit(1, 1, 1)], [4000])
    assert price.seconds == pytest.approx(2 + 0.00035 * 4000)
    assert price.estimate.amount == Decimal("1.6") * Decimal("3.4")
    assert (price.limit_seconds, price.bound.amount) == (11, Decimal("17.6"))
    longer = cost("ibm", "ibm_torino", [circuit(1, 1, 1)] * 2, [4000, 1000], lengths=[1e-3, None])
    assert longer.seconds == pytest.approx(2 + 4000 * 1.25e-3 + 1000 * 0.35e-3)
    assert amounts(cost("ibm", "ibm_torino", [circuit(1, 1, 1)], [4000], plan="open")) == (0, 0)
    capped = cost("ibm", "ibm_torino", [circuit(1, 1, 1)], [4000], limit_seconds=2, plan="flex")
    assert amounts(capped) == (Decimal("2.4"), Decimal("2.4"))
    assert cost("ibm", "ibm_torino", [circuit(1, 1, 1)], [10**9]).limit_seconds == 10800


def test_ionqs_own_rates_are_asked_for():
    """Without the account's rates IonQ's own price is an estimate that nothing bounds; with them it is bounded."""
    price = cost("ionq", "qpu.forte-1", [circuit(2, 1, 2)], [100])
    assert price.bound is None
    assert "not your account's own rates" in str(price)
    own = rates.Gates(Decimal("0.0001"), Decimal("0.001"), Decimal(1), Decimal(2))
    price = cost("ionq", "qpu.forte-1", [circuit(2, 1, 2)], [1000], rates=own)
    assert amounts(price) == (2, Decimal("3.2"))


def test_what_has_no_price_says_so():
    """A device that the table does not have has no estimate and no bound, and the text says why."""
    price = cost("braket", "Nonesuch-1", [circuit(1, 1, 1)], [10])
    assert (price.estimate, price.bound) == (None, None)
    assert str(price) == "price not known: there is no published price of braket:Nonesuch-1"
    assert rate_text("braket", "Nonesuch-1") == ""


def test_a_price_reads_well():
    """The text has amount, bound, how it comes about, and the day of the table."""
    assert str(cost("braket", "garnet", [circuit(1, 1, 1)], [1000])) == (
        "1.75 USD: 0.30 USD a task, 1,000 shots at 0.00145, prices of 2026-09-04"
    )
    assert str(cost("ibm", "ibm_torino", [circuit(1, 1, 1)], [4000])) == (
        "5.44 USD (at most 17.60 USD): about 3.4 s of QPU time at 1.6 USD a second, stopped after 11 s, "
        "prices of 2026-05-25"
    )
    assert rate_text("braket", "garnet") == "0.30 USD + 0.00145 USD/shot"
    assert rate_text("ibm", "ibm_torino") == "1.6 USD/s"


@settings(max_examples=60, derandomize=True)
@given(st.integers(0, 10**6), st.integers(1, 10**5), st.sampled_from(rates.table()))
def test_a_bound_is_never_below_the_estimate(seed, shots, row):
    """Whatever the circuit, a bound is at least the estimate, and more shots are never cheaper."""
    device = row.devices[0].replace("*", "1")
    made = random_circuit(4, 5, max_operands=2, measure=True, seed=seed)
    price = cost(row.provider, device, [made], [shots])
    more = cost(row.provider, device, [made], [shots + 1000])
    assert price.estimate.amount <= more.estimate.amount
    if price.bound is not None:
        assert price.estimate.amount <= price.bound.amount <= more.bound.amount


def test_every_row_says_when_and_where():
    """Each row of the table has a day that has been, a source, and a price for the devices that it names."""
    today = datetime.datetime.now(datetime.UTC).date()
    for row in rates.table():
        assert datetime.date(2024, 1, 1) < datetime.date.fromisoformat(row.date) <= today
        assert row.source.startswith("https://")
        for pattern in row.devices:
            assert rates.row_of(row.provider, pattern.replace("*", "1")) == row


def test_operations_are_counted_as_providers_do():
    """Barriers and delays are none; branches count as the dearer one, loops as all their rounds."""
    made = QuantumCircuit(3, 1)
    made.h(0)
    made.barrier()
    made.delay(10, 2)
    made.swap(0, 1)
    made.measure(0, 0)
    with made.if_test((made.clbits[0], 1)) as otherwise:
        made.x(0)
    with otherwise:
        made.cx(0, 1)
    with made.for_loop(range(4)):
        made.cz(0, 1)
        made.reset(0)
    assert operations_of(made) == Operations(one=2, two=6, native_two=8, prepared=2 + 1 + 4)
    with made.while_loop((made.clbits[0], 1)):
        made.h(0)
    assert operations_of(made).endless
    assert cost("azure", "ionq.qpu.aria-1", [made], [10]).bound is None


def test_what_was_billed_follows_from_what_the_provider_says():
    """By seconds: those that it says, and its minimum; by task: the price; where both readings of a page differ and the
    provider does not say, nobody knows."""
    of = lambda provider, device: cost(provider, device, [circuit(2, 1, 2)], [100])
    by_time, by_task, simulator = of("ibm", "ibm_torino"), of("braket", "garnet"), of("braket", "sv1")
    assert by_time.billed(2.5).amount == Decimal("4.00")
    assert by_time.billed(None) is None
    assert by_task.billed(None) == by_task.estimate
    assert simulator.billed(1.0).amount == Decimal("0.00375")
    assert simulator.billed(60.0).amount == Decimal("0.075")
    assert of("azure", "ionq.qpu.aria-1").billed(None) is None
    own = of("ionq", "qpu.aria-1")
    assert own.bound is None
    assert own.billed(None) == own.estimate
