"""The fault matrix: whatever goes wrong between a host and a cloud, one job there and one result here.

Kills are in `test_cloud_kills`; what the bare clients make of the same cases is measured by `benchmarks.reliability`.
"""

from __future__ import annotations

import pytest

from benchmarks.fault_matrix import CASES, Case
from qmagic.client import ask
from tests.conftest import SOAK
from tests.faults.clouds import CLOUDS, assert_one_job_one_result, submitted

#: One of each way to lose, cut and refuse, five for IBM and the first for IonQ; the rest in `make soak`.
FEW = (
    Case("submit", "drop", after=True), Case("submit", "truncated", after=True), Case("result", "truncated"),
    Case("submit", "drop"), Case("submit", "429", after=True), Case("submit", "404"), Case("poll", "404"),
)  # fmt: skip
USUAL = {"ibm": FEW[:5], "ionq": FEW[:1]}
TRIED = [(cloud, case) for cloud in CLOUDS for case in (CASES if SOAK else USUAL.get(cloud, ()))]


@pytest.mark.parametrize(("cloud", "case"), TRIED, ids=str)
def test_one_job_one_result(stub, cloud, case):
    """A fault at any stage leaves exactly one job at the cloud that is not cancelled, and its result here."""
    stub.fresh()
    stub.ask("POST", "/faults", [case.fault(cloud)])
    job = submitted(cloud)
    assert_one_job_one_result(stub, cloud, job)
    if case.stage != "submit":
        assert "job.in_doubt" not in [event.kind for event in ask.events(job.id).events]


def test_the_matrix_is_whole():
    """Every fault that the stub knows is tried at every stage at which it can strike."""
    from qmagic.stub.faults import KINDS

    late = ("slow", "truncated")
    for stage in ("submit", "poll", "result"):
        assert {case.kind for case in CASES if case.stage == stage} == set(KINDS)
    assert {case.kind for case in CASES if case.stage == "submit" and not case.after} == set(KINDS) - set(late)
    assert {case.kind for case in CASES if case.after} == set(KINDS)
    assert set(FEW) <= set(CASES)
