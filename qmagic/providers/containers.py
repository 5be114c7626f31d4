"""Qiskit's result containers, as clients give them, made into ours."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from qmagic.outcomes import CountsTable, EstimatedPub, Register, SampledPub

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from qiskit.circuit import QuantumCircuit

__all__ = ["estimated_pub", "sampled_pub"]


def sampled_pub(circuit: QuantumCircuit, data: Any, metadata: dict[str, Any]) -> SampledPub:
    """Returns counts over all classical bits of a circuit, from a ``DataBin`` with a ``BitArray`` for each register."""
    registers = [Register(one.name, tuple([circuit.find_bit(bit).index for bit in one])) for one in circuit.cregs]
    bits = {one.name: np.asarray(data[one.name].to_bool_array(order="little")) for one in registers if one.bits}
    first = next(iter(bits.values()))
    shape, shots = first.shape[:-2], first.shape[-2]
    rows = np.zeros((*shape, shots, circuit.num_clbits), np.bool_)
    for one in registers:
        if one.bits:
            rows[..., list(one.bits)] = bits[one.name]
    tables = [_table(point) for point in rows.reshape(-1, shots, circuit.num_clbits)]
    return SampledPub(circuit.num_clbits, tuple(registers), shots, tuple(tables), tuple(shape), metadata)


def _table(rows: NDArray[np.bool_]) -> CountsTable:
    """Returns the counts of outcomes; the order of shots is not kept (see `CountsTable`)."""
    packed = np.packbits(rows, axis=1, bitorder="little")[:, ::-1]
    outcomes, counts = np.unique(packed, axis=0, return_counts=True)
    return CountsTable(outcomes.tobytes(), counts.astype("<i8").tobytes(), 0)


def estimated_pub(data: Any, shots: tuple[int, ...], metadata: dict[str, Any]) -> EstimatedPub:
    """Returns expectation values and their standard errors, from a ``DataBin`` with ``evs`` and ``stds``."""
    values, errors = np.asarray(data.evs, "<f8"), np.asarray(data.stds, "<f8")
    return EstimatedPub(evs=values.tobytes(), stds=errors.tobytes(), shape=values.shape, shots=shots, metadata=metadata)
