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
    from qmagic.plans.plan import Choice, Plan, PubPlan

__all__ = ["plan_html", "plan_text"]

#: Circuits that are shown one by one, and parts of one circuit.
_MOST_PUBS, _MOST_PARTS = 12, 3


def plan_text(plan: Plan) -> str:
    """Returns a plan as plain text."""
    lines: list[str] = []
    groups = list(_groups(plan))
    for title, pub in groups[:_MOST_PUBS]:
        lines += [title] if title else []
        lines += _text_of(pub, "next" if plan.backend == "auto" else "else")
    lines += _last_lines(plan, len(groups))
    return "\n".join(lines)


def plan_html(plan: Plan) -> str:
    """Returns a plan as HTML without scripts."""
    groups = list(_groups(plan))
    then = "next, if that turns out badly" if plan.backend == "auto" else ""
    parts = [
        (f'<div class="qm-name">{escaped(title)}</div>' if title else "") + _html_of(pub, then, bool(title))
        for title, pub in groups[:_MOST_PUBS]
    ]
    head = _head(groups[0][1]) if len(groups) == 1 else f"{len(plan.pubs)} circuits · {about(plan.seconds)}"
    gap = '<div style="height:12px"></div>'
    return page(head, gap.join(parts) + note(_last_lines(plan, len(groups))))


def about(seconds: float) -> str:
    """Returns an estimated time: ``"about 0.12 ms"``, ``"about 20 min"``, ``"over a year"``."""
    if not math.isfinite(seconds):
        return "time unknown"
    if seconds < 1e-4:
        return "under 0.1 ms"
    for unit, size, most in (("ms", 1e-3, 999.5), ("s", 1.0, 99.5), ("min", 60.0, 99.5), ("h", 3600.0, 47.5)):
        if seconds / size < most:
            return f"about {_two(seconds / size)} {unit}"
    days = seconds / 86_400
    return f"about {days:.0f} days" if days < 365 else "over a year"


def memory(size: float) -> str:
    """Returns a number of bytes: ``"512 kB"``, ``"16 GB"``."""
    if size < 1024:
        return f"{size:.0f} B"
    for unit in ("kB", "MB", "GB", "TB"):
        size /= 1024
        if size < 1000:
            return f"{_two(size)} {unit}"
    return "more than there is"


def _two(amount: float) -> str:
    """Returns a number with two digits, or all before the point."""
    return f"{amount:.0f}" if amount >= 9.95 else f"{amount:.1f}" if amount >= 0.995 else f"{amount:.2g}"


def _took(seconds: float) -> str:
    return about(seconds).removeprefix("about ")


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
    return "cannot run" if pub.error else f"{pub.chosen.backend} · {about(pub.chosen.seconds)} · {_asked(pub)}"


def _asked(pub: PubPlan) -> str:
    return "exact values" if pub.shots is None else _number(pub.shots, "shot")


def _text_of(pub: PubPlan, then: str) -> list[str]:
    if pub.error:
        lines = ["cannot run", f"  {pub.error}"]
    else:
        numbers = f"{about(pub.chosen.seconds)}, {memory(pub.chosen.memory)}, {_asked(pub)}"
        lines = [f"{pub.chosen.backend}: {pub.chosen.why}", f"  {numbers}"]
    lines += [f"  {line}" for line in _fact_lines(pub)]
    rows = [
        (then if at == 0 else "", one.backend, f"{about(one.seconds)}, {memory(one.memory)}")
        for at, one in enumerate(pub.alternatives)
    ]
    rows += [("not" if at == 0 else "", names, why) for at, (names, why) in enumerate(_refusals(pub))]
    width = max([len(row[1]) for row in rows], default=0)
    return lines + [f"  {row[0]:4}  {row[1]:{width}}  {row[2]}" for row in rows]


def _html_of(pub: PubPlan, then: str, named: bool) -> str:
    rows = [_row(one, then if at == 0 else "") for at, one in enumerate(pub.alternatives)]
    if not pub.error:
        rows.insert(0, _row(pub.chosen, "runs it", chosen=True))
    rows += [
        f'<tr><th scope="row" class="qm-id qm-soft">{escaped(names)}</th><td class="qm-soft">–</td>'
        f'<td class="qm-soft">–</td><td class="qm-text qm-soft">{escaped(why)}</td></tr>'
        for names, why in _refusals(pub)
    ]
    head = '<th scope="col">backend</th><th scope="col">time</th><th scope="col">memory</th><th></th>'
    table = f'<table class="qm-t qm-list"><thead><tr>{head}</tr></thead><tbody>{"".join(rows)}</tbody></table>'
    why = pub.error or pub.chosen.why
    name = f"<b>{escaped(pub.chosen.backend)}</b>: " if named and not pub.error else ""
    said = f'<div class="qm-say">{name}{escaped(why if name else why[:1].upper() + why[1:])}.</div>'
    return said + (table if rows else "") + note(_fact_lines(pub))


def _row(one: Choice, remark: str, *, chosen: bool = False) -> str:
    cells = [escaped(text) for text in (one.backend, about(one.seconds), memory(one.memory), remark)]
    name, time, size, said = [f"<b>{cell}</b>" for cell in cells] if chosen else cells
    return (
        f'<tr><th scope="row" class="qm-id">{name}</th><td>{time}</td><td>{size}</td>'
        f'<td class="qm-text">{said}</td></tr>'
    )


def _refusals(pub: PubPlan) -> list[tuple[str, str]]:
    """Returns the backends that cannot, those with the same reason together."""
    names: dict[str, list[str]] = {}
    for one in pub.refused:
        names.setdefault(one.why, []).append(one.backend)
    return [(", ".join(of), why) for why, of in names.items()]


def _fact_lines(pub: PubPlan) -> list[str]:
    lines = [pub.saved] if pub.saved and pub.saved not in pub.chosen.why else []
    for facts in pub.facts[:_MOST_PARTS]:
        lines += _lines_of(facts)
    if len(pub.facts) > _MOST_PARTS:
        lines.append(f"and {len(pub.facts) - _MOST_PARTS} smaller parts")
    return lines


def _lines_of(facts: Facts) -> Iterator[str]:
    yield ", ".join(
        [
            _number(facts.qubits, "qubit"),
            f"{_number(facts.gates, 'gate')} ({facts.two_qubit:,} on two qubits or more)",
            f"depth {facts.depth:,}",
            *([_number(facts.parameters, "free parameter")] if facts.parameters else []),
            *([facts.obstacle] if facts.obstacle else []),
        ]
    )
    yield ", ".join(
        [
            "all Clifford" if facts.clifford else f"{facts.not_clifford:,} not Clifford ({facts.first_not_clifford})",
            f"entanglement at most {_number(facts.bond, 'bit')} across a cut",
            f"at most 2^{facts.spread} amplitudes",
        ]
    )


def _number(amount: int, what: str) -> str:
    return f"{amount:,} {what}{'s' * (amount != 1)}"


def _last_lines(plan: Plan, groups: int) -> list[str]:
    lines = [f"… and {groups - _MOST_PUBS} more; .pubs has all"] if groups > _MOST_PUBS else []
    if groups > 1:
        lines.append(f"all together {about(plan.seconds)}, {memory(plan.memory)} at the peak")
    lines += [f"would help: {line}" for line in plan.missing]
    return [*lines, f"planned in {_took(plan.planning)}; nothing has run"]
