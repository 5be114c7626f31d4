"""A plan as text and as HTML: what runs it and why, what comes next, what cannot, and the facts behind it.

Circuits whose plans are the same are shown once. Numbers are estimates, and have two digits.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator
from typing import TYPE_CHECKING

from qmagic.display.page import escaped, note, page

if TYPE_CHECKING:
    from qmagic.plans.facts import Facts
    from qmagic.plans.plan import Plan, PubPlan

__all__ = ["plan_html", "plan_text"]

#: Circuits that are shown one by one, and parts of one circuit.
_MOST_PUBS, _MOST_PARTS = 12, 3
_NOTHING_RUNS = "nothing has run"


def plan_text(plan: Plan) -> str:
    """Returns a plan as plain text."""
    lines: list[str] = []
    groups = list(_groups(plan))
    for title, pub in groups[:_MOST_PUBS]:
        lines += [title] if title else []
        lines += _text_of(pub)
    lines += _last_lines(plan, len(groups))
    return "\n".join(lines)


def plan_html(plan: Plan) -> str:
    """Returns a plan as HTML without scripts."""
    groups = list(_groups(plan))
    parts = [
        (f'<div class="qm-name">{escaped(title)}</div>' if title else "") + _html_of(pub, bool(title))
        for title, pub in groups[:_MOST_PUBS]
    ]
    head = _head(groups[0][1]) if len(groups) == 1 else f"{len(plan.pubs)} circuits · about {duration(plan.seconds)}"
    gap = '<div style="height:12px"></div>'
    return page(head, gap.join(parts) + note(_last_lines(plan, len(groups))))


def duration(seconds: float) -> str:
    """Returns an estimated time: ``"0.12 ms"``, ``"3.4 s"``, ``"20 min"``, ``"over a year"``."""
    if not math.isfinite(seconds):
        return "nobody knows how long"
    for unit, size in (("ms", 1e-3), ("s", 1.0), ("min", 60.0), ("h", 3600.0), ("days", 86_400.0)):
        amount = seconds / size
        if amount < {"ms": 999.5, "s": 99.5, "min": 99.5, "h": 47.5}.get(unit, 365.0):
            return f"under 0.1 {unit}" if unit == "ms" and amount < 0.1 else f"{_two(amount)} {unit}"
    return "over a year"


def memory(size: float) -> str:
    """Returns a number of bytes: ``"512 kB"``, ``"16 GB"``."""
    for unit in ("B", "kB", "MB", "GB", "TB"):
        if size < 1000:
            return f"{_two(size)} {unit}"
        size /= 1024
    return "more than there is"


def _two(amount: float) -> str:
    """Returns a number with two digits, or all before the point."""
    return f"{amount:.0f}" if amount >= 9.95 else f"{amount:.1f}" if amount >= 0.995 else f"{amount:.2g}"


def _groups(plan: Plan) -> Iterator[tuple[str, PubPlan]]:
    """Yields each plan that differs from the one before, with a title that names its circuits; "" for a single one."""
    if len(plan.pubs) == 1:
        yield "", plan.pubs[0]
        return
    first = 0
    for pub, same in itertools.groupby(plan.pubs):
        last = first + len(list(same)) - 1
        yield (f"circuit {first}" if last == first else f"circuits {first} to {last}, each"), pub
        first = last + 1


def _head(pub: PubPlan) -> str:
    return "cannot run" if pub.error else f"{pub.chosen.backend} · about {duration(pub.chosen.seconds)}"


def _asked(pub: PubPlan) -> str:
    return "exact values" if pub.shots is None else f"{pub.shots:,} shot{'s' * (pub.shots != 1)}"


def _text_of(pub: PubPlan) -> list[str]:
    if pub.error:
        return ["cannot run", f"  {pub.error}"]
    lines = [
        f"{pub.chosen.backend}: {pub.chosen.why}",
        f"  about {duration(pub.chosen.seconds)}, {memory(pub.chosen.memory)}, {_asked(pub)}",
        *[f"  {line}" for line in _fact_lines(pub)],
    ]
    rows = [("next" if at == 0 else "", *row) for at, row in enumerate(_alternatives(pub))]
    rows += [("not" if at == 0 else "", *row) for at, row in enumerate(_refusals(pub))]
    width = max([len(row[1]) for row in rows], default=0)
    return lines + [f"  {row[0]:4}  {row[1]:{width}}  {row[2]}" for row in rows]


def _html_of(pub: PubPlan, named: bool) -> str:
    if pub.error:
        return f'<div class="qm-say">{escaped(pub.error)}</div>'
    rows = [
        (f"<b>{escaped(pub.chosen.backend)}</b>", pub.chosen.seconds, pub.chosen.memory, "<b>runs it</b>"),
        *[
            (escaped(one.backend), one.seconds, one.memory, "next, if that turns out badly" if at == 0 else "")
            for at, one in enumerate(pub.alternatives)
        ],
    ]
    body = "".join(
        f'<tr><th scope="row" class="qm-key">{name}</th><td>{escaped(duration(seconds))}</td>'
        f'<td>{escaped(memory(size))}</td><td class="qm-text">{what}</td></tr>'
        for name, seconds, size, what in rows
    )
    body += "".join(
        f'<tr><th scope="row" class="qm-key qm-soft">{escaped(name)}</th><td class="qm-soft">–</td>'
        f'<td class="qm-soft">–</td><td class="qm-text qm-soft">{escaped(why)}</td></tr>'
        for name, why in _refusals(pub)
    )
    head = '<th scope="col">backend</th><th scope="col">about</th><th scope="col">memory</th><th></th>'
    why = f"{pub.chosen.backend}: {pub.chosen.why}" if named else pub.chosen.why
    table = f'<table class="qm-t qm-list"><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>'
    return f'<div class="qm-say">{escaped(_sentence(why))}</div>{table}{note(_fact_lines(pub))}'


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:] + "."


def _alternatives(pub: PubPlan) -> list[tuple[str, str]]:
    return [(one.backend, f"about {duration(one.seconds)}, {memory(one.memory)}") for one in pub.alternatives]


def _refusals(pub: PubPlan) -> list[tuple[str, str]]:
    return [(one.backend, one.why) for one in pub.refused]


def _fact_lines(pub: PubPlan) -> list[str]:
    lines = [pub.saved] if pub.saved else []
    lines += [_facts_line(facts) for facts in pub.facts[:_MOST_PARTS]]
    if len(pub.facts) > _MOST_PARTS:
        lines.append(f"and {len(pub.facts) - _MOST_PARTS} smaller parts")
    return lines


def _facts_line(facts: Facts) -> str:
    words = [
        f"{facts.qubits:,} qubits",
        f"{facts.gates:,} gates ({facts.two_qubit:,} on two or more qubits)",
        f"depth {facts.depth:,}",
        "all Clifford" if facts.clifford else f"{facts.not_clifford:,} not Clifford ({facts.first_not_clifford})",
        f"entanglement at most {facts.bond} bit{'s' * (facts.bond != 1)} across a cut",
        f"at most 2^{facts.spread} amplitudes",
    ]
    words += [f"{facts.parameters} free parameters"] if facts.parameters else []
    words += [facts.obstacle] if facts.obstacle else []
    return ", ".join(words)


def _last_lines(plan: Plan, groups: int) -> list[str]:
    lines = [f"… and {groups - _MOST_PUBS} more; .pubs has all"] if groups > _MOST_PUBS else []
    if groups > 1:
        lines.append(f"all together about {duration(plan.seconds)}, {memory(plan.memory)} at the peak")
    lines += [f"would help: {line}" for line in plan.missing]
    return [*lines, f"planned in {duration(plan.planning)}; {_NOTHING_RUNS}"]
