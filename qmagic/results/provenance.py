"""How a result came about: enough to say so in a paper, and to run it again."""

from __future__ import annotations

import dataclasses
import datetime

from qmagic.jobs import Environment, JobInfo, JobSpec
from qmagic.outcomes import Outcome
from qmagic.results.headline import duration, shots_of

__all__ = ["Provenance"]


@dataclasses.dataclass(frozen=True)
class Provenance:
    """Where a result comes from.

    Attributes:
        job: The job's id; those of merged runs joined by ``+``.
        name: The job's name, "" when it has none.
        cell: Source text of the cell, "" when it came from elsewhere.
        seed: Seed of all random draws.
        backend: What ran it.
        method: The backend's method, such as ``statevector``.
        noise: What was asked for as noise; None for none.
        shots: Shots of each circuit at each point; None for exact values, or when they differ.
        created: When the job was submitted (UTC); likewise `started` and `ended`, None when not known.
        started: When it began to run.
        ended: When its result was on disk.
        seconds: Wall time of each step, in seconds.
        attempt: How often it was started; 1 unless a worker died.
        versions: Versions of what ran it.
        environment: The Python environment; None when not known.
        cost: What counts as its bill, in US dollars; None where it ran on this machine, or where that is not known.
        notes: Sentences on what was done, such as a marginal taken.
    """

    job: str
    name: str
    cell: str
    seed: int
    backend: str
    method: str
    noise: str | None
    shots: int | None
    created: datetime.datetime
    started: datetime.datetime | None
    ended: datetime.datetime | None
    seconds: dict[str, float]
    attempt: int
    versions: dict[str, str]
    environment: Environment | None
    cost: float | None
    notes: tuple[str, ...]

    @classmethod
    def of(cls, outcome: Outcome, info: JobInfo, spec: JobSpec | None) -> Provenance:
        """Gathers it from the three records of a job."""
        return cls(
            job=info.id,
            name=info.name,
            cell=spec.cell if spec else "",
            seed=info.seed,
            backend=outcome.backend,
            method=outcome.method,
            noise=spec.noise if spec else None,
            shots=shots_of(outcome),
            created=_utc(info.created),
            started=None if info.started is None else _utc(info.started),
            ended=None if info.ended is None else _utc(info.ended),
            seconds=dict(outcome.seconds),
            attempt=info.attempt,
            versions=dict(outcome.versions),
            environment=spec.environment if spec else None,
            cost=info.cost,
            notes=outcome.notes,
        )

    def to_json(self) -> dict[str, object]:
        """Returns plain data, with times as ISO 8601 text."""
        plain = {field.name: getattr(self, field.name) for field in dataclasses.fields(self)}
        for name in ("created", "started", "ended"):
            plain[name] = plain[name] and plain[name].isoformat(timespec="milliseconds")
        if self.environment is not None:
            plain["environment"] = {"executable": self.environment.executable, "python": self.environment.python}
        plain["notes"] = list(self.notes)
        return plain

    def __str__(self) -> str:
        lines = [("job", self.job + (f"  {self.name}" if self.name else ""))]
        lines.append(("backend", self.backend + (f"  ({self.method})" if self.method not in self.backend else "")))
        lines.append(("noise", _brief(self.noise) if self.noise else "none"))
        lines.append(("shots", "exact or differing" if self.shots is None else f"{self.shots:,}"))
        lines.append(("seed", str(self.seed)))
        moments = [(name, getattr(self, name)) for name in ("created", "started", "ended")]
        lines += [(name, f"{moment:%Y-%m-%d %H:%M:%S.%f}"[:-3] + " UTC") for name, moment in moments if moment]
        if self.seconds:
            lines.append(("took", ", ".join(f"{step} {duration(value)}" for step, value in self.seconds.items())))
        lines.append(("attempt", str(self.attempt)))
        if self.cost is not None:
            lines.append(("cost", f"{self.cost:,.2f} USD" if self.cost else "nothing"))
        if self.versions:
            lines.append(("versions", ", ".join(f"{name} {version}" for name, version in self.versions.items())))
        if self.environment is not None:
            lines.append(("environment", self.environment.executable))
        lines += [("note", note) for note in self.notes]
        if self.cell:
            lines.append(("cell", self.cell.strip().replace("\n", "\n" + " " * 13)))
        return "\n".join(f"{name:<11}  {value}" for name, value in lines)

    __repr__ = __str__


def _utc(seconds: float) -> datetime.datetime:
    return datetime.datetime.fromtimestamp(seconds, datetime.UTC)


def _brief(noise: str) -> str:
    return noise if len(noise) <= 60 else "a noise model"
