"""What the clouds charge, as published; the stub asks for it with ``price=real``.

| cloud | rule | source, read |
|---|---|---|
| IBM | 96 USD a minute (pay as you go) | quantum.cloud.ibm.com, plans overview, 2025 |
| Braket | task and shots on a QPU; 0.075 USD a minute (3 s at least) on SV1 | aws.amazon.com/braket/pricing, 2025 |
| Azure, IonQ | a base, and gates times shots | MicrosoftDocs/quantum-docs, pricing.md of 2024-12-05 |

The clouds' own pages are the truth; these numbers are for rehearsal.
"""

from __future__ import annotations

__all__ = [
    "ARIA_NOISE",
    "ARIA_SECONDS",
    "BRAKET_QPU",
    "BRAKET_USD_PER_MINUTE",
    "IBM_USD_PER_SECOND",
    "ibm_seconds",
    "ionq_usd",
]

IBM_USD_PER_SECOND = 96 / 60

#: USD of a task and of a shot, by device.
BRAKET_QPU = {"Aria-1": (0.30, 0.03)}
BRAKET_USD_PER_MINUTE = {"SV1": 0.075, "DM1": 0.075}

#: IonQ Aria 1 as published (Microsoft Learn, provider-ionq, 2024): average fidelities 99.95 % and 99.6 % of gates on
#: one and two qubits, 99.61 % of preparing and reading a qubit. A depolarizing channel of parameter p on d levels has
#: the average infidelity ``p (d - 1) / d``.
ARIA_NOISE = "depolarizing1=0.001,depolarizing2=0.005333333,readout=0.0039"

#: Seconds of Aria's gates on one and two qubits, of reading and resetting, T1 and T2, as IonQ published them.
ARIA_SECONDS = {"1q": 135e-6, "2q": 600e-6, "readout": 300e-6, "reset": 20e-6, "t1": 100.0, "t2": 1.0}


def ibm_seconds(executions: int, shots: int) -> float:
    """Returns the seconds that IBM reckons with: 2 s for a job and 0.00035 s for each shot of each circuit.

    This is IBM's own rule of thumb ("estimate job run time" in its guides).
    """
    return round(2.0 + 0.00035 * shots, 3) if executions else 0.0


def ionq_usd(one_qubit: int, two_qubit: int, shots: int) -> float:
    """Returns the price of a circuit on an IonQ QPU by way of Azure, without error mitigation.

    ``12.4166 + 0.000220 N1 C + 0.000975 N2 C`` for N1 gates on one qubit, N2 on two and C shots.
    """
    return round(12.4166 + shots * (0.000220 * one_qubit + 0.000975 * two_qubit), 6)
