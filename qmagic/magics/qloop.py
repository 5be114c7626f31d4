"""``%%qloop``: a cell becomes a hybrid loop."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from qmagic.display.headless import headless
from qmagic.errors import InputError
from qmagic.magics import values
from qmagic.magics.body import PythonBody
from qmagic.magics.call import Call
from qmagic.magics.flags import Command, Flag, number, whole
from qmagic.magics.qrun import notebook
from qmagic.magics.show import result_of, shown_job, value_is_shown
from qmagic.orders import optimizer_of

if TYPE_CHECKING:
    from qmagic.client import Loop

__all__ = ["QLOOP", "start_loop"]

QLOOP = Command(
    "qloop",
    usage="%%qloop [flags]          the body is Python that ends in (ansatz, observable), or defines cost(x)\n"
    "%qloop objective [flags] the objective is an expression: cost, or (ansatz, observable)",
    words="circuit",
    about="Minimises an expectation value, or a function of yours, as a hybrid loop: a job in a process of its own, "
    "which can be paused, stepped, changed, stopped and forked while it runs, and goes on from its tape when the "
    "kernel or the machine went away. The value is the loop: _.result(), _.pause(), _.stop(), _.fork(10).",
    flags=(
        Flag("--optimizer", "Default: L-BFGS-B where gradients are exact, SPSA with shots, else COBYLA.", "NAME",
             values="optimizer"),
        Flag("--maxiter", "Iterations after which it ends. Default: 1,000.", "N", whole, values="maxiter"),
        Flag("--x0", "First point: a variable or an expression. Default for an ansatz: drawn from the seed.", "POINT"),
        Flag("--gradient", "How gradients are computed; auto picks and says why.", "NAME", values="gradient"),
        Flag("--learning-rate", "Step size of SPSA, ADAM and gradient descent; sigma of CMA-ES.", "R", number),
        Flag("--option", "An option of the optimizer, such as rhobeg=0.5; may be given again.", "NAME=VALUE",
             repeats=True, dest="options"),
        Flag("--shots", "Shots of each measurement group, for each value. Default: exact values.", "N", whole,
             values="shots"),
        Flag("--precision", "Wanted standard error of each value, in place of shots.", "P", number,
             values="precision"),
        Flag("--target", "End when the value (with shots: its upper 95 % end) is this low.", "E", number),
        Flag("--tol", "End when iterations improve by less than this, as far as error bars tell.", "T", number),
        Flag("--patience", "End after so many iterations without improvement beyond the error.", "N", whole),
        Flag("--max-shots", "Shots that are not exceeded.", "N", whole),
        Flag("--max-seconds", "Seconds of work after which it ends.", "S", number),
        Flag("--budget", "US dollars that clouds may bill for it; no evaluation is submitted that could exceed them.",
             "USD", number),
        Flag("--exact", "The right answer where it is known; views show it.", "E", number),
        Flag("--seed", "Seed of everything random.", "N", whole, values="seed"),
        Flag("--backend", "Simulator or device; auto takes what suits the circuit. At a cloud each value is a job.",
             "NAME", values="backend"),
        Flag("--mode", "How evaluations go to a cloud: job, batch or session. Default: job.", "MODE", values="mode"),
        Flag("--noise", "Device snapshot, noise parameters, or a variable that holds a NoiseModel.", "NOISE",
             values="noise"),
        Flag("--name", "The job's name.", "TEXT"),
        Flag("--tag", "A tag to find the job by; may be given again.", "TEXT", repeats=True, dest="tags", values="tag"),
        Flag("--output", "Also assign the loop to this variable.", "NAME", short="-o"),
        Flag("--quiet", "Show nothing."),
        Flag("--debug", "Show Python's full traceback when something is wrong."),
    ),
    examples="""
        %%qloop --optimizer spsa --shots 1000 --maxiter 300
        ansatz, observable

        %%qloop --optimizer nelder-mead --x0 [0.1,0.2] -o loop
        def cost(x):
            return (x[0] - 1) ** 2 + x[1] ** 2

        %qloop cost --x0 [0.1,0.2] --maxiter 50
    """,
    errors="""
        no optimizer 'cobila'; did you mean 'cobyla'?      a name is misspelt
        cost function 'cost' cannot be sent ...            it holds what cannot be pickled; the message names it
        the body gives int 3                               end it in (ansatz, observable), or define cost(x)
    """,
)  # fmt: skip

_SAME = (
    "optimizer", "maxiter", "gradient", "learning_rate", "shots", "precision", "target", "tol", "patience", "max_shots",
    "max_seconds", "budget", "exact", "seed", "backend", "mode", "noise", "name", "tags",
)  # fmt: skip


def start_loop(call: Call) -> Loop:
    """Starts the loop that the cell asks for. Where nobody looks, waits for its end."""
    from qmagic.loops.minimize import minimize

    given = call.parsed.given
    settings = {name: given[name] for name in _SAME if name in given}
    settings["optimizer_options"] = dict(_option(text) for text in given.get("options", ()))
    if settings.get("optimizer", "auto") != "auto":  # before a body runs: a typing error should cost nothing
        settings["optimizer"] = optimizer_of(settings["optimizer"])
    objective = _objective(call)
    if "noise" in settings:
        settings["noise"] = call.namespace.get(settings["noise"], settings["noise"])
    loop = minimize(
        *objective[:2],
        x0=objective[2] if len(objective) == 3 else None,
        notebook=notebook(call.shell),
        cell=f"%qloop {call.line}" if call.body is None else f"%%qloop {call.line}\n{call.body}",
        **settings,
    )
    values.remember(loop.id, tuple(given.get("tags", ())))
    if call.silent or not value_is_shown():
        return loop
    if headless():
        result_of(loop, keep=call.defaults.keep)  # an output that is the same on every run
        return loop
    shown_job(call.shell, loop)
    return loop


def _objective(call: Call) -> list[Any]:
    """Returns what the body gives, as `minimize` takes it: ansatz, observable and perhaps x0, or cost and x0."""
    words = call.parsed.words
    if call.body is not None and words:
        raise InputError(f"%%qloop takes flags only on its line, got {words!r}; the objective goes below")
    if not (call.body or "").strip() and not words:
        raise InputError("%qloop needs an objective: %qloop cost --x0 [0.1,0.2], or a body that ends in one")
    if call.body is None:
        value = _evaluated(call, words)
    else:
        head, debug = f"%%qloop {call.line}".rstrip(), call.parsed.given.get("debug", call.defaults.debug)
        python = PythonBody(call.shell, call.namespace, 2, head, debug)
        value = python(call.body)
        call.silent = call.silent or python.semicolon
    first = _evaluated(call, str(call.parsed.given["x0"])) if "x0" in call.parsed.given else None
    if value is None and call.body is not None and callable(call.namespace.get("cost")):
        value = call.namespace["cost"]
    if callable(value) and not isinstance(value, tuple):
        found: Callable[..., Any] = value
        return [found, first if first is not None else call.namespace.get("x0")]
    if not isinstance(value, tuple | list) or not 2 <= len(value) <= 3:
        what = "nothing" if value is None else f"{type(value).__name__} {value!r}"[:80]
        raise InputError(f"the body gives {what}; expected (ansatz, observable) at its end, or a function cost(x)")
    if len(value) == 3 and first is not None:
        raise InputError("--x0 and a third value, (ansatz, observable, x0), are both given; expected one of them")
    parts = list(value)
    return parts if len(parts) == 3 or first is None else [*parts[:2], first]


def _evaluated(call: Call, text: str) -> Any:
    from qmagic.cells import python

    return python.evaluate(text, call.namespace, None)


def _option(text: str) -> tuple[str, Any]:
    import ast

    name, equals, value = text.partition("=")
    if not equals:
        raise InputError(f"--option {text}: expected NAME=VALUE, such as rhobeg=0.5")
    try:
        return name.strip(), ast.literal_eval(value)
    except (ValueError, SyntaxError):
        return name.strip(), value.strip()
