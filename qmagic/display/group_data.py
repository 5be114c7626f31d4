"""What is shown of a group's PUB: an overlay of histograms, the spread of repeated runs, or a table.

Counts on several backends are laid over each other, with each one's distance to the first; counts of one backend that
ran several times show how the runs scatter. Expectation values, and counts at parameter points, are tables.
"""

from __future__ import annotations

import itertools
import math
import statistics

import msgspec

from qmagic.display.histogram import histogram, order_note
from qmagic.display.numbers import exact, parameter, percent, with_error
from qmagic.display.views import MOST_CURVES, Overlaid, overlaid
from qmagic.outcomes import EstimatedPub, SampledPub
from qmagic.results.group import GroupResult, Member
from qmagic.results.points import estimates
from qmagic.results.spread import Outcome

__all__ = ["Laid", "Scattered", "Table", "headline", "view_of"]

_MOST_ROWS = 101


class Table(msgspec.Struct, frozen=True):
    """Rows of text under a head; `total` counts rows that were left out too."""

    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    total: int
    note: str = ""


class Laid(msgspec.Struct, frozen=True):
    """Distributions over each other: a colour for each label, and how far each is from the first."""

    labels: tuple[str, ...]
    rows: tuple[Overlaid, ...]
    distances: Table
    note: str


class Scattered(msgspec.Struct, frozen=True):
    """The runs of one backend: the outcomes that are shown, and what they tell."""

    label: str
    outcomes: tuple[Outcome, ...]
    left_out: int
    note: str


def headline(group: GroupResult, *, lasting: bool) -> str:
    """Returns a group in one line; `lasting` leaves its id out."""
    runs = [len(member.results) for member in group.members]
    parts = [group.results[0].info.name] if group.results[0].info.name else []
    parts.append(group.labels[0] if len(runs) == 1 else f"{len(runs)} backends")
    if max(runs) > 1:
        parts.append(f"{max(runs)} runs" + (" each" if len(runs) > 1 else ""))
    shots = {result.shots for result in group.results}
    if len(shots) == 1 and (only := shots.pop()):
        parts.append(f"{only:,} shots" + (" each" if len(group.results) > 1 else ""))
    if group.failures:
        parts.append(f"{len(group.failures)} without a result")
    return " · ".join(parts if lasting else [*parts, f"group {group.id}"])


def view_of(group: GroupResult, i: int, most: int) -> Laid | Scattered | Table:
    """Returns how PUB `i` is shown, with at most `most` outcomes."""
    pub = group.results[0].outcome.pubs[i]
    if isinstance(pub, EstimatedPub):
        return _values(group, i)
    if pub.shape:
        return _points(group, i)
    if len(group.members) == 1 and len(group.members[0].results) > 1:
        return _scattered(group, i, most)
    return _laid(group, i, most)


def _laid(group: GroupResult, i: int, most: int) -> Laid:
    drawn = group.members[:MOST_CURVES]
    shots = [sum(member.counts(i).values()) for member in drawn]
    rows = overlaid([member.distribution(i) for member in drawn], shots, most)
    notes = [_order(group, i), "whiskers: 95 % Wilson interval"]
    if len(drawn) < len(group):
        notes.append(f"{len(drawn)} of {len(group)} backends are drawn; the table has all")
    return Laid(tuple([member.label for member in drawn]), tuple(rows), _distances(group, i), " · ".join(notes))


def _distances(group: GroupResult, i: int) -> Table:
    repeated = any(len(member.results) > 1 for member in group.members)
    more = ("runs scatter",) if repeated else ()
    head = (f"against {group.labels[0]}", "distance", "by sampling", "fidelity", *more)
    rows = []
    for member in group.members if repeated else group.members[1:]:
        one = group.compare(member.label, i)
        told = (f"{one.total_variation:.4f}", f"{one.sampling:.4f}", f"{one.fidelity:.4f}")
        first = ("", "", "") if member is group.members[0] else told
        rows.append((member.label, *first, *((_ratio(group, member, i),) if repeated else ())))
    note = "total variation distance; what sampling alone would bring; Hellinger fidelity"
    return Table(head, tuple(rows), len(rows), note if len(group) > 1 else "")


def _ratio(group: GroupResult, member: Member, i: int) -> str:
    if len(member.results) < 2:
        return ""
    found = group.spread(member.label, i)
    return "none" if found.ratio is None else f"{found.ratio:.2f} × shot noise (1 ± {found.scatter:.2f})"


def _scattered(group: GroupResult, i: int, most: int) -> Scattered:
    found = group.spread("", i)
    shown = found.outcomes
    if len(shown) > most:
        shown = tuple(sorted(shown, key=lambda one: (-one.mean, one.label))[:most])
    notes = [found.sentence, "dots: runs; band: ± 1 standard deviation of shot noise", _order(group, i)]
    return Scattered(group.labels[0], shown, len(found.outcomes) - len(shown), " · ".join(notes))


def _values(group: GroupResult, i: int) -> Table:
    columns = [[estimates(result, i) for result in member.results] for member in group.members]
    rows = []
    for at, one in enumerate(columns[0][0][:_MOST_ROWS]):
        names = "".join(f"  {name}={parameter(value)}" for name, value in list(one.parameters.items())[:3])
        cells = [_value([run[at].value for run in runs], [run[at].std for run in runs]) for runs in columns]
        rows.append((one.label + names, *cells))
    repeated = any(len(runs) > 1 for runs in columns)
    note = "± standard deviation over the runs (standard error of one run)" if repeated else "± one standard error"
    return Table(("observable", *group.labels), tuple(rows), len(columns[0][0]), note)


def _value(values: list[float], errors: list[float]) -> str:
    mean = math.fsum(values) / len(values)
    if len(values) > 1:
        value, std = with_error(mean, statistics.stdev(values))
        return f"{value} ± {std} ({math.sqrt(math.fsum(error**2 for error in errors) / len(errors)):.2g})"
    return f"{exact(mean)} exact" if errors[0] == 0 else " ± ".join(with_error(mean, errors[0]))


def _points(group: GroupResult, i: int) -> Table:
    pubs = [member.results[0].outcome.pubs[i] for member in group.members]
    places = list(itertools.product(*map(range, pubs[0].shape)))
    rows = []
    for place in places[:_MOST_ROWS]:
        cells = []
        for pub in pubs:
            assert isinstance(pub, SampledPub)
            cells.append(", ".join(f"{bar.label} {percent(bar.value)}" for bar in histogram(pub, place, most=4).bars))
        rows.append((", ".join(map(str, place)), *cells))
    return Table(("point", *group.labels), tuple(rows), len(places), _order(group, i))


def _order(group: GroupResult, i: int) -> str:
    pub = group.results[0].outcome.pubs[i]
    assert isinstance(pub, SampledPub)
    return order_note(pub)
