"""A plan as data: what would run where, why, what else could, and what could not. It prints as text and as HTML."""

from __future__ import annotations

import html

import msgspec

from qmagic.plans.facts import Facts

__all__ = ["Choice", "Plan", "PubPlan", "Refused"]


class Choice(msgspec.Struct, frozen=True):
    """A backend that can run a circuit, with its estimated seconds and bytes, and why it would."""

    backend: str
    seconds: float
    memory: float
    why: str = ""


class Refused(msgspec.Struct, frozen=True):
    """A backend that cannot run a circuit, and why not."""

    backend: str
    why: str


class PubPlan(msgspec.Struct, frozen=True, omit_defaults=True):
    """The plan of one circuit.

    Attributes:
        chosen: What runs it.
        alternatives: What else could, the quickest first: if the first turns out badly, they are next.
        refused: What cannot.
        facts: What the choice rests on, for each part that has to be simulated.
        saved: What need not be simulated, in words; "" for nothing.
        shots: Shots of each point; None for exact values.
        error: Why nothing here can run it; "" where something can.
    """

    chosen: Choice
    alternatives: tuple[Choice, ...] = ()
    refused: tuple[Refused, ...] = ()
    facts: tuple[Facts, ...] = ()
    saved: str = ""
    shots: int | None = None
    error: str = ""


class Plan(msgspec.Struct, frozen=True):
    """What a job would do. Nothing has run.

    Attributes:
        pubs: One plan for each circuit.
        kind: ``"sample"`` or ``"estimate"``.
        seconds: Estimated seconds of the whole.
        memory: Estimated bytes at its peak.
        planning: Seconds that planning took.
        missing: Packages that are not installed and would help, each with what it does.
    """

    pubs: tuple[PubPlan, ...]
    kind: str
    seconds: float
    memory: float
    planning: float
    missing: tuple[str, ...] = ()

    def __repr__(self) -> str:
        lines: list[str] = []
        for i, pub in enumerate(self.pubs):
            if len(self.pubs) > 1:
                lines.append(f"circuit {i}")
            lines += _text_of(pub)
        lines += [f"would help: {line}" for line in self.missing]
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        parts = []
        for i, pub in enumerate(self.pubs):
            title = f"circuit {i}: " if len(self.pubs) > 1 else ""
            parts.append(_html_of(pub, title))
        parts += [f"<p>Would help: {html.escape(line)}</p>" for line in self.missing]
        return "".join(parts)


def _text_of(pub: PubPlan) -> list[str]:
    if pub.error:
        head = ["cannot run", f"  {pub.error}"]
    else:
        head = [
            f"{pub.chosen.backend}: {pub.chosen.why}",
            f"  about {_seconds(pub.chosen.seconds)}, {_size(pub.chosen.memory)}",
        ]
    head += [f"  {line}" for line in _fact_lines(pub)]
    for title, rows in (("else", _alternatives(pub)), ("not", _refusals(pub))):
        width = max((len(row[0]) for row in rows), default=0)
        for row in rows:
            head.append(f"  {title:4}  {row[0].ljust(width)}  {'  '.join(row[1:])}".rstrip())
    return head


def _html_of(pub: PubPlan, title: str) -> str:
    escape = html.escape
    if pub.error:
        made = f"<p><b>{escape(title)}cannot run</b>: {escape(pub.error)}</p>"
    else:
        made = (
            f"<p><b>{escape(title + pub.chosen.backend)}</b>: {escape(pub.chosen.why)}. "
            f"About {escape(_seconds(pub.chosen.seconds))}, {escape(_size(pub.chosen.memory))}.</p>"
        )
    made += "".join(f"<p>{escape(line)}</p>" for line in _fact_lines(pub))
    rows = [(name, seconds, memory, "") for name, seconds, memory in _alternatives(pub)]
    rows += [(name, "", "", why) for name, why in _refusals(pub)]
    if not rows:
        return made
    body = "".join(
        "<tr>" + "".join(f'<td style="text-align:left">{escape(cell)}</td>' for cell in row) + "</tr>" for row in rows
    )
    head = "".join(f'<th style="text-align:left">{cell}</th>' for cell in ("instead", "about", "memory", "why not"))
    return f"{made}<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def _alternatives(pub: PubPlan) -> list[tuple[str, str, str]]:
    return [(one.backend, f"about {_seconds(one.seconds)}", _size(one.memory)) for one in pub.alternatives]


def _refusals(pub: PubPlan) -> list[tuple[str, str]]:
    return [(one.backend, one.why) for one in pub.refused]


def _fact_lines(pub: PubPlan) -> list[str]:
    lines = [pub.saved] if pub.saved else []
    for facts in pub.facts[:3]:
        words = [
            f"{facts.qubits} qubits", f"{facts.gates} gates ({facts.two_qubit} on two or more)", f"depth {facts.depth}",
            "all Clifford" if facts.clifford else f"{facts.not_clifford} not Clifford ({facts.first_not_clifford})",
            f"entanglement at most {facts.bond} bits across a cut", f"at most 2^{facts.spread} amplitudes",
        ]  # fmt: skip
        words += [f"{facts.parameters} free parameters"] if facts.parameters else []
        words += [facts.obstacle] if facts.obstacle else []
        lines.append(", ".join(words))
    if len(pub.facts) > 3:
        lines.append(f"and {len(pub.facts) - 3} smaller parts")
    return lines


def _seconds(number: float) -> str:
    if number >= 86_400 * 365:
        return "years"
    for size, unit in ((86_400, "days"), (3600, "h"), (60, "min"), (1, "s")):
        if number >= 2 * size or (size == 1 and number >= 1):
            return f"{number / size:.3g} {unit}"
    return f"{max(number, 1e-5) * 1e3:.2g} ms"


def _size(number: float) -> str:
    for unit in ("B", "kB", "MB", "GB", "TB"):
        if number < 1024 or unit == "TB":
            break
        number /= 1024
    return f"{number:.3g} {unit}" if number < 1e6 else "more memory than there is"
