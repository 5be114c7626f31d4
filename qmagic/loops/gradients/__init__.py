"""Gradients of ``<ansatz(x)| observable |ansatz(x)>``, and of any function: which one, why, and at what price.

    gradient = choose(ansatz, observable)                     # exact: the adjoint method, in this process
    gradient = choose(ansatz, observable, evaluate=evaluate)  # a backend's values: the parameter-shift rule
    gradient = choose_for(function, parameters=8)             # the user's own function: finite differences
    gradient.name, gradient.why                               # "adjoint", "values are exact: one pass back through ..."
    gradient.evaluations                                      # expectation values for each step
    value, std = gradient.value(x)
    value, std, slopes, slope_stds = gradient.value_and_gradient(x, index=7)
    values, stds = gradient.values(points)                    # many points, one call of the backend

``x`` is in the order of ``ansatz.parameters``. `index` is the number of the evaluation on the loop's tape: everything
random comes from it. `evaluate(circuit, points, index)` is the loop's door to a backend (shots, noise, cloud): the
circuit that it gets is the ansatz, or, for parameter shifts, the ansatz with a parameter of its own for each place
where an angle stands. No object here is made for a single call: build once, keep.

    base      what a gradient is to a loop
    adjoint   exact values, and gradients by `backends.exact`
    shift     the parameter-shift rules
    finite    central differences
    spsa      two evaluations for any number of parameters
    choice    `choose` and `choose_for`
"""

from __future__ import annotations

from qmagic.loops.gradients.base import Estimate, Estimates, Evaluate, Function, Gradient, Step
from qmagic.loops.gradients.choice import METHODS, choose, choose_for

__all__ = [
    "METHODS",
    "Estimate",
    "Estimates",
    "Evaluate",
    "Function",
    "Gradient",
    "Step",
    "choose",
    "choose_for",
]
