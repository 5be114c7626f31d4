"""Which gradient a loop takes, and the sentence that says why."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from qmagic.errors import InputError, nearest

if TYPE_CHECKING:
    from qiskit.circuit import QuantumCircuit

    from qmagic.loops.gradients.adjoint import Adjoint
    from qmagic.loops.gradients.base import Evaluate, Function, Gradient

__all__ = ["METHODS", "choose", "choose_for"]

#: What `gradient` may be.
METHODS = ("auto", "adjoint", "parameter-shift", "finite-difference", "spsa")


def choose(
    ansatz: QuantumCircuit,
    observable: Any,
    *,
    gradient: str = "auto",
    evaluate: Evaluate | None = None,
    noisy: bool = False,
    seed: int = 0,
    threads: int = 1,
    exact: Adjoint | None = None,
) -> Gradient:
    """Returns the gradient of ``<ansatz(x)| observable |ansatz(x)>``.

    Args:
        ansatz: The circuit, with free parameters.
        observable: A Pauli sum with real coefficients: ``SparsePauliOp``, ``Pauli``, or a label.
        gradient: One of `METHODS`. ``"auto"`` is the adjoint method where values are exact, else the parameter-shift
            rule.
        evaluate: Where values come from; None for exact values from this process.
        noisy: Whether `evaluate` gives estimates from shots: then finite differences take wide steps.
        seed: What SPSA draws its directions from, together with the index of the call.
        threads: Cores that exact evaluation may take; it takes more than one only for wide circuits.
        exact: What gives exact values of this ansatz and observable, where it was made before.

    Raises:
        InputError: There is no such method, or it does not fit what evaluates; the observable does not fit the ansatz.
    """
    from qmagic.loops.gradients.adjoint import Adjoint
    from qmagic.loops.gradients.finite import FiniteDifference
    from qmagic.loops.gradients.shift import ParameterShift
    from qmagic.loops.gradients.spsa import Spsa

    _check(gradient)
    if evaluate is None:
        adjoint = exact or Adjoint(ansatz, observable, threads=threads)
        if gradient in ("auto", "adjoint"):
            return adjoint
        evaluate = adjoint.evaluate
    elif gradient == "adjoint":
        raise InputError(
            "gradient='adjoint' needs the state itself, but values come from a backend; "
            "use 'parameter-shift' (or 'auto'), or leave backend, shots and noise out for exact values"
        )
    if gradient in ("auto", "parameter-shift"):
        return ParameterShift(ansatz, evaluate, asked=gradient != "auto")
    keep, size = evaluate, ansatz.num_parameters
    function: Function = lambda points, index: keep(ansatz, points, index)
    if gradient == "spsa":
        return Spsa(function, size, noisy=noisy, seed=seed)
    return FiniteDifference(function, size, noisy=noisy)


def choose_for(
    function: Function, parameters: int, *, gradient: str = "auto", noisy: bool = False, seed: int = 0
) -> Gradient:
    """Returns the gradient of a function that nothing is known of.

    Args:
        function: The objective at some points, one row each.
        parameters: How many numbers a point has.
        gradient: ``"auto"`` and ``"finite-difference"`` are central differences; ``"spsa"``.
        noisy: Whether its values differ from call to call.
        seed: What SPSA draws its directions from.

    Raises:
        InputError: There is no such method, or it needs a circuit.
    """
    from qmagic.loops.gradients.finite import FiniteDifference
    from qmagic.loops.gradients.spsa import Spsa

    _check(gradient)
    if gradient in ("adjoint", "parameter-shift"):
        raise InputError(
            f"gradient={gradient!r} needs an ansatz and an observable, but the objective is a function; "
            f"use 'finite-difference' (or 'auto') or 'spsa'"
        )
    if gradient == "spsa":
        return Spsa(function, parameters, noisy=noisy, seed=seed)
    return FiniteDifference(function, parameters, noisy=noisy)


def _check(gradient: str) -> None:
    if gradient not in METHODS:
        raise InputError(
            f"there is no gradient {gradient!r}; expected one of {', '.join(METHODS)}{nearest(gradient, METHODS)}"
        )
