"""`minimize`: an ansatz and an observable, or a cost function, to a durable loop."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any

from qmagic.loops.asked import Asked, job_of

if TYPE_CHECKING:
    from qmagic.client import Loop

__all__ = ["minimize"]


def minimize(
    objective: Any,
    observable_or_x0: Any = None,
    /,
    *,
    observable: Any = None,
    x0: Any = None,
    optimizer: str = "auto",
    gradient: Any = "auto",
    shots: int | None = None,
    precision: float | None = None,
    maxiter: int | None = None,
    learning_rate: float | None = None,
    target: float | None = None,
    tol: float | None = None,
    patience: int | None = None,
    max_shots: int | None = None,
    max_seconds: float | None = None,
    budget: float | None = None,
    callback: Callable[[int, Any, float], Any] | None = None,
    optimizer_options: Mapping[str, Any] | None = None,
    exact: float | None = None,
    backend: str | None = None,
    mode: str = "job",
    noise: Any = None,
    seed: int | None = None,
    name: str | None = None,
    tags: Iterable[str] = (),
    notebook: str = "",
    cell: str = "",
) -> Loop:
    """Starts a hybrid loop as a durable job and returns at once.

    The loop runs in a process of its own: it goes on when the kernel is busy, restarted or gone, and from where it
    stood when its process is killed.

    Args:
        objective: An ansatz: a circuit with free parameters; then its observable comes next. Or a cost function
            ``cost(x)`` of an array, which returns a number or ``(value, standard error)``; then its first point comes
            next. It may take ``seed`` and ``shots`` too.
        observable_or_x0: The observable of an ansatz, or the first point of a function.
        observable: The same by name: what `qmagic.run` takes, one of them.
        x0: The first point, by name. Default for an ansatz: drawn from the seed, uniformly between -pi and pi.
        optimizer: ``spsa``, ``adam``, ``gradient-descent``, ``cma``, ``cobyla``, ``cobyqa``, ``nelder-mead``,
            ``powell``, ``l-bfgs-b``, ``slsqp``; ``"auto"`` takes L-BFGS-B where values are exact and gradients known,
            SPSA where they come from shots, else COBYLA.
        gradient: ``"auto"``, ``"adjoint"``, ``"parameter-shift"``, ``"finite-difference"``, ``"spsa"``; for a
            function also a function of the point.
        shots: Shots of each measurement group, for each value. Default: exact values.
        precision: The wanted standard error of each value, in place of shots.
        maxiter: Iterations after which it ends. Default: 1,000.
        learning_rate: Step size of SPSA, ADAM and gradient descent, sigma of CMA-ES.
        target: Ends when the value is this low: with shots, the upper end of its 95 % interval.
        tol: Ends when an iteration improves the value by less than this, as far as error bars allow to tell.
        patience: Ends after so many iterations without improvement (beyond the error).
        max_shots: Shots that are not to be exceeded, the measurement of the best point included.
        max_seconds: Seconds of work after which it ends.
        budget: US dollars that clouds may bill for it, the measurement of the best point included: no evaluation is
            submitted that could exceed it.
        callback: Called as ``callback(iteration, x, value)`` in the loop's process; a true value ends the loop.
        optimizer_options: The optimizer's own options, such as ``{"rhobeg": 0.5}``.
        exact: The right answer where it is known; views show it.
        backend: Such as ``"aer"``; as in `qmagic.run`. With a device at a cloud, such as ``"ibm:ibm_torino"``, each
            evaluation is a job of its own there, with 1,024 shots unless told otherwise.
        mode: How evaluations go to a cloud: each as a ``"job"``, or all in a ``"batch"`` or a ``"session"`` (whose wall
            time is billed, the optimizer's thinking included).
        noise: As in `qmagic.run`.
        seed: Of everything random. One that is not given is drawn and kept with the job.
        name: The job's name in lists.
        tags: The job's tags.
        notebook: Groups jobs for fair scheduling. Default: the notebook that Jupyter names, else this process.
        cell: The cell as it was typed, for the record.

    Returns:
        The loop: ``loop.result()``, ``await loop``, ``loop.pause()``, ``step()``, ``resume()``, ``stop()``,
        ``set(...)``, ``fork(iteration)``, ``history()``, ``state()``.

    Raises:
        InputError: Something cannot run; one line says what, and nothing was submitted.

    Example:
        >>> loop = qmagic.minimize(efficient_su2(2, reps=1), "ZZ + 0.5*XI", optimizer="cobyla", seed=7)
        >>> loop.result().value
    """
    from qmagic import client

    spec = job_of(
        Asked(
            objective=objective,
            second=observable_or_x0,
            observable=observable,
            x0=x0,
            optimizer=optimizer,
            gradient=gradient,
            shots=shots,
            precision=precision,
            maxiter=maxiter,
            learning_rate=learning_rate,
            target=target,
            tol=tol,
            patience=patience,
            max_shots=max_shots,
            max_seconds=max_seconds,
            budget=budget,
            callback=callback,
            optimizer_options=optimizer_options,
            exact=exact,
            backend=backend,
            mode=mode,
            noise=noise,
            seed=seed,
            name=name,
            tags=tags,
            notebook=notebook,
            cell=cell,
        )
    )
    client.submit(spec)
    return client.Loop(spec.id, spec=spec)
