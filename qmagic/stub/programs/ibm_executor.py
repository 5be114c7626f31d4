"""IBM's ``executor`` program: circuits, some with a *samplex* that draws their random gates, to bits.

Parameters and results are IBM's own schemas and converters. Only the sampling is ours: `fake_provider.executor`, the
client's local mode, builds the noise of the whole device for each call.
"""

from __future__ import annotations

import datetime
import math
from typing import TYPE_CHECKING, Any

import numpy as np

from qmagic.errors import InputError
from qmagic.jobs import ParameterValues, PubSpec
from qmagic.results.containers import pub_result
from qmagic.stub.programs import Answer
from qmagic.stub.programs.sampling import Machine

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from qiskit.circuit import QuantumCircuit

__all__ = ["run_executor"]

_VERSION = "v2.0"


def run_executor(params: dict[str, Any], machine: Machine, seed: int) -> Answer:
    """Returns the result of a quantum program.

    Raises:
        InputError: It is written in a version of the schema that is not played.
    """
    from ibm_quantum_schemas.executor.version_2_0 import ParamsModel, QuantumProgramResultModel
    from qiskit_ibm_runtime.quantum_program.converters import quantum_program_from_2_0
    from samplomatic.quantum_program import SamplexItem

    if params.get("schema_version") != _VERSION:
        raise InputError(f"executor program of schema {params.get('schema_version')!r}; this stub plays {_VERSION}")
    model = ParamsModel.model_validate(params)
    program, _ = quantum_program_from_2_0(model)
    began = datetime.datetime.now(datetime.UTC)
    random = np.random.default_rng(seed)
    data, executions = [], 0
    for index, item in enumerate(program.items):
        if isinstance(item, SamplexItem):
            from qiskit_ibm_runtime.fake_provider.executor.broadcast_sample import broadcast_sample

            item.samplex.finalize()
            found = broadcast_sample(item.samplex, item.samplex_arguments, item.shape, random)
            values = found.pop("parameter_values")
        else:
            found, values = {}, item.circuit_arguments
        bits = _bits(machine, item.circuit, values, program.shots, seed, index)
        executions += math.prod(item.shape)
        data.append({"results": _tensors(found | bits), "metadata": {}})
    parts = [
        {"idx_item": i, "size": math.prod(item.shape), **_whole(item.shape)} for i, item in enumerate(program.items)
    ]
    span = {"start": began, "stop": datetime.datetime.now(datetime.UTC), "parts": parts}
    result = QuantumProgramResultModel.model_validate({
        "data": data,
        "metadata": {"chunk_timing": [span]},
        "passthrough_data": model.quantum_program.passthrough_data,
        "semantic_role": model.quantum_program.semantic_role,
    })  # fmt: skip
    return Answer(result=result.model_dump_json().encode(), shots=executions * program.shots, executions=executions)


def _bits(
    machine: Machine, circuit: QuantumCircuit, values: NDArray[Any] | None, shots: int, seed: int, index: int
) -> dict[str, NDArray[np.bool_]]:
    """Returns each register's bits, of shape ``points + (shots, bits)``, lowest bit first."""
    parameters = None
    if values is not None:
        data = np.ascontiguousarray(values, "<f8")
        names = tuple([parameter.name for parameter in circuit.parameters])
        parameters = ParameterValues(names, data.tobytes(), data.shape[:-1])
    pub = machine.sample(circuit, PubSpec(parameters=parameters, shots=shots), seed, index)
    return {name: array.to_bool_array(order="little") for name, array in pub_result(pub).data.items()}


def _tensors(arrays: dict[str, NDArray[Any]]) -> dict[str, Any]:
    from ibm_quantum_schemas.common import CompressedTensorModel

    return {name: CompressedTensorModel.from_numpy(np.ascontiguousarray(array)) for name, array in arrays.items()}


def _whole(shape: tuple[int, ...]) -> dict[str, Any]:
    """Says that one chunk holds all elements of an item, in their own order."""
    return {"permutation": list(range(len(shape))), "element_range": (0, math.prod(shape), 1)}
