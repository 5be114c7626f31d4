"""IBM's primitives, as its servers run them: ``sampler`` and ``estimator`` (version 2), and the new ``executor``.

Read and written with the codecs that ship with the client. Mitigation that IBM's servers did for the old ``estimator``
(``resilience_level``) is not played: its result says so. The new one mitigates in the client, on circuits it sends.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from qmagic.cells.pubs import gather
from qmagic.cells.request import Wanted
from qmagic.errors import InputError
from qmagic.results.containers import pub_result
from qmagic.stub.programs import Answer, Work
from qmagic.stub.programs.sampling import Machine, device_machine

if TYPE_CHECKING:
    from qiskit.primitives import PrimitiveResult

    from qmagic.cells.pubs import Gathered

__all__ = ["run"]

#: What IBM's primitives take where nothing is said.
_SHOTS = 4096
_PRECISION = 0.015625


def run(work: Work) -> Answer:
    """Returns the result of a job of any of the programs."""
    from qiskit_ibm_runtime import RuntimeDecoder, RuntimeEncoder

    machine = device_machine(work.facts["snapshot"], work.drift, work.epoch)
    if work.facts["program"] == "executor":
        from qmagic.stub.programs.ibm_executor import run_executor

        return run_executor(json.loads(work.data)["params"], machine, work.seed)
    params = json.loads(work.data, cls=RuntimeDecoder)["params"]
    program = _sampler if work.facts["program"] == "sampler" else _estimator
    result, shots, executions = program(params, machine, work.seed)
    return Answer(result=json.dumps(result, cls=RuntimeEncoder).encode(), shots=shots, executions=executions)


def _sampler(params: dict[str, Any], machine: Machine, seed: int) -> tuple[PrimitiveResult, int, int]:
    from qiskit.primitives import PrimitiveResult
    from qiskit.primitives.containers.sampler_pub import SamplerPub

    default = params.get("options", {}).get("default_shots") or _SHOTS
    given = _gathered([SamplerPub.coerce(tuple(pub), shots=default) for pub in params["pubs"]])
    pubs = [machine.sample(given.circuits[pub.circuit], pub, seed, index) for index, pub in enumerate(given.pubs)]
    results = [pub_result(pub) for pub in pubs]
    for result in results:
        result._metadata = {"circuit_metadata": {}}
    points = [len(pub.tables) for pub in pubs]
    shots = sum(pub.shots * count for pub, count in zip(pubs, points, strict=True))
    return PrimitiveResult(results, {"version": 2, "execution": {}}), shots, sum(points)


def _estimator(params: dict[str, Any], machine: Machine, seed: int) -> tuple[PrimitiveResult, int, int]:
    from qiskit.primitives import PrimitiveResult
    from qiskit.primitives.containers.estimator_pub import EstimatorPub

    options = params.get("options", {})
    shots = options.get("default_shots")
    precision = options.get("default_precision") or (shots**-0.5 if shots else _PRECISION)
    given = _gathered([EstimatorPub.coerce(tuple(pub), precision=precision) for pub in params["pubs"]])
    pubs = [machine.estimate(given.circuits[pub.circuit], pub, seed, index) for index, pub in enumerate(given.pubs)]
    results = [pub_result(pub) for pub in pubs]
    for result, pub in zip(results, given.pubs, strict=True):
        result._metadata = {"target_precision": pub.precision, "circuit_metadata": {}}
    level = params.get("resilience_level", options.get("resilience_level", 0))
    metadata = {"version": 2, "resilience": {"level": level, "played": False}}
    taken = sum(sum(pub.shots) for pub in pubs)
    return PrimitiveResult(results, metadata), taken, sum(len(pub.shots) for pub in pubs)


def _gathered(pubs: list[Any]) -> Gathered:
    if not pubs:
        raise InputError("the job has no PUBs")
    return gather(pubs, Wanted(), None, None)
