"""A short exact simulator that follows every branch: the distribution over all classical bits of any circuit.

It is written to be read, not to be fast, and shares nothing with the package: gates are Qiskit's matrices, states are
NumPy arrays, classical values Python integers. A branch is a list of bits, a dict of variables and an unnormalised
state, whose squared norm is the branch's probability.
"""

from __future__ import annotations

import dataclasses

import numpy as np
from qiskit.circuit import CASE_DEFAULT, AnnotatedOperation, Clbit, Gate, QuantumCircuit
from qiskit.circuit.classical import expr, types
from qiskit.quantum_info import Operator, SparsePauliOp

#: Branches of a smaller probability are rounding.
NOTHING = 1e-24
#: Where a ``while`` loop is given up.
REST = 1e-18


@dataclasses.dataclass
class Branch:
    """One course of events."""

    bits: tuple[int, ...]
    variables: dict
    state: np.ndarray

    def with_state(self, state):
        return Branch(self.bits, self.variables, state)

    @property
    def weight(self):
        return float(np.vdot(self.state, self.state).real)


def distribution(circuit: QuantumCircuit) -> dict[str, float]:
    """Returns the probability of each outcome, as the text that Qiskit shows without spaces."""
    found: dict[str, float] = {}
    for branch in branches(circuit):
        text = "".join(str(bit) for bit in reversed(branch.bits))
        found[text] = found.get(text, 0.0) + branch.weight
    assert abs(sum(found.values()) - 1) < 1e-9
    return found


def expectation(circuit: QuantumCircuit, operator: SparsePauliOp) -> float:
    """Returns the expectation value of an operator in the final state, averaged over all branches."""
    matrix = operator.to_matrix()
    value = sum(np.vdot(one.state.ravel(), matrix @ one.state.ravel()) for one in branches(circuit))
    return float(value.real)


def branches(circuit: QuantumCircuit) -> list[Branch]:
    """Returns every branch at the circuit's end."""
    state = np.zeros((2,) * circuit.num_qubits, complex)
    state[(0,) * circuit.num_qubits] = np.exp(1j * float(circuit.global_phase))
    start = Branch((0,) * circuit.num_clbits, {}, state)
    qubits = {qubit: i for i, qubit in enumerate(circuit.qubits)}
    bits = {bit: i for i, bit in enumerate(circuit.clbits)}
    after, broken, continued = run(circuit, [start], qubits, bits)
    assert not broken
    assert not continued
    return after


def run(circuit, branches, qubits, bits):
    """Returns the branches that go on after a block, that break, and that continue."""
    broken, continued = [], []
    for instruction in circuit.data:
        where = [qubits[qubit] for qubit in instruction.qubits]
        places = [bits[bit] for bit in instruction.clbits]
        operation, name = instruction.operation, instruction.name
        if name in ("barrier", "delay"):
            continue
        if name == "measure":
            branches = [
                Branch(set_bit(one.bits, places[0], value), one.variables, projected(one.state, where[0], value))
                for one in branches
                for value in (0, 1)
            ]
        elif name == "reset":
            branches = [
                one.with_state(lowered(projected(one.state, where[0], value), where[0], value))
                for one in branches
                for value in (0, 1)
            ]
        elif name == "store":
            branches = [stored(one, operation.lvalue, value_of(operation.rvalue, one, bits), bits) for one in branches]
        elif name == "break_loop":
            broken, branches = broken + branches, []
        elif name == "continue_loop":
            continued, branches = continued + branches, []
        elif instruction.is_control_flow():
            branches, out, again = controlled(operation, branches, where, places, bits)
            broken, continued = broken + out, continued + again
        elif (inner := measuring(operation)) is not None:
            branches, *_ = run(
                inner,
                branches,
                dict(zip(inner.qubits, where, strict=True)),
                dict(zip(inner.clbits, places, strict=True)),
            )
        else:
            matrix = Operator(operation).data
            branches = [one.with_state(applied(matrix, one.state, where)) for one in branches]
        branches = [one for one in branches if one.weight > NOTHING]
    return branches, broken, continued


def measuring(operation):
    """Returns the definition of a composite instruction that is not unitary, None for a gate."""
    return None if isinstance(operation, Gate | AnnotatedOperation) else operation.definition


def controlled(operation, branches, where, places, bits):
    """Runs an instruction of control flow."""

    def block(body, chosen):
        return run(
            body, chosen, dict(zip(body.qubits, where, strict=True)), dict(zip(body.clbits, places, strict=True))
        )

    name = operation.name
    if name in ("if_else", "switch_case"):
        after, broken, continued = [], [], []
        for one in branches:
            body = chosen_block(operation, one, bits)
            parts = ([one], [], []) if body is None else block(body, [one])
            for total, part in zip((after, broken, continued), parts, strict=True):
                total += part
        return after, broken, continued
    if name == "box":
        return block(operation.blocks[0], branches)
    after = []
    if name == "for_loop":
        values, parameter, body = operation.params
        for value in values:
            bound = body.assign_parameters({parameter: value}) if parameter in body.parameters else body
            branches, out, again = block(bound, branches)
            after, branches = after + out, branches + again
        return after + branches, [], []
    assert name == "while_loop"
    while sum(one.weight for one in branches) > REST:
        true = [one for one in branches if holds(operation.condition, one, bits)]
        after += [one for one in branches if not holds(operation.condition, one, bits)]
        branches, out, again = block(operation.blocks[0], true)
        after, branches = merged(after + out), merged(branches + again)
    return after, [], []


def merged(branches):
    """Returns branches of which none is equal to another up to a factor: loops would make ever more of them."""
    kept = []
    for one in branches:
        for i, other in enumerate(kept):
            if one.bits == other.bits and one.variables == other.variables:
                factor = np.vdot(other.state, one.state) / other.weight
                if np.linalg.norm(one.state - factor * other.state) ** 2 < 1e-24 * one.weight:
                    kept[i] = other.with_state(other.state * np.sqrt(1 + one.weight / other.weight))
                    break
        else:
            kept.append(one)
    return kept


def chosen_block(operation, branch, bits):
    if operation.name == "if_else":
        true, *false = operation.blocks
        return true if holds(operation.condition, branch, bits) else (false[0] if false else None)
    value = value_of(operation.target, branch, bits)
    default = None
    for labels, body in operation.cases_specifier():
        for label in labels:
            if label is CASE_DEFAULT:
                default = body
            elif int(getattr(label, "value", label)) == value:
                return body
    return default


def holds(condition, branch, bits):
    if isinstance(condition, tuple):
        return value_of(condition[0], branch, bits) == int(condition[1])
    return bool(value_of(condition, branch, bits))


def value_of(node, branch, bits):
    """Returns the value of a bit, a register or an expression."""
    if isinstance(node, Clbit):
        return branch.bits[bits[node]]
    if not isinstance(node, expr.Expr):
        return sum(branch.bits[bits[bit]] << i for i, bit in enumerate(node))
    size = 1 << node.type.width if isinstance(node.type, types.Uint) else 2
    if isinstance(node, expr.Value):
        return int(node.value)
    if isinstance(node, expr.Var):
        return branch.variables[node] if node.standalone else value_of(node.var, branch, bits)
    if isinstance(node, expr.Cast):
        value = value_of(node.operand, branch, bits)
        return int(value != 0) if isinstance(node.type, types.Bool) else value % size
    if isinstance(node, expr.Index):
        return value_of(node.target, branch, bits) >> value_of(node.index, branch, bits) & 1
    if isinstance(node, expr.Unary):
        value = value_of(node.operand, branch, bits)
        return size - 1 - value if node.op is expr.Unary.Op.BIT_NOT else int(not value)
    left, right = value_of(node.left, branch, bits), value_of(node.right, branch, bits)
    return BINARY[node.op.name](left, right) % size


BINARY = {
    "BIT_AND": lambda a, b: a & b,
    "BIT_OR": lambda a, b: a | b,
    "BIT_XOR": lambda a, b: a ^ b,
    "LOGIC_AND": lambda a, b: a and b,
    "LOGIC_OR": lambda a, b: a or b,
    "EQUAL": lambda a, b: a == b,
    "NOT_EQUAL": lambda a, b: a != b,
    "LESS": lambda a, b: a < b,
    "LESS_EQUAL": lambda a, b: a <= b,
    "GREATER": lambda a, b: a > b,
    "GREATER_EQUAL": lambda a, b: a >= b,
    "SHIFT_LEFT": lambda a, b: a << b,
    "SHIFT_RIGHT": lambda a, b: a >> b,
    "ADD": lambda a, b: a + b,
    "SUB": lambda a, b: a - b,
    "MUL": lambda a, b: a * b,
}


def stored(branch, target, value, bits):
    if isinstance(target, expr.Index):
        old, at = value_of(target.target, branch, bits), value_of(target.index, branch, bits)
        return stored(branch, target.target, old & ~(1 << at) | (value & 1) << at, bits)
    if target.standalone:
        return Branch(branch.bits, {**branch.variables, target: value}, branch.state)
    new = branch.bits
    for i, bit in enumerate([target.var] if isinstance(target.var, Clbit) else target.var):
        new = set_bit(new, bits[bit], value >> i & 1)
    return Branch(new, branch.variables, branch.state)


def set_bit(bits, place, value):
    return (*bits[:place], value, *bits[place + 1 :])


def applied(matrix, state, where):
    """Returns a state after a matrix on some qubits, the first of which is the matrix's lowest bit."""
    axes = [state.ndim - 1 - qubit for qubit in reversed(where)]
    tensor = matrix.reshape((2,) * (2 * len(where)))
    moved = np.tensordot(tensor, state, (range(len(where), 2 * len(where)), axes))
    return np.moveaxis(moved, range(len(where)), axes)


def projected(state, qubit, value):
    kept = np.zeros_like(state)
    at = [slice(None)] * state.ndim
    at[state.ndim - 1 - qubit] = value
    kept[tuple(at)] = state[tuple(at)]
    return kept


def lowered(state, qubit, value):
    return np.flip(state, state.ndim - 1 - qubit) if value else state
