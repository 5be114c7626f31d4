"""What a job is, as data: what crosses a process comes out the same."""

from __future__ import annotations

import json
import string

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qmagic.jobs import (
    Environment,
    JobInfo,
    JobSpec,
    JobStatus,
    Observable,
    ParameterValues,
    PubSpec,
    Source,
    Term,
    Transpile,
    new_job_id,
    new_seed,
)

PUBS = st.builds(
    PubSpec,
    circuit=st.integers(0, 5),
    parameters=st.none() | st.builds(ParameterValues, st.just(("x",)), st.binary(min_size=8, max_size=8)),
    observables=st.none()
    | st.tuples(st.builds(Observable, st.tuples(st.builds(Term, st.just("XZ"), st.just((0, 3)), st.floats(-2, 2))))),
    shots=st.none() | st.integers(1, 10**9),
    precision=st.none() | st.floats(1e-6, 1),
)
SPECS = st.builds(
    JobSpec,
    id=st.builds(new_job_id),
    source=st.builds(Source, st.sampled_from(["openqasm3", "qpy"]), st.binary(max_size=50), st.integers(1, 99)),
    pubs=st.lists(PUBS, max_size=3).map(tuple),
    seed=st.integers(0, 2**64 - 1),
    environment=st.builds(Environment, st.text(max_size=5)),
    name=st.text(max_size=9),
    tags=st.lists(st.text(max_size=3), max_size=3).map(tuple),
    transpile=st.none() | st.builds(Transpile, st.just("fake_torino")),
    timeout=st.none() | st.floats(0, 1e6),
)


@settings(max_examples=200)
@given(SPECS)
def test_a_spec_survives_the_way(spec):
    """A spec that was sent is equal to the one that arrives, and encodes to the same bytes."""
    data = msgspec.msgpack.encode(spec)
    back = msgspec.msgpack.decode(data, type=JobSpec)
    assert back == spec
    assert msgspec.msgpack.encode(back) == data


def test_ids_sort_by_time():
    """Ids are short, readable, all different, and sort by the millisecond in which they were made."""
    ids = [new_job_id() for _ in range(2000)]
    assert len(set(ids)) == 2000
    assert [id[:9] for id in ids] == sorted(id[:9] for id in ids)
    allowed = set(string.ascii_lowercase + string.digits) - set("ilou")
    assert all(len(id) == 15 and set(id) <= allowed for id in ids)


def test_seeds():
    """A seed that was not given is 32 random bits."""
    seeds = [new_seed() for _ in range(100)]
    assert all(0 <= seed < 2**32 for seed in seeds)
    assert len(set(seeds)) > 95


def test_final():
    """Four statuses are final."""
    assert {status.value for status in JobStatus if status.final} == {"DONE", "FAILED", "CANCELLED", "LOST"}


def test_info_as_json():
    """What is said of a job is JSON, with every field there."""
    plain = JobInfo(id="x", status=JobStatus.READY, tags=("a",)).to_json()
    assert set(plain) == set(JobInfo.__struct_fields__)
    assert json.loads(json.dumps(plain))["status"] == "READY"


@pytest.mark.parametrize("data", [b"", b"\x80", b"\xc1", msgspec.msgpack.encode({"id": 3})])
def test_what_is_no_spec_is_refused(data):
    """Bytes that are no spec are an error, never half a spec."""
    with pytest.raises(msgspec.MsgspecError):
        msgspec.msgpack.decode(data, type=JobSpec)
