"""Backends as Qiskit's `BackendV2`, so that `transpile`, mthree and qiskit-experiments work on them.

`listing` has the public ``qmagic.backend`` and ``qmagic.backends``; `backend_v2` and `job_v1` are Qiskit's interfaces
around a qmagic backend and job, `result` makes Qiskit's `Result` of an outcome. Running submits: like the doors,
this package stands in front of the client, and no worker imports it.
"""

from qmagic.backends.v2.backend_v2 import SimulatorBackend
from qmagic.backends.v2.job_v1 import SimulatorJob
from qmagic.backends.v2.listing import backend, backends

__all__ = ["SimulatorBackend", "SimulatorJob", "backend", "backends"]
