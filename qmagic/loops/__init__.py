"""Hybrid loops: an optimizer in a process of its own asks for values, and everything that it is told lies on a tape.

    minimize      `qmagic.minimize`: arguments to a job of kind "loop"        (the kernel)
    pickling      user functions by cloudpickle, and what cannot be pickled
    vqe, qaoa     the two problems that everybody starts with; `problems` and `molecules` make them
    sweep         many loops under one parent

    process       the loop's process: from the service's first word to the outcome
    line          to the service: tape and pulses out, orders in
    runner        one loop from its first evaluation to its result
    session       what an optimizer sees: evaluate, stand; replay, orders, stopping rules
    replay        a tape, read again
    stopping      when a loop stops of itself; `notices` says in words what it sees
    objective     what is minimised: `circuits`, `functions`
    prepared      ansätze that this process has read, with their engines: the next loop finds them
    in_place      qmagic.run inside a user's function
    optimizers/   SPSA, ADAM, gradient descent, CMA-ES, SciPy's
    gradients/    slopes

Laws: an evaluation's random numbers follow from (job seed, number of the evaluation); an optimizer is a function of
what it is told. So a replayed tape leaves the optimizer where it stood, and a killed loop goes on identically.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from qmagic.loops.minimize import minimize as minimize

__all__: list[str] = []
