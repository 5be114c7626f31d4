"""Qiskit's V2 primitives on qmagic: each ``run`` is one durable job, so that any Qiskit algorithm runs here unchanged.

`pubs` turns PUBs into a job, `job` is the handle that Qiskit code holds, `sampler` and `estimator` are the two
primitives.
"""

from qmagic.primitives.estimator import Estimator
from qmagic.primitives.job import PrimitiveJob
from qmagic.primitives.sampler import Sampler

__all__ = ["Estimator", "PrimitiveJob", "Sampler"]
