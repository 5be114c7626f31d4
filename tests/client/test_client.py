"""The client as a person uses it: from many threads, after a fork, interrupted at any moment, awaited, pickled."""

from __future__ import annotations

import asyncio
import copy
import os
import pickle
import random
import signal
import threading
import warnings

import msgspec
import pytest

from qmagic import client, home
from qmagic.errors import (
    InputError,
    JobCancelledError,
    JobFailedError,
    JobTimeoutError,
    NotFoundError,
    ServiceError,
    SourceError,
)
from qmagic.jobs import JobStatus, new_job_id
from qmagic.protocol import PROTOCOL
from tests.faults.making import BELL, bell, counts, running, scripted, service, uniform, until


@pytest.fixture(scope="module", autouse=True)
def folder(home):
    return home


def test_threads():
    """Many threads submit and wait at once, and each gets its own results."""
    wrong = []

    def work(seed):
        jobs = [client.submit(bell(seed=seed * 10 + i)) for i in range(4)]
        for i, job in enumerate(jobs):
            result = job.result(60)
            if result.provenance.seed != seed * 10 + i or sum(result.counts().values()) != 100:
                wrong.append((seed, i))

    threads = [threading.Thread(target=work, args=(seed,)) for seed in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert wrong == []


def test_a_job_is_awaited_by_many_threads():
    """One handle may be waited on in many threads at once."""
    job = client.submit(scripted("sleep=0.3"))
    got = []
    threads = [threading.Thread(target=lambda: got.append(counts(job))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert got == [{"00": 100}] * 8


def test_fork():
    """A forked child has a line of its own, and its parent's still works."""
    mine = client.submit(scripted("sleep=0.3"))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # 3.12 warns of forks beside threads
        child = os.fork()
    if child == 0:
        status = 1
        try:
            theirs = client.submit(bell())
            status = 0 if sum(counts(theirs).values()) == 100 and counts(mine) == {"00": 100} else 2
        finally:
            os._exit(status)
    assert counts(mine) == {"00": 100}
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert sum(counts(client.submit(bell())).values()) == 100


def test_interrupts(full):
    """Interrupted at any moment, the line is as good as before: no answer is lost, and none is taken for another."""
    draw = random.Random(3)
    expected = counts(client.submit(bell(seed=5)))
    interrupted = 0

    def interrupt(number, frame):
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGALRM, interrupt)
    try:
        for _ in range(full(60, 2000)):
            spec, job = bell(seed=5), None
            try:
                signal.setitimer(signal.ITIMER_REAL, draw.uniform(0.00005, 0.006))
                job = client.submit(spec)
                job.result(60)
                signal.setitimer(signal.ITIMER_REAL, 0)
            except KeyboardInterrupt:
                interrupted += 1
            assert client.jobs(limit=1)
            if job is not None:
                assert counts(job) == expected
            else:
                try:
                    assert counts(client.Job(spec.id)) == expected
                except NotFoundError:
                    pass  # it never left
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
    assert interrupted > 5


def test_await():
    """A job can be awaited, many at once, and twice."""

    async def together():
        jobs = [client.submit(bell(seed=seed)) for seed in range(12)]
        results = await asyncio.gather(*jobs)
        again = await jobs[0]
        return [result.counts() for result in results], again.counts()

    got, again = asyncio.run(together())
    assert all(sum(one.values()) == 100 for one in got)
    assert again == got[0]


def test_await_given_up():
    """Giving up an await leaves the job alone, and it can be awaited again; a failed one raises its error."""

    async def give_up():
        job = client.submit(scripted("sleep=1.5"))
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(job, 0.2)
        assert not job.done()
        assert (await job).counts() == {"00": 100}
        with pytest.raises(JobFailedError, match="why"):
            await client.submit(scripted("fail=why"))

    asyncio.run(give_up())


def test_await_of_a_cancelled_job():
    """A job that is cancelled while it is awaited says so."""

    async def cancelled():
        job = client.submit(scripted("sleep=30"))
        waiting = asyncio.ensure_future(_waits(job))
        await asyncio.to_thread(running, job)
        assert await asyncio.to_thread(job.cancel)
        with pytest.raises(JobCancelledError):
            await waiting

    async def _waits(job):
        return await job

    asyncio.run(cancelled())


def test_handles():
    """A handle is its id: it can be copied, pickled and compared, and its repr has no address."""
    job = client.submit(bell(name="mine"))
    job.result(60)
    for other in (pickle.loads(pickle.dumps(job)), copy.copy(job), copy.deepcopy(job), client.job(job.id[:14])):
        assert other == job
        assert hash(other) == hash(job)
        assert counts(other) == counts(job)
    assert repr(job) == f"Job({job.id!r}, DONE, name='mine')"
    assert client.job().id == job.id


def test_result_with_a_time_limit():
    """Waiting for a limited time ends with an error, and the job goes on."""
    job = client.submit(scripted("sleep=3"))
    with pytest.raises(JobTimeoutError, match=r"has not ended within 0\.2 s; it goes on"):
        job.result(timeout=0.2)
    with pytest.raises(TimeoutError):
        job.result(timeout=0)
    assert counts(job) == {"00": 100}


def test_large_results_are_files(folder):
    """A result over 1 MB is a file; one that was changed or deleted is an error, never a wrong result."""
    job = client.submit(uniform(18, 200_000))
    before = counts(job)
    (file,) = (folder / "results").glob(f"{job.id}*")
    assert file.stat().st_size > 1 << 20
    assert file.stat().st_mode & 0o077 == 0
    assert client.job(job.id).result(60).counts() == before
    data = bytearray(file.read_bytes())
    data[len(data) // 2] ^= 1
    file.write_bytes(data)
    with pytest.raises(ServiceError, match="damaged"):
        client.job(job.id).result(60)
    file.unlink()
    with pytest.raises(ServiceError, match="cannot be read"):
        client.job(job.id).result(60)
    assert client.purge(ids=[job.id]) == 1


def test_a_megabyte_is_kept_inline(folder):
    """A result below 1 MB lies in the store, however it is asked for."""
    job = client.submit(uniform(16, 100_000))
    assert sum(counts(job).values()) == 100_000
    assert not list((folder / "results").glob(f"{job.id}*"))
    assert counts(client.job(job.id)) == counts(job)


def test_refused_text_leaves_nothing():
    """Text that is no circuit is refused with its line, and there is no such job."""
    spec = bell("OPENQASM 3.0;\nqubit[2] q;\nnonsense q;")
    with pytest.raises(SourceError) as told:
        client.submit(spec)
    assert told.value.line is not None
    with pytest.raises(NotFoundError):
        client.job(spec.id)


def test_rerun():
    """A job can be run again: another job with the same seed and counts, which names the old one."""
    job = client.submit(bell(seed=11))
    again = job.rerun()
    assert again.id != job.id
    assert counts(again) == counts(job)
    assert again.spec().rerun_of == job.id


def test_find():
    """Jobs are found by status, tag and notebook, newest first, and by a unique beginning of their id."""
    jobs = [client.submit(bell(tags=("t1", f"n{i % 2}"), notebook=f"book{i % 2}")) for i in range(6)]
    for job in jobs:
        job.result(60)
    assert client.jobs(tag="t1") == jobs[::-1]
    assert client.jobs(tag="n1") == jobs[5::-2]
    assert client.jobs(tag="t1", notebook="book0", limit=2) == [jobs[4], jobs[2]]
    assert client.jobs(tag="t1", status="done") == jobs[::-1]
    assert client.jobs(tag="t1", status=[JobStatus.FAILED, "READY"]) == []
    assert client.jobs(tag="t") == []
    with pytest.raises(InputError, match="begins several"):
        client.job(jobs[0].id[:1])
    with pytest.raises(InputError, match="expected one of"):
        client.jobs(status="ready-ish")
    with pytest.raises(InputError, match="1 or more"):
        client.jobs(limit=0)
    for wrong in ("zzzz", "%", "'; DROP TABLE jobs"):
        with pytest.raises(NotFoundError):
            client.job(wrong)


@pytest.mark.parametrize(("protocol", "said"), [(PROTOCOL + 1, "newer than"), (PROTOCOL - 1, "older than")])
def test_other_protocols(folder, protocol, said):
    """A service of another protocol is not talked to, and the message says who has to be updated."""
    import msgspec

    client.jobs()
    found = service()
    new_protocol = msgspec.structs.replace(found, protocol=protocol)
    told = []

    def ask():
        try:
            client.jobs()
        except ServiceError as error:
            told.append(str(error))

    home.write_discovery(folder, new_protocol)
    thread = threading.Thread(target=ask)
    thread.start()
    thread.join(60)
    home.write_discovery(folder, found)
    assert said in told[0]


def test_warm(folder):
    """`warm` returns at once and what it starts is there for the first job."""
    client.stop_service()
    thread = client.warm()
    thread.join(60)
    until(lambda: home.find_service(folder))
    assert sum(counts(client.submit(bell())).values()) == 100


def test_several_jobs_are_made_all_or_none():
    """One text of several that is refused is named, and no other becomes a job; sound ones all do, in order."""
    right, wrong = bell(), bell(BELL.replace("cx", "cxx"))
    before = {job.id for job in client.jobs(limit=1000)}
    for specs, place in (([right, wrong, bell()], 2), ([scripted("counts"), bell(), wrong], 3), ([wrong, wrong], 1)):
        with pytest.raises(SourceError, match=rf"job {place} of {len(specs)}: .*'cxx'.*; nothing was submitted"):
            client.submit_many([msgspec.structs.replace(spec, id=new_job_id()) for spec in specs])
    assert {job.id for job in client.jobs(limit=1000)} == before
    specs = [bell(), scripted("counts"), bell()]
    made = client.submit_many(specs)
    assert [job.id for job in made] == [spec.id for spec in specs]
    assert [sum(counts(job).values()) for job in made] == [100, 100, 100]
