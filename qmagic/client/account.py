"""Jobs that are at a provider already: a list of them, and one made into a job of qmagic's. Nothing is submitted."""

from __future__ import annotations

import hashlib

import msgspec

from qmagic.client.connection import connection
from qmagic.client.environment import environment, notebook
from qmagic.client.handle import Job
from qmagic.client.submit import submit
from qmagic.clouds import CLOUDS, REMOTE, AccountJob
from qmagic.errors import InputError, NotFoundError, nearest
from qmagic.jobs import JobSpec, Source
from qmagic.protocol import Find, Found
from qmagic.sessions import AskAccount

__all__ = ["Listed", "account_jobs", "adopt"]

_PATIENCE = 150.0
_OURS = "qmagic-"
_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"


class Listed(msgspec.Struct, frozen=True):
    """A job at a provider, with the id that it has here; "" where qmagic does not know it."""

    remote: AccountJob
    known: str


def account_jobs(provider: str, limit: int = 20) -> list[Listed]:
    """Returns the newest jobs of the account at a provider, newest first, whoever submitted them.

    Args:
        provider: Such as ``"ibm"``.
        limit: At most this many.

    Raises:
        InputError: There is no such provider, or qmagic cannot list its jobs.
        ServiceError: It does not answer, or does not let us in.
    """
    wanted = AskAccount(provider=_checked(provider), environment=environment(), limit=limit)
    jobs: list[AccountJob] = connection().ask("account", wanted, list[AccountJob], timeout=_PATIENCE)
    known = _known([id for job in jobs for id in _ids(provider, job)])
    return [Listed(job, next((id for id in _ids(provider, job) if id in known), "")) for job in jobs]


def adopt(job: str) -> Job:
    """Makes a job at a provider into one of qmagic's: followed, fetched and kept like any other, never submitted.

    The same job adopted twice is one job; one that qmagic itself submitted is that job. The circuit stays at the
    provider: registers are those of the result.

    Args:
        job: The provider and its id of the job, such as ``"ibm:d149kq"``.

    Raises:
        InputError: That is no provider, or qmagic cannot adopt its jobs.
        NotFoundError: The provider knows no such job.
    """
    provider, colon, remote = job.partition(":")
    if not colon or not remote.strip():
        raise InputError(f"a job is adopted by provider and id, such as ibm:d149kq; got {job!r}")
    wanted = AskAccount(provider=_checked(provider), environment=environment(), id=remote.strip())
    try:
        found: AccountJob = connection().ask("account", wanted, AccountJob, timeout=_PATIENCE)
    except NotFoundError:
        raise NotFoundError(f"{provider} knows no job {remote!r}; %qjobs --remote {provider} lists them") from None
    ids = _ids(provider, found)
    known = _known(ids)
    for id in ids:
        if id in known:
            return Job(id)
    spec = JobSpec(
        id=ids[-1],
        kind=found.kind,
        source=Source(REMOTE, found.id.encode()),
        pubs=(),
        seed=0,
        backend=f"{provider}:{found.device}",
        environment=environment(),
        notebook=notebook(),
        checked=True,
    )
    return submit(spec)


def _ids(provider: str, job: AccountJob) -> list[str]:
    """Returns the ids that a job at a provider may have here: its own, and the one that it has once it is adopted."""
    digest = int.from_bytes(hashlib.sha256(f"{provider}:{job.id}".encode()).digest()[:10])
    adopted = "".join(_ALPHABET[(digest >> (5 * i)) & 31] for i in range(15))
    return [*([job.key.removeprefix(_OURS)] if job.key.startswith(_OURS) else []), adopted]


def _known(ids: list[str]) -> set[str]:
    found: list[Found] = connection().ask("find", Find(ids=tuple(ids), limit=max(1, len(ids))), list[Found])
    return {one.info.id for one in found} & set(ids)


def _checked(provider: str) -> str:
    names = [name for cloud in CLOUDS for name in (cloud, f"{cloud}-stub")]
    if provider not in names:
        raise InputError(f"there is no provider {provider!r}{nearest(provider, names)}; there are {', '.join(names)}")
    return provider
