"""How long a job will run for: the median of this user's earlier jobs of the same kind, or nothing.

Same kind means: same backend as asked for, width, shots, noise and device, about as many points, and a text (or QPY)
of about the same length. Where the earlier times differ much, no number would be honest, and none is given.
"""

from __future__ import annotations

import math
import statistics
from collections import OrderedDict, deque

import msgspec

from qmagic.jobs import JobInfo, JobSpec
from qmagic.service.record import is_small

__all__ = ["Expected"]

#: Earlier jobs of one kind that count, and kinds that are remembered.
_JOBS = 15
_KINDS = 2000
#: How many times the shortest the longest of them may be (once they take a second).
_SPREAD = 4.0

_SPEC = msgspec.msgpack.Decoder(JobSpec).decode
_Kind = tuple[object, ...]


class Expected:
    """What earlier jobs tell of new ones."""

    def __init__(self) -> None:
        self._seconds: OrderedDict[_Kind, deque[float]] = OrderedDict()

    def of(self, spec: JobSpec) -> float | None:
        """Returns the seconds that a job is expected to run for; None where nothing honest can be said."""
        if spec.kind == "loop":  # how long a loop runs is its user's matter
            return None
        times = self._seconds.get(_kind(spec))
        if not times or (max(times) > 1.0 and max(times) > _SPREAD * min(times)):
            return None
        return statistics.median(times)

    def read(self, ended: list[tuple[bytes, JobInfo]]) -> None:
        """Remembers how long earlier jobs ran for, from their specs and what was said of them."""
        for data, info in ended:
            spec = _SPEC(data)
            if info.started is not None and info.ended is not None and not is_small(spec, len(data)):
                self.learn(spec, max(0.0, info.ended - info.started))

    def learn(self, spec: JobSpec, seconds: float) -> None:
        """Remembers how long a job ran for that ended well."""
        kind = _kind(spec)
        times = self._seconds.setdefault(kind, deque(maxlen=_JOBS))
        times.append(seconds)
        self._seconds.move_to_end(kind)
        if len(self._seconds) > _KINDS:
            self._seconds.popitem(last=False)


def _kind(spec: JobSpec) -> _Kind:
    shots, points = 0, 0
    for pub in spec.pubs:
        shots += pub.shots or 0
        points += math.prod(pub.parameters.shape) if pub.parameters else 1
    return (
        spec.backend, spec.kind, spec.width, shots, points.bit_length(), spec.pubs[0].precision if spec.pubs else None,
        spec.noise, spec.transpile, spec.source.language, len(spec.source.data).bit_length(),
    )  # fmt: skip
