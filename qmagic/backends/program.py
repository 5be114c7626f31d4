"""A circuit read once: what acts on which qubit, what is measured into which bit, and what stands in the way.

A *final state* gives counts exactly when nothing happens to a qubit after its measurement. `read` walks the circuit
once (about half a microsecond for each gate), opens composite instructions, drops what does nothing (barriers, delays,
resets of fresh qubits), and says in `Program.obstacle` why a final state is not enough, where it is not.
"""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from qmagic.errors import InputError

if TYPE_CHECKING:
    from qiskit.circuit import CircuitInstruction, Clbit, QuantumCircuit
    from qiskit.transpiler import PassManager

__all__ = ["AER_ONLY", "IDLE", "LEAVES_LOOP", "Program", "Step", "definition_of", "keeps_matrix", "read"]

#: A unitary instruction and the qubits of the whole circuit that it acts on.
Step = tuple["CircuitInstruction", tuple[int, ...]]

#: Instructions that change no state in a simulator without idle noise.
IDLE = frozenset({"barrier", "delay", "id", "global_phase"})
#: Instructions that leave a loop, or its round.
LEAVES_LOOP = frozenset({"break_loop", "continue_loop"})


@dataclasses.dataclass(slots=True)
class Program:
    """What a circuit does, in flat form.

    Attributes:
        num_qubits: Qubits of the circuit, used or not.
        num_clbits: Classical bits of the circuit.
        steps: The unitary instructions in order; incomplete where there is an `obstacle`.
        active: The qubits that are acted on or measured, ascending.
        measured: ``(bit, qubit)`` of each measured bit, ascending by bit; the last measurement into a bit counts.
        obstacle: Why counts do not follow from one final state; "" when they do.
        measures: Whether anything is measured, nested blocks included.
        feeds_forward: Whether a measured value decides what happens next, or a measured or used qubit is reset.
    """

    num_qubits: int
    num_clbits: int
    steps: list[Step]
    active: tuple[int, ...]
    measured: tuple[tuple[int, int], ...]
    obstacle: str
    measures: bool
    feeds_forward: bool

    @property
    def width(self) -> int:
        """The number of qubits that a simulator has to hold."""
        return len(self.active)


def read(circuit: QuantumCircuit) -> Program:
    """Returns what `circuit` does. Its parameters need not be bound.

    Raises:
        InputError: An instruction has neither a definition nor a matrix.
    """
    walk = _Walk(circuit)
    walk.circuit(circuit, range(circuit.num_qubits), range(circuit.num_clbits))
    return Program(
        num_qubits=circuit.num_qubits,
        num_clbits=circuit.num_clbits,
        steps=walk.steps,
        active=tuple(sorted(walk.touched)),
        measured=tuple(sorted(walk.bits.items())),
        obstacle=walk.obstacle,
        measures=walk.measures,
        feeds_forward=walk.feeds_forward,
    )


class _Walk:
    """One walk through a circuit and the definitions of its composite instructions."""

    __slots__ = ("bits", "feeds_forward", "frozen", "measures", "obstacle", "steps", "touched")

    def __init__(self, circuit: QuantumCircuit) -> None:
        self.steps: list[Step] = []
        self.touched: set[int] = set()
        self.frozen: set[int] = set()
        self.bits: dict[int, int] = {}
        self.measures = False
        self.feeds_forward = False
        self.obstacle = ""
        if circuit.num_vars or circuit.num_stretches:
            self.obstacle = "it computes with classical variables"

    def circuit(self, circuit: QuantumCircuit, qubits: Sequence[int], clbits: Sequence[int]) -> None:
        """Walks `circuit`, whose qubits and bits are `qubits` and `clbits` of the whole."""
        index = dict(zip(circuit.qubits, qubits, strict=True))
        places: dict[Clbit, int] = {}
        touched, frozen, steps = self.touched, self.frozen, self.steps
        for instruction in circuit.data:
            name = instruction.name
            if name in IDLE:
                continue
            acted = tuple([index[qubit] for qubit in instruction.qubits])
            if instruction.is_standard_gate():
                if frozen and not frozen.isdisjoint(acted):
                    self._reuse(acted)
                touched.update(acted)
                steps.append((instruction, acted))
            elif name == "measure":
                if not places:
                    places = dict(zip(circuit.clbits, clbits, strict=True))
                bit = places[instruction.clbits[0]]
                self.measures = True
                self.bits[bit] = acted[0]
                frozen.add(acted[0])
                touched.add(acted[0])
            elif name == "reset":
                if acted[0] in touched:
                    self.feeds_forward = True
                    self._stop(f"it resets qubit {acted[0]} after using it")
            elif instruction.is_control_flow():
                self._control_flow(instruction.operation)
                touched.update(acted)
            elif name in LEAVES_LOOP:
                self._stop("it leaves a loop")  # no control flow to Qiskit, for it has no blocks
            elif name == "store":
                self._stop("it computes with classical variables")
            else:
                self._composite(circuit, instruction, acted, clbits)

    def _composite(
        self, circuit: QuantumCircuit, instruction: CircuitInstruction, acted: tuple[int, ...], clbits: Sequence[int]
    ) -> None:
        operation = instruction.operation
        if keeps_matrix(operation):
            if not self.frozen.isdisjoint(acted):
                self._reuse(acted)
            self.touched.update(acted)
            self.steps.append((instruction, acted))
            return
        definition = definition_of(operation)
        if definition is not None:
            bits = [clbits[circuit.find_bit(bit).index] for bit in instruction.clbits]
            self.circuit(definition, acted, bits)
        elif instruction.name in AER_ONLY:
            self.touched.update(acted)
            self.feeds_forward = self.feeds_forward or instruction.name in _CHANNELS
            self._stop(f"it holds {instruction.name!r}, which only Aer runs")
        else:
            raise InputError(
                f"gate {instruction.name!r} has neither a definition nor a matrix; define it, or use another gate"
            )

    def _control_flow(self, operation: Any) -> None:
        self.feeds_forward = True
        self._stop(f"it branches at run time ({operation.name})")
        for block in operation.blocks:
            inner = read(block)
            self.measures = self.measures or inner.measures

    def _reuse(self, acted: tuple[int, ...]) -> None:
        self.feeds_forward = True
        qubit = next(qubit for qubit in acted if qubit in self.frozen)
        self._stop(f"it uses qubit {qubit} after measuring it")

    def _stop(self, why: str) -> None:
        self.obstacle = self.obstacle or why


def definition_of(operation: Any) -> QuantumCircuit | None:
    """Returns a composite operation's circuit; an annotated one (controls, inverses, powers) is synthesized."""
    from qiskit.circuit import AnnotatedOperation, QuantumCircuit

    if not isinstance(operation, AnnotatedOperation):
        return getattr(operation, "definition", None)
    whole = QuantumCircuit(operation.num_qubits)
    whole.append(operation, range(operation.num_qubits))
    synthesized: QuantumCircuit = _synthesis().run(whole)
    return synthesized


@functools.cache
def _synthesis() -> PassManager:
    from qiskit.transpiler import PassManager
    from qiskit.transpiler.passes import HighLevelSynthesis

    from qmagic.backends.passes import own_plugins

    with own_plugins():
        return PassManager([HighLevelSynthesis()])


#: Aer's own instructions: they have no definition in terms of gates.
_CHANNELS = frozenset({"kraus", "superop", "quantum_channel", "roerror"})
AER_ONLY = _CHANNELS | {"set_statevector", "set_density_matrix", "set_stabilizer", "set_matrix_product_state"}


def keeps_matrix(operation: Any) -> bool:
    """Returns whether a gate that is not a standard one is applied through its matrix, not its definition.

    Definitions come first, so that every backend runs the same circuit (a product formula, not its exact
    limit). A gate that *is* a matrix, or a few controls on a standard gate, is faster as such.
    """
    from qiskit.circuit import AnnotatedOperation, ControlledGate

    if operation.name in ("unitary", "diagonal"):
        return True
    if isinstance(operation, ControlledGate):
        return operation.base_gate._standard_gate is not None and not operation.base_gate.is_parameterized()
    return isinstance(operation, AnnotatedOperation) and operation.num_qubits <= 8
