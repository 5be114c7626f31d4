"""A result in one line: what was measured, where, with which seed, how long it took, and which job it was."""

from __future__ import annotations

import math

from qmagic.jobs import JobInfo, JobSpec
from qmagic.outcomes import EstimatedPub, Outcome, SampledPub

__all__ = ["duration", "headline", "shots_of"]


def headline(outcome: Outcome, info: JobInfo, spec: JobSpec | None = None, *, lasting: bool = False) -> str:
    """Returns the line.

    Args:
        outcome: What the worker returned.
        info: What the service says of the job.
        spec: What was asked for; adds the noise.
        lasting: Leave out what differs when the same cell runs again with the same seed: time and job.
    """
    parts = [info.name] if info.name else []
    parts += [_amount(outcome), _backend(outcome)]
    if spec is not None and spec.noise:
        parts.append(f"noise {spec.noise}" if len(spec.noise) <= 60 else "noise model")
    if not all(isinstance(pub, EstimatedPub) and pub.exact for pub in outcome.pubs):
        parts.append(f"seed {info.seed}")
    if not lasting:
        if info.started is not None and info.ended is not None and not outcome.states:
            parts.append(duration(max(0.0, info.ended - info.started)))
        parts.append(f"job {info.id}")
    return " · ".join(parts)


def shots_of(outcome: Outcome) -> int | None:
    """Returns the shots of each circuit at each point, None for exact values or when they differ."""
    numbers: set[int] = set()
    for pub in outcome.pubs:
        numbers.update((pub.shots,) if isinstance(pub, SampledPub) else pub.shots or (0,))
    only = numbers.pop() if len(numbers) == 1 else 0
    return only or None


def duration(seconds: float) -> str:
    """Returns a span of time as a person says it: ``3.2 ms``, ``1.4 s``, ``2 min 5 s``."""
    if seconds < 0.9995:
        return f"{seconds * 1e3:.{1 if seconds < 0.00995 else 0}f} ms"
    if seconds < 59.95:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes} min" if hours else f"{minutes} min {rest} s"


def _amount(outcome: Outcome) -> str:
    pubs = outcome.pubs
    if outcome.states:
        gates = len(outcome.states[0].steps) - 1
        qubits = outcome.states[0].num_qubits
        return f"state of {qubits} qubit{'s' if qubits != 1 else ''}, {gates} step{'s' if gates != 1 else ''}"
    points = sum(math.prod(pub.shape) for pub in pubs)
    many = [f"{len(pubs)} circuits"] if len(pubs) > 1 else []
    if points > len(pubs):
        many.append(f"{points} points" if not isinstance(pubs[0], EstimatedPub) else f"{points} values")
    shots = shots_of(outcome)
    if pubs and all(isinstance(pub, EstimatedPub) and pub.exact for pub in pubs):
        taken = "exact"
    elif shots is None:
        taken = "differing shots"
    else:
        taken = f"{shots:,} shot{'s' if shots != 1 else ''}" + (" each" if many else "")
    return ", ".join([*many, taken])


def _backend(outcome: Outcome) -> str:
    if outcome.method.startswith(f"{outcome.backend} ("):
        return outcome.method
    if outcome.method and outcome.method not in outcome.backend:
        return f"{outcome.backend} ({outcome.method})"
    return outcome.backend
