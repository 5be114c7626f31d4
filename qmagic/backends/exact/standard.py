"""Qiskit's standard gates in turns, phases and flips, by identities such as ``H = RY(pi/2) Z``.

Each function takes the list to write to, the gate's qubits and its angles. Each identity holds up to a global phase.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

from qmagic.backends.exact.steps import Flip, Phase, Step, Sum, Turn

__all__ = ["STANDARD", "phase"]

_PI = Sum(math.pi)
_HALF = Sum(math.pi / 2)

_Qubits = Sequence[int]
_Angles = Sequence[Sum]
_Writer = Callable[[list[Step], _Qubits, _Angles], None]


def phase(out: list[Step], qubits: _Qubits, angle: Sum) -> None:
    """Writes ``exp(i angle)`` where all qubits are 1: the projector is a product of ``(1 - Z) / 2``."""
    masks = [0]
    for qubit in qubits:
        masks += [mask | 1 << qubit for mask in masks]
    # exp(i a P), P = 2^-k sum of (-1)^|mask| Z_mask, and a Phase is exp(-i w Z / 2).
    out += [Phase(mask, angle * (-2.0 * (-1) ** mask.bit_count() / len(masks))) for mask in masks[1:]]


def _z(out: list[Step], angle: Sum, *qubits: int) -> None:
    out.append(Phase(sum(1 << qubit for qubit in qubits), angle))


def _u(out: list[Step], qubits: _Qubits, angles: _Angles) -> None:
    """U(theta, phi, lambda) = P(phi) RY(theta) P(lambda)."""
    theta, phi, lam = angles
    _z(out, lam, qubits[0])
    out.append(Turn(qubits[0], theta))
    _z(out, phi, qubits[0])


def _r(out: list[Step], qubits: _Qubits, angles: _Angles) -> None:
    """A rotation about the axis cos(phi) X + sin(phi) Y: RZ(phi - pi/2) RY(theta) RZ(pi/2 - phi)."""
    theta, phi = angles
    _u(out, qubits, (theta, phi + -_HALF, _HALF + -phi))


def _rx(out: list[Step], qubits: _Qubits, angles: _Angles) -> None:
    _r(out, qubits, (angles[0], Sum()))


def _h(out: list[Step], *qubits: int) -> None:
    for qubit in qubits:
        _u(out, [qubit], (_HALF, Sum(), _PI))


def _y(out: list[Step], qubits: _Qubits, angles: _Angles) -> None:
    phase(out, qubits, _PI)
    out.append(Flip(qubits[0]))


def _mcx(out: list[Step], qubits: _Qubits, angles: _Angles) -> None:
    out.append(Flip(qubits[-1], sum(1 << qubit for qubit in qubits[:-1])))


def _cy(out: list[Step], qubits: _Qubits, angles: _Angles) -> None:
    _z(out, -_HALF, qubits[1])
    _mcx(out, qubits, ())
    _z(out, _HALF, qubits[1])


def _ch(out: list[Step], qubits: _Qubits, angles: _Angles) -> None:
    """H = RY(pi/4) Z RY(-pi/4)."""
    out.append(Turn(qubits[1], -_HALF * 0.5))
    phase(out, qubits, _PI)
    out.append(Turn(qubits[1], _HALF * 0.5))


def _mcsx(out: list[Step], qubits: _Qubits, angles: _Angles) -> None:
    """sqrt(X) = H S H."""
    _h(out, qubits[-1])
    phase(out, qubits, _HALF)
    _h(out, qubits[-1])


def _cry(out: list[Step], qubits: _Qubits, angles: _Angles) -> None:
    """Z RY(-theta/2) Z = RY(theta/2): the halves add up where the control is 1, and cancel where it is 0."""
    half = angles[0] * 0.5
    out.append(Turn(qubits[1], half))
    phase(out, qubits, _PI)
    out.append(Turn(qubits[1], -half))
    phase(out, qubits, _PI)


def _crx(out: list[Step], qubits: _Qubits, angles: _Angles) -> None:
    _z(out, _HALF, qubits[1])
    _cry(out, qubits, angles)
    _z(out, -_HALF, qubits[1])


def _crz(out: list[Step], qubits: _Qubits, angles: _Angles) -> None:
    half = angles[0] * 0.5
    _z(out, half, qubits[1])
    _z(out, -half, *qubits)


def _cu(out: list[Step], qubits: _Qubits, angles: _Angles) -> None:
    """A controlled P(phi) RY(theta) P(lambda), and P(gamma) on the control."""
    theta, phi, lam, *gamma = angles
    for angle in gamma:
        phase(out, qubits[:1], angle)
    phase(out, qubits, lam)
    _cry(out, qubits, (theta,))
    phase(out, qubits, phi)


def _swap(out: list[Step], qubits: _Qubits, angles: _Angles) -> None:
    a, b = qubits
    out += [Flip(b, 1 << a), Flip(a, 1 << b), Flip(b, 1 << a)]


def _cswap(out: list[Step], qubits: _Qubits, angles: _Angles) -> None:
    control, a, b = qubits
    out += [Flip(a, 1 << b), Flip(b, 1 << a | 1 << control), Flip(a, 1 << b)]


def _iswap(out: list[Step], qubits: _Qubits, angles: _Angles) -> None:
    for qubit in qubits:
        _z(out, _HALF, qubit)
    phase(out, qubits, _PI)
    _swap(out, qubits, ())


def _dcx(out: list[Step], qubits: _Qubits, angles: _Angles) -> None:
    a, b = qubits
    out += [Flip(b, 1 << a), Flip(a, 1 << b)]


def _rzx(out: list[Step], qubits: _Qubits, angles: _Angles) -> None:
    _h(out, qubits[1])
    _z(out, angles[0], *qubits)
    _h(out, qubits[1])


def _rxx(out: list[Step], qubits: _Qubits, angles: _Angles) -> None:
    _h(out, *qubits)
    _z(out, angles[0], *qubits)
    _h(out, *qubits)


def _ryy(out: list[Step], qubits: _Qubits, angles: _Angles) -> None:
    """S X S^-1 = Y."""
    for qubit in qubits:
        _z(out, -_HALF, qubit)
    _rxx(out, qubits, angles)
    for qubit in qubits:
        _z(out, _HALF, qubit)


def _ecr(out: list[Step], qubits: _Qubits, angles: _Angles) -> None:
    _rzx(out, qubits, (_HALF * 0.5,))
    out.append(Flip(qubits[0]))
    _rzx(out, qubits, (-_HALF * 0.5,))


def _phases(angle: float) -> _Writer:
    return lambda out, qubits, angles: phase(out, qubits, Sum(angle))


#: Gates that are not here (``rccx``, ``xx_plus_yy``, ...) go by their definition.
STANDARD: dict[str, _Writer] = {
    "id": lambda out, qubits, angles: None,
    "x": _mcx, "cx": _mcx, "ccx": _mcx, "mcx": _mcx,
    "y": _y, "cy": _cy,
    "h": lambda out, qubits, angles: _h(out, qubits[0]), "ch": _ch,
    "sx": lambda out, qubits, angles: _rx(out, qubits, (_HALF,)),
    "sxdg": lambda out, qubits, angles: _rx(out, qubits, (-_HALF,)),
    "csx": _mcsx, "c3sx": _mcsx,
    "swap": _swap, "cswap": _cswap, "iswap": _iswap, "dcx": _dcx, "ecr": _ecr,
    "u": _u, "u3": _u, "u2": lambda out, qubits, angles: _u(out, qubits, (_HALF, *angles)), "r": _r,
    "rx": _rx,
    "ry": lambda out, qubits, angles: out.append(Turn(qubits[0], angles[0])),
    "crx": _crx, "cry": _cry, "crz": _crz, "cu": _cu, "cu3": _cu,
    "rxx": _rxx, "ryy": _ryy, "rzx": _rzx,
    **dict.fromkeys(("rz", "rzz"), lambda out, qubits, angles: _z(out, angles[0], *qubits)),
    **dict.fromkeys(("p", "u1", "cp", "cu1", "mcphase"), lambda out, qubits, angles: phase(out, qubits, angles[0])),
    **dict.fromkeys(("z", "cz", "ccz"), _phases(math.pi)),
    **dict.fromkeys(("s", "cs"), _phases(math.pi / 2)),
    **dict.fromkeys(("sdg", "csdg"), _phases(-math.pi / 2)),
    "t": _phases(math.pi / 4), "tdg": _phases(-math.pi / 4),
}  # fmt: skip
