"""The landscape around a point of a loop: its values in a plane, as a loop of its own that disturbs nothing.

The plane is the one in which the loop has moved most: the two first principal directions of its way, as seen from the
point (H. Li et al., "Visualizing the loss landscape of neural nets", NeurIPS 2018, arXiv:1712.09913, section 7).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from qmagic.client.loop import Loop, view
from qmagic.client.submit import submit
from qmagic.clouds import provider_of
from qmagic.errors import InputError, NotFoundError
from qmagic.jobs import JobSpec, new_job_id
from qmagic.orders import LANDSCAPE
from qmagic.tapes import Rules

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["landscape"]

_ENCODE = msgspec.msgpack.Encoder().encode
#: Points of the way that the plane is laid through.
_MOST_POINTS = 500
#: How much farther than the way the plane goes, and how far where there is no way yet.
_MARGIN, _RADIUS = 1.25, 1.0


def landscape(id: str, iteration: int | None = None, size: int = 21) -> Loop:
    """See `Loop.landscape`."""
    import numpy as np

    parent = Loop(id)
    spec = parent.spec()
    if spec.kind != "loop":
        raise NotFoundError(f"job {id} is no loop")
    if not 3 <= size <= 101:
        raise InputError(f"landscape(size={size}): expected 3 to 101 points along each side")
    loop, points = parent.loop_spec(), parent.history().points
    if len(loop.labels) < 2:
        raise InputError("a landscape is a plane: it needs 2 parameters or more, and this loop has 1")
    at = len(points) if iteration is None else iteration
    if not 0 <= at <= len(points):
        raise InputError(f"landscape({iteration}): the loop has {len(points)} iterations; expected 0 to {len(points)}")
    centre = points[at - 1] if at else np.frombuffer(loop.x0, "<f8")
    first, second, radius = _plane(points, centre)
    now = view(id, 2**31).state
    new = msgspec.structs.replace(
        loop, x0=centre.astype("<f8").tobytes(), optimizer=LANDSCAPE, why="", learning_rate=None, maxiter=size**2 + 1,
        options={"first": first.tolist(), "second": second.tolist(), "radius": radius, "size": size}, rules=Rules(),
        shots=now.shots, precision=now.precision, callback=b"", start=(), forked_from=id, forked_at=at,
    )  # fmt: skip
    if provider_of(spec.backend):  # hundreds of jobs there would cost more than a look is worth
        spec = msgspec.structs.replace(spec, backend="auto", transpile=None)
        new = msgspec.structs.replace(new, shots=None, precision=None, mode="job")
    job: JobSpec = msgspec.structs.replace(
        spec, id=new_job_id(), source=msgspec.structs.replace(spec.source, data=_ENCODE(new)), rerun_of="", parent=id,
        name=f"landscape of {spec.name or id}",
    )  # fmt: skip
    submit(job)
    return Loop(job.id, spec=job)


def _plane(
    points: NDArray[np.float64], centre: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64], float]:
    """Returns two directions, at right angles and of length 1, and how far the way goes along them."""
    import numpy as np

    way = points[np.unique(np.linspace(0, len(points) - 1, _MOST_POINTS).astype(int))] - centre if len(points) else []
    # axes of parameter space stand in where the way has no second direction
    axes = np.vstack([np.reshape(way, (-1, centre.size)), 1e-9 * np.eye(centre.size)])
    first, second = np.linalg.svd(axes, full_matrices=False)[2][:2]
    reach = float(np.abs(axes @ np.array([first, second]).T).max())
    return first, second, _MARGIN * reach if reach > 1e-6 else _RADIUS
