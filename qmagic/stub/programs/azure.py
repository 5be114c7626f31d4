"""Azure's jobs: QIR, run by Microsoft's own simulator with noise on every gate, and IonQ's circuits.

That simulator knows no readout errors, so each bit is flipped here when it is written down; a program that decides by
what it measured decides by the true bit.
"""

from __future__ import annotations

import collections
import json
import random
from typing import Any

from qmagic.backends.noise_text import parse_settings
from qmagic.errors import InputError
from qmagic.stub.programs import Answer, Work
from qmagic.stub.programs.ionq import histograms

__all__ = ["run"]

_ONE = ("x", "y", "z", "h", "s", "s_adj", "sx", "sx_adj", "t", "t_adj", "rx", "ry", "rz")
#: How LLVM's bitcode starts; without it a program is text.
_BITCODE = b"BC\xc0\xde"
_TWO = ("cx", "cy", "cz", "rxx", "ryy", "rzz", "swap")


def run(work: Work) -> Answer:
    """Returns the output file of a job."""
    kind, shots = work.facts["format"], work.facts["shots"]
    if kind == "ionq.circuit.v1":
        body = json.loads(work.data)
        found, gates = histograms(body.get("input", body), work.facts["noise"], shots, work.seed)
        return Answer(
            result=json.dumps({"histogram": found[0]}).encode(), shots=shots, executions=1, facts={"gates": gates}
        )
    if kind == "qir.v1":
        misread = parse_settings(work.facts["noise"]).p01 if work.facts["noise"] else 0.0
        draw = random.Random(work.seed)
        lines = [_read(line, misread, draw) for line in _shots(work)]
        return Answer(result=json.dumps(_output(lines, work.facts["output"])).encode(), shots=shots, executions=1)
    raise InputError(f"input format {kind!r}; the stub runs qir.v1 and ionq.circuit.v1")


def _shots(work: Work) -> list[Any]:
    from qdk.simulation import NoiseConfig, run_qir

    noise = None
    if work.facts["noise"]:
        settings = parse_settings(work.facts["noise"])
        noise = NoiseConfig()
        # qdk's parameter is that of a uniformly random Pauli other than the identity, Qiskit's mixes that in too
        for name in _ONE:
            getattr(noise, name).set_depolarizing(settings.depolarizing1 * 3 / 4)
        for name in _TWO:
            getattr(noise, name).set_depolarizing(settings.depolarizing2 * 15 / 16)
    program = work.data if work.data.startswith(_BITCODE) else work.data.decode()
    found: list[Any] = run_qir(program, shots=work.facts["shots"], noise=noise, seed=work.seed, type="cpu")
    return found


def _output(shots: list[Any], wanted: str) -> dict[str, Any]:
    """Returns Azure's output file: each outcome with its count, and the shots in order."""
    counts = collections.Counter(json.dumps(shot) for shot in shots)
    if wanted == "microsoft.quantum-results.v1":
        pairs = [[outcome, count / len(shots)] for outcome, count in sorted(counts.items())]
        return {"Histogram": [part for pair in pairs for part in pair]}
    histogram = [
        {"Outcome": json.loads(outcome), "Display": outcome, "Count": count}
        for outcome, count in sorted(counts.items())
    ]
    return {
        "DataFormat": "microsoft.quantum-results.v2",
        "Results": [{"Histogram": histogram, "Shots": shots}],
    }


def _read(value: Any, misread: float, draw: random.Random) -> Any:
    """Returns a shot as numbers, each read wrongly with probability `misread`; results are an enumeration of qdk's."""
    if isinstance(value, (list, tuple)):
        return [_read(one, misread, draw) for one in value]
    return int(str(value).endswith("One")) ^ (draw.random() < misread)
