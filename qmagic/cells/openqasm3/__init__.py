"""OpenQASM 3 to circuits: our own reader, for speed, for loops, and for errors that know their place.

Qiskit has two. The reference one (ANTLR, in Python) takes 1 ms for a Bell and 280 ms for 630 gates, keeps loops as
loops, cannot use a loop's variable as an index, and gives many errors without a line. The experimental one (Rust) is
quick, but refuses ``rx(pi/4)``, prints to the process's streams, panics on much else, and takes ``cx q[0], q[0];`` and
a wrong qubit for ``q[-1]``.

tokens → syntax (by `parser`, `declarations`, `expressions`) → the program is *run*: `program` executes its statements,
so that loops unroll and constants fold by themselves, and emits gates into a circuit. `docs/openqasm.md` says what is
understood. Where Qiskit's reference reader takes a program too, both give the same circuit: tests compare them.
"""

from qmagic.cells.openqasm3.program import lines_of, load

__all__ = ["lines_of", "load"]
