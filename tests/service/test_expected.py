"""How long a job will run: what earlier ones of its kind took, or nothing."""

from __future__ import annotations

from qmagic.jobs import Environment, JobSpec, PubSpec, Source
from qmagic.service.expected import Expected


def spec(*, shots: int = 1000, backend: str = "auto", width: int | None = 5, text: bytes = b"x" * 100) -> JobSpec:
    return JobSpec(
        id="a", source=Source("openqasm3", text), pubs=(PubSpec(shots=shots),), seed=1, backend=backend, width=width,
        environment=Environment("python"),
    )  # fmt: skip


def test_it_is_the_median_of_jobs_of_the_same_kind():
    """Three earlier ones: the middle one; other shots, backends, widths and lengths are other kinds."""
    expected = Expected()
    for seconds in (2.0, 3.0, 5.0):
        expected.learn(spec(), seconds)
    assert expected.of(spec()) == 3.0
    for other in (spec(shots=2000), spec(backend="aer"), spec(width=6), spec(width=None), spec(text=b"x" * 5000)):
        assert expected.of(other) is None


def test_nothing_is_said_where_nothing_is_known_or_times_differ_much():
    """No earlier job, or one that took ten times as long as another: no number."""
    expected = Expected()
    assert expected.of(spec()) is None
    expected.learn(spec(), 1.0)
    expected.learn(spec(), 10.0)
    assert expected.of(spec()) is None


def test_only_the_latest_count():
    """What was slow long ago is forgotten."""
    expected = Expected()
    for seconds in [9.0] * 20 + [3.0] * 15:
        expected.learn(spec(), seconds)
    assert expected.of(spec()) == 3.0
