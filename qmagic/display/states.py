"""The state of a small circuit in text, in HTML, and as JSON for our own renderer, which walks through the gates."""

from __future__ import annotations

import base64
import cmath
import math
import struct
from typing import TYPE_CHECKING, Any

from qmagic.display.numbers import percent
from qmagic.display.page import note
from qmagic.display.palette import fill

if TYPE_CHECKING:
    from qmagic.outcomes import StateTrace
    from qmagic.results.state import State

__all__ = ["state_json", "state_lines", "state_tables"]

_MOST_ROWS = 16
_NOTHING = 1e-9
_MINUS = "\N{MINUS SIGN}"


def state_lines(state: State) -> list[str]:
    """Returns the last state as lines of text: amplitudes, then each qubit's Bloch vector."""
    rows, left = _rows(state)
    lines = [f"|{label}⟩  {amplitude:>17}  {chance:>7}  {phase}".rstrip() for label, amplitude, chance, phase in rows]
    if left:
        lines.append(f"… and {left} more; state.amplitudes() has all")
    lines += [f"q{qubit}  Bloch vector ({x}, {y}, {z})" for qubit, (x, y, z) in enumerate(_vectors(state))]
    return [*lines, f"after {state.steps[-1]}; qubit 0 rightmost"]


def state_tables(state: State) -> str:
    """Returns the last state as two tables."""
    rows, left = _rows(state)
    body = "".join(
        f'<tr><th scope="row" class="qm-key">|{label}⟩</th><td class="qm-bar">{_bar(chance)}</td><td>{chance}</td>'
        f'<td>{phase}</td><td class="qm-soft">{amplitude}</td></tr>'
        for label, amplitude, chance, phase in rows
    )
    heads = "".join(f'<th scope="col">{name}</th>' for name in ("state", "", "probability", "phase", "amplitude"))
    vectors = "".join(
        f'<tr><th scope="row">q{qubit}</th><td>{x}</td><td>{y}</td><td>{z}</td></tr>'
        for qubit, (x, y, z) in enumerate(_vectors(state))
    )
    names = "".join(f'<th scope="col">{name}</th>' for name in ("qubit", "⟨X⟩", "⟨Y⟩", "⟨Z⟩"))
    small = [f"… and {left} more; state.amplitudes() has all"] if left else []
    return (
        f'<table class="qm-t qm-bars"><thead><tr>{heads}</tr></thead><tbody>{body}</tbody></table>'
        + note([*small, f"after {state.steps[-1]} · qubit 0 rightmost"])
        + f'<details><summary>Bloch vectors</summary><div><table class="qm-t"><thead><tr>{names}</tr></thead>'
        f"<tbody>{vectors}</tbody></table></div></details>"
    )


def state_json(trace: StateTrace) -> dict[str, Any]:
    """Returns all steps; amplitudes as float32, little-endian, base64: enough for the eye, at a third of the size."""
    count = len(trace.amplitudes) // 8
    floats = struct.pack(f"<{count}f", *struct.unpack(f"<{count}d", trace.amplitudes))
    return {
        "num_qubits": trace.num_qubits,
        "steps": list(trace.steps),
        "amplitudes": base64.b64encode(floats).decode("ascii"),
    }


def _rows(state: State) -> tuple[list[tuple[str, str, str, str]], int]:
    """Returns label, amplitude, probability and phase of the most probable basis states, and how many are left."""
    amplitudes = state.amplitudes()
    there = [i for i, amplitude in enumerate(amplitudes) if abs(amplitude) ** 2 > _NOTHING]
    shown = sorted(sorted(there, key=lambda i: (-round(abs(amplitudes[i]) ** 2, 9), i))[:_MOST_ROWS])
    rows = [
        (f"{i:0{state.num_qubits}b}", _complex(amplitudes[i]), percent(abs(amplitudes[i]) ** 2), _angle(amplitudes[i]))
        for i in shown
    ]
    return rows, len(there) - len(shown)


def _vectors(state: State) -> list[tuple[str, ...]]:
    return [tuple(_real(part, 3) for part in state.bloch(qubit)) for qubit in range(state.num_qubits)]


def _complex(value: complex) -> str:
    real, imaginary = _real(value.real, 4), _real(abs(value.imag), 4)
    if float(imaginary) == 0:
        return real
    return f"{real} {_MINUS if value.imag < 0 else '+'} {imaginary}i"


def _real(value: float, decimals: int) -> str:
    text = f"{value:.{decimals}f}"
    return text.lstrip("-") if float(text) == 0 else text.replace("-", _MINUS)


def _angle(value: complex) -> str:
    """Returns a phase as a fraction of π where it is one, else to two decimals."""
    times = cmath.phase(value) / math.pi
    for below in (1, 2, 3, 4, 6, 8):
        above = round(times * below)
        if abs(above - times * below) < 1e-6:
            sign, size = _MINUS if above < 0 else "", abs(above)
            return "0" if size == 0 else f"{sign}{'' if size == 1 else size}π{'' if below == 1 else f'/{below}'}"
    return f"{times:.2f}π".replace("-", _MINUS)


def _bar(chance: str) -> str:
    width = chance.strip("<> %")
    bar = f'<rect {fill(0)} y="4" width="{width}%" height="12" rx="2"/>'
    return f'<svg width="100%" height="20" aria-hidden="true">{bar}</svg>'
