"""What may go wrong between a client and a cloud: every stage, every fault. `reliability` and the tests use it."""

from __future__ import annotations

import dataclasses
from typing import Any

__all__ = ["CASES", "DEVICES", "SHOTS", "Case", "circuit", "is_right"]

#: For each cloud, the device of the stub's that jobs go to, as ``--backend`` takes it.
DEVICES = {"ibm": "manila", "braket": "sv1", "azure": "ionq.simulator", "ionq": "simulator"}
SHOTS = 500

_STATUSES = ("500", "502", "503", "429", "401", "404")


@dataclasses.dataclass(frozen=True)
class Case:
    """One fault: at which stage, which, and whether the request has done its work before the reply is spoilt."""

    stage: str
    kind: str
    after: bool = False

    def __str__(self) -> str:
        when = {True: " after acceptance", False: " before acceptance"}[self.after] if self.stage == "submit" else ""
        return f"{self.stage}{when}: {self.kind}"

    def fault(self, cloud: str) -> dict[str, Any]:
        """Returns the fault as the stub takes it: it strikes once."""
        return {"stage": self.stage, "kind": self.kind, "after": self.after, "cloud": cloud}


#: A slow or a cut reply always comes after the work; whether a job is there is a matter of submits only.
CASES = (
    *[Case("submit", kind) for kind in (*_STATUSES, "drop")],
    *[Case("submit", kind, after=True) for kind in (*_STATUSES, "drop", "slow", "truncated")],
    *[Case(stage, kind) for stage in ("poll", "result") for kind in (*_STATUSES, "drop", "slow", "truncated")],
)


def circuit() -> Any:
    """Returns X on qubit 0 of 3, measured: '001' in Qiskit's order."""
    from qiskit import QuantumCircuit

    made = QuantumCircuit(3, 3)
    made.x(0)
    made.measure(range(3), range(3))
    return made


def is_right(counts: dict[str, int]) -> bool:
    """Tells whether these are the counts of `circuit`, noise allowed for."""
    return sum(counts.values()) == SHOTS and counts.get("001", 0) > 0.8 * SHOTS
