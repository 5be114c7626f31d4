"""`GroupResult`: one circuit on several backends, or several times, as one view.

Runs on the same backend are one member: their counts are pooled where backends are compared, and set against each
other where there is one backend. A job that failed leaves its place empty and is named; the others are shown.
"""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from qmagic.errors import InputError
from qmagic.outcomes import SampledPub
from qmagic.results.comparison import Comparison, compare
from qmagic.results.result import Result
from qmagic.results.spread import Spread, spread

__all__ = ["GroupResult", "Member"]


@dataclasses.dataclass(frozen=True)
class Member:
    """What one backend gave.

    Attributes:
        label: The backend as it was asked for.
        results: One for each run.
    """

    label: str
    results: tuple[Result, ...]

    def counts(self, i: int = 0) -> dict[str, int]:
        """Returns the counts of PUB `i`, all runs together."""
        pooled: Counter[str] = Counter()
        for result in self.results:
            pooled.update(result.counts(i))
        return dict(sorted(pooled.items()))

    def distribution(self, i: int = 0) -> dict[str, float]:
        """Returns the relative frequencies of PUB `i`, all runs together."""
        counts = self.counts(i)
        shots = sum(counts.values())
        return {outcome: count / shots for outcome, count in counts.items()}


class GroupResult:
    """The results of a group of jobs; displays as one overlay, or as the spread of repeated runs.

    ``group["ibm-stub:manila"]`` is one backend's first result, ``group.members`` has all.

    Args:
        id: The group's id.
        members: One for each backend, in the order asked for.
        failures: Why jobs gave nothing, by backend and run.
    """

    def __init__(self, id: str, members: Sequence[Member], failures: dict[str, str] | None = None) -> None:
        self.id, self.members, self.failures = id, tuple(members), failures or {}

    @property
    def labels(self) -> list[str]:
        """The backends, in the order asked for."""
        return [member.label for member in self.members]

    @property
    def results(self) -> list[Result]:
        """Every result, run by run within each backend."""
        return [result for member in self.members for result in member.results]

    def counts(self, label: str = "", i: int = 0) -> dict[str, int]:
        """Returns the counts of PUB `i` on a backend, all runs together; by default of the first backend."""
        return self._member(label).counts(i)

    def compare(self, label: str, i: int = 0) -> Comparison:
        """Returns how far a backend is from the first one, for PUB `i`."""
        first, other = self.members[0], self._member(label)
        return compare(
            first.distribution(i),
            other.distribution(i),
            shots_a=sum(first.counts(i).values()),
            shots_b=sum(other.counts(i).values()),
            labels=(first.label, other.label),
        )

    def spread(self, label: str = "", i: int = 0) -> Spread:
        """Returns how the runs on a backend differ, for PUB `i`; by default on the first backend.

        Raises:
            InputError: It ran once only, or gave no counts.
        """
        return spread([result.counts(i) for result in self._member(label).results])

    @property
    def sampled(self) -> bool:
        """Whether all results are counts without parameter points, so that histograms can be laid over each other."""
        return all(
            isinstance(pub, SampledPub) and not pub.shape for result in self.results for pub in result.outcome.pubs
        )

    def _member(self, label: str) -> Member:
        for member in self.members:
            if label in ("", member.label):
                return member
        raise InputError(f"the group has no backend {label!r}; it has {', '.join(self.labels)}")

    def __getitem__(self, label: str) -> Result:
        return self._member(label).results[0]

    def __iter__(self) -> Iterator[str]:
        return iter(self.labels)

    def __len__(self) -> int:
        return len(self.members)

    def __repr__(self) -> str:
        from qmagic.display.group import group_text

        return group_text(self)

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:
        from qmagic.display.group import group_bundle

        return group_bundle(self)
