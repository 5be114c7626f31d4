"""What a job costs at a provider, from its compiled circuits: an estimate, and the most that it can be.

The prices are published ones (`rates`), with the provider's minima. The bound is what a budget reserves, so it takes
the dearer reading wherever a page leaves a choice, and none is given where nothing bounds the cost.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from decimal import Decimal
from typing import TYPE_CHECKING

import msgspec

from qmagic.money import Money, Price
from qmagic.providers.operations import Operations, operations_of
from qmagic.providers.rates import Credits, Free, Gates, Minutes, Row, Seconds, Task, row_of

if TYPE_CHECKING:
    from qiskit.circuit import QuantumCircuit

__all__ = ["cost", "rate_text"]

#: A job that is billed by time is stopped after this many times its estimate, and not before so many seconds.
_LIMIT_FACTOR, _LEAST_LIMIT = 3, 10
#: Gates on one qubit that a compiler may add on each side of a gate on two.
_ADDED = 8


def cost(
    provider: str,
    device: str,
    circuits: Sequence[QuantumCircuit],
    shots: Sequence[int],
    *,
    lengths: Sequence[float | None] = (),
    plan: str = "pay-as-you-go",
    mitigated: bool = True,
    rates: Gates | None = None,
    limit_seconds: int | None = None,
) -> Price:
    """Returns what a job costs.

    Args:
        provider: Such as ``"ibm"``.
        device: The device's name there.
        circuits: As they run there: compiled.
        shots: Of each circuit, over all its parameter points (and groups of observables).
        lengths: Seconds that one shot of each circuit takes; None or left out where it is not known.
        plan: IBM: ``open``, ``pay-as-you-go``, ``flex`` or ``premium``.
        mitigated: IonQ: whether error mitigation is on, as it is unless it is switched off.
        rates: IonQ: the account's own.
        limit_seconds: Where time is billed: the time limit that the user wants on the job.
    """
    row = row_of(provider, device)
    if row is None:
        return Price(how=f"there is no published price of {provider}:{device}")
    rate = rates if rates is not None and isinstance(row.rate, Gates) else row.rate
    if isinstance(rate, Free):
        return _price(row, Decimal(0), Decimal(0), "free of charge")
    if isinstance(rate, Seconds):
        return _of_seconds(row, rate, shots, lengths, plan, limit_seconds)
    if isinstance(rate, Task):
        amount = sum((rate.task + rate.shot * number for number in shots), Decimal(0))
        tasks = "a task" if len(shots) == 1 else f"each of {len(shots)} tasks"
        return _price(row, amount, amount, f"{rate.task:.2f} USD {tasks}, {sum(shots):,} shots at {_plain(rate.shot)}")
    if isinstance(rate, Minutes):
        second = rate.minute / 60
        made = _price(
            row, rate.least_seconds * second * len(shots), rate.most_seconds * second * len(shots),
            f"{_plain(rate.minute)} USD a minute, {rate.least_seconds} s at least; how long it takes is not known",
        )  # fmt: skip
        least = float(rate.least_seconds * len(shots))
        return msgspec.structs.replace(made, second=Money(second), least_seconds=least)
    counts = [operations_of(circuit) for circuit in circuits]
    if isinstance(rate, Gates):
        return _of_gates(row, rate, counts, shots, mitigated)
    return _of_credits(row, rate, counts, shots)


def rate_text(provider: str, device: str) -> str:
    """Returns a device's rate in a few words, for a list; "" where none is published."""
    row = row_of(provider, device)
    return "" if row is None else row.rate.text


def _of_seconds(
    row: Row, rate: Seconds, shots: Sequence[int], lengths: Sequence[float | None], plan: str, wanted: int | None
) -> Price:
    usual = float(rate.usual_length_seconds)
    known = [usual if length is None else length for length in lengths] or [usual] * len(shots)
    seconds = float(rate.overhead_seconds) + sum(
        number * (float(rate.delay_seconds) + length) for number, length in zip(shots, known, strict=True)
    )
    limit = wanted or min(rate.most_seconds, max(_LEAST_LIMIT, math.ceil(_LIMIT_FACTOR * seconds)))
    # a plan that is not known is billed as the dearest one
    second = rate.usd_per_second.get(plan, max(rate.usd_per_second.values()))
    estimate = min(Decimal(str(round(seconds, 3))), Decimal(limit)) * second
    return Price(
        estimate=Money(estimate),
        bound=Money(limit * second),
        how=f"about {seconds:.3g} s of QPU time at {_plain(second)} USD a second, stopped after {limit} s",
        date=row.date,
        source=row.source,
        seconds=seconds,
        limit_seconds=limit,
        second=Money(second),
    )


def _of_gates(row: Row, rate: Gates, counts: Sequence[Operations], shots: Sequence[int], mitigated: bool) -> Price:
    """IonQ's page gives the sum of minimum and gates as the formula, and the minimum as one: the bound is the sum."""
    least = rate.least_mitigated if mitigated else rate.least
    gates = [number * (rate.one * of.one + rate.two * of.two) for of, number in zip(counts, shots, strict=True)]
    how = (
        f"{sum(of.one for of in counts):,} gates on one qubit and {sum(of.two for of in counts):,} on two, "
        f"{sum(shots):,} shots, {_plain(least)} USD at least with error mitigation {'on' if mitigated else 'off'}"
    )
    estimate, bound = sum(max(least, part) for part in gates), sum(least + part for part in gates)
    if rate.own:
        how += "; these are not your account's own rates, which IonQ tells"
    open_ended = rate.own or any(of.endless for of in counts)
    return _price(row, Decimal(estimate), None if open_ended else Decimal(bound), how)


def _of_credits(row: Row, rate: Credits, counts: Sequence[Operations], shots: Sequence[int]) -> Price:
    estimate = [_credits(of.one, of.native_two, of.prepared, number) for of, number in zip(counts, shots, strict=True)]
    bound = [
        _credits(of.one + _ADDED * of.native_two, of.native_two, of.prepared, number)
        for of, number in zip(counts, shots, strict=True)
    ]
    open_ended = any(of.endless or of.wide for of in counts)
    how = f"5 + shots × (N1 + 10 N2 + 5 Nm) / 5000 for each of {len(shots)}" if len(shots) > 1 else (
        f"5 + {shots[0]:,} × ({counts[0].one} + 10 × {counts[0].native_two} + 5 × {counts[0].prepared}) / 5000"
    )  # fmt: skip
    return _price(row, sum(estimate, Decimal(0)), None if open_ended else sum(bound, Decimal(0)), how, rate.currency)


def _credits(one: int, two: int, prepared: int, shots: int) -> Decimal:
    """Quantinuum's formula."""
    return 5 + Decimal(shots * (one + 10 * two + 5 * prepared)) / 5000


def _price(row: Row, estimate: Decimal, bound: Decimal | None, how: str, currency: str = "USD") -> Price:
    return Price(
        estimate=Money(estimate, currency),
        bound=None if bound is None else Money(bound, currency),
        how=how,
        date=row.date,
        source=row.source,
    )


def _plain(amount: Decimal) -> str:
    return f"{amount.normalize():f}"
