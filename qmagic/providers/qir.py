"""Circuits as QIR of the base profile, as Azure's targets take it: text, as Microsoft's own compiler writes it.

That compiler takes half a second for a circuit, whatever its size, because it reads it as a language; what is left to
do for a circuit in the gates of `GATES` is to write one line for each of them. The tests compare the two.
"""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from qiskit.circuit import QuantumCircuit

__all__ = ["ENTRY_POINT", "GATES", "program_of"]

ENTRY_POINT = "ENTRYPOINT__main"
#: Qiskit's gates, and the functions of QIR that they are.
GATES = {
    "h": "h__body", "x": "x__body", "y": "y__body", "z": "z__body", "s": "s__body", "sdg": "s__adj", "t": "t__body",
    "tdg": "t__adj", "sx": "sx__body", "rx": "rx__body", "ry": "ry__body", "rz": "rz__body", "cx": "cx__body",
    "cy": "cy__body", "cz": "cz__body", "swap": "swap__body", "rxx": "rxx__body", "ryy": "ryy__body",
    "rzz": "rzz__body",
}  # fmt: skip


def program_of(circuit: QuantumCircuit) -> bytes:
    """Returns a circuit, in gates of `GATES` and measurements at its end, whose results are its classical bits."""
    calls, declared = [], {}
    reads = []
    for one in circuit.data:
        qubits = [f"%Qubit* {_pointer('Qubit', circuit.find_bit(qubit).index)}" for qubit in one.qubits]
        if one.name == "measure":
            result = f"%Result* {_pointer('Result', circuit.find_bit(one.clbits[0]).index)}"
            reads.append(f"  call void @__quantum__qis__m__body({qubits[0]}, {result})")
        elif one.name != "barrier":
            angles = [f"double {_double(float(value))}" for value in one.params]
            function = f"@__quantum__qis__{GATES[one.name]}"
            calls.append(f"  call void {function}({', '.join([*angles, *qubits])})")
            declared[function] = ", ".join(["double"] * len(angles) + ["%Qubit*"] * len(qubits))
    bits = circuit.num_clbits
    records = [
        f"  call void @__quantum__rt__result_record_output(%Result* {_pointer('Result', bit)}, i8* {_label(bit + 1)})"
        for bit in range(bits)
    ]
    attributes = (
        '"entry_point" "output_labeling_schema" "qir_profiles"="base_profile" '
        f'"required_num_qubits"="{circuit.num_qubits}" "required_num_results"="{bits}"'
    )
    return "\n".join([
        "%Result = type opaque", "%Qubit = type opaque", "",
        *[f'@{i} = internal constant [2 x i8] c"r\\00"' for i in range(bits + 1)], "",
        f"define i64 @{ENTRY_POINT}() #0 {{", "block_0:",
        "  call void @__quantum__rt__initialize(i8* null)", *calls, *reads,
        f"  call void @__quantum__rt__array_record_output(i64 {bits}, i8* {_label(0)})", *records,
        "  ret i64 0", "}", "",
        "declare void @__quantum__rt__initialize(i8*)",
        *[f"declare void {function}({types})" for function, types in declared.items()],
        "declare void @__quantum__qis__m__body(%Qubit*, %Result*) #1",
        "declare void @__quantum__rt__array_record_output(i64, i8*)",
        "declare void @__quantum__rt__result_record_output(%Result*, i8*)", "",
        f"attributes #0 = {{ {attributes} }}",
        'attributes #1 = { "irreversible" }', "",
        "!llvm.module.flags = !{!0, !1, !2, !3}",
        '!0 = !{i32 1, !"qir_major_version", i32 1}', '!1 = !{i32 7, !"qir_minor_version", i32 0}',
        '!2 = !{i32 1, !"dynamic_qubit_management", i1 false}',
        '!3 = !{i32 1, !"dynamic_result_management", i1 false}', "",
    ]).encode()  # fmt: skip


def _pointer(kind: str, number: int) -> str:
    return f"inttoptr (i64 {number} to %{kind}*)"


def _label(number: int) -> str:
    return f"getelementptr inbounds ([2 x i8], [2 x i8]* @{number}, i64 0, i64 0)"


def _double(value: float) -> str:
    """Returns a number as LLVM takes it exactly: the 64 bits in hexadecimal."""
    return f"0x{struct.pack('>d', value).hex().upper()}"
