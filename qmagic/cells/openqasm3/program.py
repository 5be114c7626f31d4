"""Runs an OpenQASM 3 program: its statements are executed one by one and emit operations into a circuit.

Loops over known values and conditions on known values are executed as they come, so that they unroll. Conditions on
measured bits become Qiskit's control flow, with the statements inside executed once, into its blocks.

Every size is bounded, so that no text can hang or exhaust a worker.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from qiskit import QuantumCircuit
from qiskit.circuit import Gate, Parameter
from qiskit.exceptions import QiskitError

from qmagic.cells.openqasm3 import syntax as s
from qmagic.cells.openqasm3.conditions import condition
from qmagic.cells.openqasm3.gates import STANDARD, GateMaker, own_name
from qmagic.cells.openqasm3.memory import Memory
from qmagic.cells.openqasm3.names import Variable
from qmagic.cells.openqasm3.parser import Parser
from qmagic.cells.openqasm3.values import binary, cast
from qmagic.errors import SourceError

__all__ = ["MOST_STEPS", "lines_of", "load"]

#: The most statements that loops, blocks and gates may execute.
MOST_STEPS = 200_000


def load(text: str) -> QuantumCircuit:
    """Returns the circuit of an OpenQASM 3 program; lines of errors count from 1 in `text`.

    Raises:
        SourceError: The text is not OpenQASM 3, or uses what is not supported.
    """
    return _run(text).circuit


def lines_of(text: str) -> list[int]:
    """Returns for each instruction of the circuit the line, from 1, of the statement that made it.

    Raises:
        SourceError: As `load`.
    """
    offsets: list[int] = []
    _run(text, offsets)
    return [text.count("\n", 0, offset) + 1 for offset in offsets]


def _run(text: str, offsets: list[int] | None = None) -> _Runner:
    parser = Parser(text)
    program = parser.parse()
    runner = _Runner(text, offsets)
    # Digits are cut: a number of 9 digits is refused already.
    physical = [int(name[1:10]) for name in parser.texts if name[:1] == "$"]
    if physical:
        runner.add_physical(max(physical) + 1)
    if not program.has_header:
        # Pasted without its first lines: the standard gates are meant.
        runner.lent.update(STANDARD)
    try:
        runner.execute(program.statements)
    except _End:
        pass
    runner.refer_to_inputs()
    return runner


class _Break(Exception):  # noqa: N818  a jump, not an error
    """``break`` in a loop over known values."""


class _Continue(Exception):  # noqa: N818
    """``continue`` in a loop over known values."""


class _End(Exception):  # noqa: N818
    """``end;``."""


class _Runner(Memory):
    """Executes statements. `loops` has, for each loop around, its `blocks`, or None where Qiskit keeps the loop.

    `offsets`, where given, gets for each of the circuit's instructions the place of its statement.
    """

    def __init__(self, source: str, offsets: list[int] | None = None) -> None:
        super().__init__(source)
        self.offsets, self.whole = offsets, self.circuit
        self.loops: list[int | None] = []
        self.steps = 0

    def execute(self, statements: Sequence[s.Statement]) -> None:
        """Executes statements in the scope that is innermost now."""
        counted = len(self.scopes) > 1
        for statement in statements:
            if counted:
                self.steps += 1
                if self.steps > MOST_STEPS:
                    raise self.error(f"the program executes more than {MOST_STEPS:,} statements", statement.at)
            try:
                _EXECUTE[type(statement)](self, statement)
                if self.offsets is not None and self.circuit is self.whole and not self.blocks:
                    self.offsets += [statement.at] * (len(self.circuit.data) - len(self.offsets))
            except SourceError:
                raise
            except (ValueError, TypeError, QiskitError, OverflowError) as error:
                message = error.message if isinstance(error, QiskitError) else str(error)
                raise self.error(str(message).split("\n")[0][:200], statement.at) from None

    def _gate_definition(self, node: s.GateDefinition) -> None:
        if len(self.scopes) > 1:
            raise self.error("gates are defined outside of loops, conditions and other gates", node.at)
        if node.name == "gphase" or node.name in self.gates:
            raise self.error(f"the gate {node.name!r} is already defined", node.at)
        before = self.operations
        drawn = self._definition(node, [Parameter(name) for name in node.parameters])
        size = self.operations - before
        self.operations = before
        name = own_name(node.name)
        seen: dict[tuple[Any, ...], QuantumCircuit] = {(): drawn}

        def make(*values: Any) -> Gate:
            gate = Gate(name, len(node.qubits), list(values))
            definition = seen.get(values)
            if definition is None:
                operations = self.operations
                definition = seen[values] = self._definition(node, values)
                self.operations = operations
            gate.definition = definition
            return gate

        self.gates[node.name] = GateMaker(node.name, len(node.parameters), len(node.qubits), make, max(1, size))

    def _definition(self, node: s.GateDefinition, values: Sequence[Any]) -> QuantumCircuit:
        """Executes the body of a gate into a circuit of its own."""
        outside = self.circuit, self.scopes, self.blocks, self.loops, self.in_gate, self.physical
        circuit = QuantumCircuit(len(node.qubits))
        names = dict(zip(node.parameters, values, strict=True)) | dict(zip(node.qubits, circuit.qubits, strict=True))
        self.circuit, self.blocks, self.loops, self.in_gate, self.physical = circuit, 0, [], True, []
        # Of the program around it a gate sees constants only.
        self.scopes = [
            {name: value for name, value in self.scopes[0].items() if isinstance(value, (int, float))},
            names,
        ]
        try:
            self.execute(node.body)
        finally:
            self.circuit, self.scopes, self.blocks, self.loops, self.in_gate, self.physical = outside
        return circuit

    def _assignment(self, node: s.Assignment) -> None:
        if isinstance(node.value, s.Measure):
            self._outside_of_gates("measure", node.at)
            if node.target is None:
                raise self.error("the measurement's outcome is not kept; write c[0] = measure q[0];", node.at)
            if node.operator != "=":
                raise self.error(f"a measurement is assigned with '=', not {node.operator!r}", node.at)
            self._measure(self.qubits(node.value.source), self.bits(node.target), node.at)
            return
        variable = None
        if isinstance(node.target, s.Name):
            name = node.target.name
            variable = next((scope[name] for scope in reversed(self.scopes) if name in scope), None)
        if not isinstance(variable, Variable) or variable.type == "duration":
            raise self.error("only variables and, from a measurement, bits can be assigned", node.at)
        if variable.depth != self.blocks:
            raise self.error("a variable cannot change in a block that depends on a measurement", node.at)
        value = self.number(node.value)
        if node.operator != "=":
            value = binary(node.operator[:-1], variable.value, value)
        variable.value = cast(variable.type, value)

    # Control flow.

    def _if(self, node: s.If) -> None:
        chosen = self._condition(node.condition)
        if isinstance(chosen, bool):
            self._scoped(node.then if chosen else node.otherwise)
            return
        with self.circuit.if_test(chosen) as otherwise:
            self._measured(node.then)
        if node.otherwise:
            with otherwise:
                self._measured(node.otherwise)

    def _while(self, node: s.While) -> None:
        found = self._condition(node.condition)
        if not isinstance(found, bool):
            with self.circuit.while_loop(found):
                self.loops.append(None)
                self._measured(node.body)
                self.loops.pop()
            return
        self._loop(node.body, ({} for _ in iter(lambda: self._condition(node.condition), False)), node.at)

    def _for(self, node: s.For) -> None:
        values: Sequence[Any]
        if isinstance(node.values, s.Range):
            if node.values.start is None or node.values.stop is None:
                raise self.error("a loop's range has a start and a stop, such as [0:3]", node.at)
            start, stop = self.integer(node.values.start, "a start"), self.integer(node.values.stop, "a stop")
            step = 1 if node.values.step is None else self.integer(node.values.step, "a step")
            if step == 0:
                raise self.error("a loop needs a step other than 0", node.at)
            values = range(start, stop + (1 if step > 0 else -1), step)
        else:
            assert isinstance(node.values, s.Set)
            values = [self.number(value) for value in node.values.values]
        self._loop(node.body, ({node.name: value} for value in values), node.at)

    def _loop(self, body: Sequence[s.Statement], scopes: Iterator[dict[str, Any]], at: int) -> None:
        """Executes a body once for each scope, which holds the loop's variable."""
        self.loops.append(self.blocks)
        for scope in scopes:
            self.steps += 1
            if self.steps > MOST_STEPS:
                raise self.error(f"the loop passes {MOST_STEPS:,} steps; its number of turns must be small", at)
            self.scopes.append(scope)
            try:
                self.execute(body)
            except _Continue:
                pass
            except _Break:
                break
            finally:
                self.scopes.pop()
        self.loops.pop()

    def _jump(self, node: s.Jump) -> None:
        if not self.loops:
            raise self.error(f"{node.name!r} stands outside of a loop", node.at)
        loop = self.loops[-1]
        if loop is None:
            self.circuit.break_loop() if node.name == "break" else self.circuit.continue_loop()
        elif loop != self.blocks:
            raise self.error(f"{node.name!r} cannot depend on a measurement in a counted loop; use while", node.at)
        else:
            raise _Break if node.name == "break" else _Continue

    def _condition(self, node: s.Expression) -> Any:
        try:
            return condition(node, self.evaluate)
        except SourceError:
            raise
        except (ValueError, TypeError, AttributeError, QiskitError) as error:
            raise self.error(f"the condition cannot be used: {error}".split("\n")[0][:200], node.at) from None

    def _measured(self, body: Sequence[s.Statement]) -> None:
        """Executes a block that depends on measurements."""
        self.blocks += 1
        self._scoped(body)
        self.blocks -= 1

    def _scoped(self, body: Sequence[s.Statement]) -> None:
        self.scopes.append({})
        try:
            self.execute(body)
        finally:
            self.scopes.pop()

    def _block(self, node: s.Block) -> None:
        self._scoped(node.body)

    def _end(self, node: s.End) -> None:
        self._outside_of_gates("end the program", node.at)
        if self.blocks:
            raise self.error("'end' cannot depend on a measurement", node.at)
        raise _End


_EXECUTE: dict[type, Callable[[_Runner, Any], None]] = {
    s.Include: _Runner._include, s.Qubits: _Runner._qubits, s.Bits: _Runner._bits, s.Variable: _Runner._variable,
    s.Input: _Runner._input, s.Alias: _Runner._alias, s.GateCall: _Runner._gate_call,
    s.GateDefinition: _Runner._gate_definition, s.Assignment: _Runner._assignment, s.Reset: _Runner._reset,
    s.Barrier: _Runner._barrier, s.Delay: _Runner._delay, s.If: _Runner._if, s.While: _Runner._while,
    s.For: _Runner._for, s.Block: _Runner._block, s.Jump: _Runner._jump, s.End: _Runner._end,
}  # fmt: skip
