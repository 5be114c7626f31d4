"""Runs real jobs and writes what they gave for the gallery: ``python labextension/gallery/data.py`` → data.json."""

from __future__ import annotations

import json
import os
import sys
import tempfile
from pathlib import Path

os.environ["QMAGIC_HOME"] = tempfile.mkdtemp(prefix="qm-gallery-")
os.environ.pop("CI", None)

from qiskit import QuantumCircuit
from qiskit.circuit import Parameter
from qiskit.circuit.random import random_circuit

import qmagic
from qmagic import client
from qmagic.cells.drawing import drawing

RESULT = "application/vnd.qmagic.result.v1+json"


def bundle(thing: object) -> object:
    return thing._repr_mimebundle_()[RESULT]


def ghz(n: int) -> QuantumCircuit:
    circuit = QuantumCircuit(n)
    circuit.h(0)
    for i in range(n - 1):
        circuit.cx(i, i + 1)
    return circuit


def main() -> None:
    found = {}
    bell = ghz(2)
    bell.measure_all()
    found["bell"] = bundle(qmagic.run(bell, shots=4096, seed=7, name="bell").result())
    uniform = QuantumCircuit(10)
    uniform.h(range(10))
    uniform.ry(0.6, 3)
    uniform.measure_all()
    found["1024 outcomes"] = bundle(qmagic.run(uniform, shots=200_000, seed=7).result())
    wide = ghz(40)
    wide.ry(0.3, 39)
    wide.ry(0.2, 20)
    wide.measure_all()
    found["40 bits"] = bundle(qmagic.run(wide, shots=2000, seed=3, name="40-bit labels").result())
    a = qmagic.run(bell, shots=2000, seed=1, noise="depolarizing=0.08").result()
    found["overlay ideal"] = bundle(a.compare({"00": 0.5, "11": 0.5}))
    six = random_circuit(4, 5, max_operands=2, seed=5)
    six.measure_all()
    b, c = (qmagic.run(six, shots=900, seed=1, noise=noise).result() for noise in (None, "depolarizing=0.05"))
    found["overlay run"] = bundle(b.compare(c))
    registers = QuantumCircuit.from_qasm_str(
        'OPENQASM 2.0; include "qelib1.inc"; qreg q[5]; creg data[3]; creg flag[2]; h q[0]; cx q[0],q[3]; h q[1];'
        "measure q[0]->data[0]; measure q[1]->data[1]; measure q[2]->data[2];"
        "measure q[3]->flag[0]; measure q[4]->flag[1];"
    )
    found["registers"] = bundle(qmagic.run(registers, shots=1000, seed=7).result())
    found["many"] = bundle(qmagic.run([bell, registers, six], shots=1000, seed=7).result())
    theta = Parameter("theta")
    swept = QuantumCircuit(2)
    swept.ry(theta, 0)
    swept.cx(0, 1)
    import numpy as np

    line = np.linspace(0, 2 * np.pi, 33)
    found["sweep exact"] = bundle(
        qmagic.run(swept, observables=[["ZI"], ["XX"], ["ZZ"]], parameter_values={"theta": line}).result()
    )
    found["sweep shots"] = bundle(
        qmagic.run(swept, observables=[["ZI"], ["XX"]], parameter_values={"theta": line}, shots=200, seed=2).result()
    )
    measured = swept.copy()
    measured.measure_all()
    found["sweep counts"] = bundle(qmagic.run(measured, parameter_values={"theta": line}, shots=300, seed=2).result())
    phi = Parameter("phi")
    two = QuantumCircuit(2)
    two.ry(theta, 0)
    two.rx(phi, 1)
    two.cz(0, 1)
    grid = np.stack(np.meshgrid(line[::2], line[::2], indexing="ij"), axis=-1)
    found["grid"] = bundle(
        qmagic.run(two, observables="ZZ", parameter_values={"theta": grid[..., 0], "phi": grid[..., 1]}).result()
    )
    found["values exact"] = bundle(qmagic.run(ghz(3), observables=["ZZI", "XXX", "0.5*XYY + ZIZ"]).result())
    found["values shots"] = bundle(
        qmagic.run(
            six.remove_final_measurements(inplace=False), observables=["ZZII", "XXXX", "YIIY"], shots=500, seed=5
        ).result()
    )
    state = QuantumCircuit(3)
    state.h(0)
    state.t(0)
    state.cx(0, 1)
    state.ry(0.9, 2)
    state.cp(np.pi / 3, 0, 2)
    state.h(1)
    state.measure_all()
    found["state 3"] = bundle(qmagic.run(state, shots=100, seed=1).result().state())
    found["state 1"] = bundle(
        _state(QuantumCircuit.from_qasm_str('OPENQASM 2.0; include "qelib1.inc"; qreg q[1]; h q[0]; s q[0];'))
    )
    eight = QuantumCircuit(8)
    for i in range(8):
        eight.h(i)
        eight.p(np.pi / (i + 1), i)
    for i in range(7):
        eight.cx(i, i + 1)
    found["state 8"] = bundle(_state(eight))
    found["state 5"] = bundle(_state(random_circuit(5, 8, max_operands=2, seed=11)))
    zoo = QuantumCircuit(4, 4)
    zoo.h(0)
    zoo.cx(0, 1)
    zoo.rz(np.pi / 2, 1)
    zoo.ccx(0, 1, 2, ctrl_state=1)
    zoo.swap(1, 3)
    zoo.cz(0, 2)
    zoo.barrier()
    zoo.rzz(0.3, 0, 3)
    zoo.u(0.1, 0.2, theta, 2)
    zoo.measure([0, 1], [0, 1])
    with zoo.if_test((zoo.clbits[0], 1)):
        zoo.x(2)
        zoo.h(3)
    zoo.reset(0)
    zoo.measure([2, 3], [2, 3])
    circuits = {"zoo": zoo, "bell": bell, "empty": QuantumCircuit(2)}
    big = QuantumCircuit(50, 50)
    random = np.random.default_rng(1)
    for _ in range(1900):
        if random.random() < 0.5:
            big.rz(float(random.random()), int(random.integers(50)))
        else:
            i = int(random.integers(49))
            big.cx(i, i + 1)
    big.h(range(50))
    big.measure(range(50), range(50))
    circuits["50 qubits, 2,000 gates"] = big
    over = QuantumCircuit(6)
    for i in range(6000):
        over.h(i % 6)
    circuits["beyond the limit"] = over
    found["circuits"] = {name: drawing([circuit]) for name, circuit in circuits.items()}
    done = qmagic.run(bell, shots=4096, seed=7, name="bell")
    done.result()
    found["job"] = done.info().to_json()
    Path(__file__).with_name("data.json").write_text(json.dumps(found), "utf-8")
    client.stop_service()


def _state(circuit: QuantumCircuit) -> object:

    from qmagic import cells
    from qmagic.results.state import state_result

    spec = cells.build(cells.CellRequest(circuit="c", state=True), {"c": circuit}, client.environment())
    return state_result(client.submit(spec).result())


if __name__ == "__main__":
    sys.exit(main())
