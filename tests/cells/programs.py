"""OpenQASM 3 programs that Qiskit's reference reader takes, for comparing ours with it."""

from __future__ import annotations

import math

import numpy as np

HEADER = 'OPENQASM 3.0;\ninclude "stdgates.inc";\n'

#: One construct each, all with unitary meaning or measurements at known places.
PROGRAMS = {
    "bell": "qubit[2] q; bit[2] c; h q[0]; cx q[0], q[1]; c = measure q;",
    "measure with an arrow": "qubit[2] q; bit[2] c; h q; measure q -> c;",
    "measure one": "qubit[2] q; bit[2] c; h q; c[0] = measure q[1];",
    "measure at declaration": "qubit[2] q; bit[2] c = measure q;",
    "measure slices": "qubit[3] q; bit[3] c; c[0:1] = measure q[1:2];",
    "angles": "qubit[2] q; rx(pi/4) q[0]; rx(2*pi/3 + 1) q[1]; ry(-pi/4) q[0]; rz(tau/2 - euler) q[1];",
    "unicode constants": "qubit q; rx(π) q; rx(τ/2) q; rx(ℇ) q;",
    "integer division": "qubit q; rx(3/2) q; rx(7/2*pi) q; rx(-8/2) q;",
    "number formats": "qubit[0x4] q; rx(1e-3) q[0b1]; rx(.5) q[0]; rx(3.) q[0o2]; rx(1_0) q[3];",
    "broadcast": "qubit[3] q; qubit a; h q; cx a, q; cx q, a;",
    "broadcast registers": "qubit[3] q; qubit[3] r; cx q, r;",
    "slices": "qubit[5] q; h q[0:2:4]; x q[1:3]; y q[3:-1:1];",
    "negative index": "qubit[5] q; h q[-1];",
    "sets": "qubit[5] q; h q[{0, 2}]; cx q[{0, 1}], q[{3, 4}];",
    "alias": "qubit[5] q; let a = q[1:2]; h a; cx a[0], a[1];",
    "concatenation": "qubit[2] q; qubit[2] r; let a = q ++ r; h a[3]; cx a[0], a[3];",
    "gate": "gate g(a, b) x, y { rx(a) x; cx x, y; rz(b) y; } qubit[2] q; g(0.1, 0.2) q[0], q[1];",
    "gate with phase": "gate g(a) x { gphase(a/2); ry(a) x; } qubit[2] q; g(0.1) q; ctrl @ g(0.7) q[0], q[1];",
    "gates in gates": "gate a(t) x { rx(t) x; } gate b(t) x, y { a(t/2) x; cx x, y; a(-t) y; } qubit[2] q;"
    " b(0.3) q[1], q[0];",
    "global phase": "qubit[2] q; gphase(0.3); h q[0]; inv @ gphase(0.1);",
    "controlled phase": "qubit[3] q; h q; ctrl @ gphase(0.3) q[0]; ctrl(2) @ gphase(0.4) q[1], q[2];"
    " negctrl @ gphase(0.2) q[0];",
    "ctrl": "qubit[3] q; h q; ctrl @ x q[0], q[1]; ctrl(2) @ y q[0], q[1], q[2];"
    " ctrl @ ctrl @ rz(0.3) q[2], q[1], q[0];",
    "negctrl": "qubit[3] q; h q; negctrl(2) @ x q[0], q[1], q[2]; negctrl @ ctrl @ y q[0], q[1], q[2];",
    "inv": "qubit[2] q; h q; inv @ s q[0]; inv @ cp(0.3) q[0], q[1]; inv @ U(0.1, 0.2, 0.3) q[1];",
    "pow": "qubit[2] q; h q; pow(2) @ s q[0]; pow(0.5) @ x q[1]; pow(-3) @ rx(0.2) q[0];"
    " ctrl @ pow(0.5) @ z q[0], q[1];",
    "standard gates": "qubit[3] q; h q; p(0.1) q[0]; x q[0]; y q[1]; z q[2]; s q[0]; sdg q[1]; t q[2]; tdg q[0];"
    " sx q[1]; rx(0.1) q[0]; ry(0.2) q[1]; rz(0.3) q[2]; cx q[0], q[1]; cy q[1], q[2]; cz q[2], q[0];"
    " cp(0.1) q[0], q[1]; crx(0.2) q[1], q[2]; cry(0.3) q[2], q[0]; crz(0.4) q[0], q[1]; ch q[1], q[2];"
    " swap q[0], q[2]; ccx q[0], q[1], q[2]; cswap q[0], q[1], q[2]; cu(0.1, 0.2, 0.3, 0.4) q[0], q[1];"
    " CX q[1], q[2]; phase(0.1) q[0]; cphase(0.2) q[0], q[1]; id q[0]; u1(0.1) q[0]; u2(0.1, 0.2) q[1];"
    " u3(0.1, 0.2, 0.3) q[2]; U(0.1, 0.2, 0.3) q[0];",
    "reset and barrier": "qubit[2] q; h q; reset q[0]; barrier q; barrier q[0]; barrier; reset q;",
    "delay": "qubit[2] q; delay[100ns] q[0]; delay[2dt] q; delay[1.5us] q[1];",
    "physical qubits": "h $0; cx $0, $3;",
    "old registers": "qreg q[2]; creg c[2]; h q[0]; measure q -> c;",
    "several registers": "qubit a; qubit[2] q; bit b; bit[2] c; h a; b = measure a; c = measure q;",
    "if on a bit": "qubit[2] q; bit[2] c; h q[0]; c[0] = measure q[0]; if (c[0]) { x q[1]; }",
    "if, not": "qubit[2] q; bit[2] c; c = measure q; if (!c[0]) x q[1];",
    "if, true": "qubit[2] q; bit[2] c; c = measure q; if (c[0] == true) { x q[1]; }",
    "if, else": "qubit[2] q; bit[2] c; h q; c = measure q; if (c == 1) { x q[1]; } else { z q[0]; x q[0]; }",
    "if on text": 'qubit[2] q; bit[2] c; c = measure q; if (c == "01") x q[0];',
    "if in if": "qubit[2] q; bit[2] c; c = measure q; if (c[0]) { if (c[1]) { x q[0]; } y q[1]; }",
    "while": "qubit[2] q; bit[2] c; h q; c = measure q; while (c[0]) { x q[0]; c = measure q; }",
    "while, break": "qubit[2] q; bit[2] c; h q; c = measure q;"
    " while (c == 3) { h q; c = measure q; if (c[0]) { break; } }",
    "counted loop": "qubit[2] q; for int i in [0:3] { rx(0.1) q[0]; ry(i*0.2) q[1]; cx q[0], q[1]; }",
    "counted loop with a step": "qubit[2] q; for uint i in [5:-2:0] { rx(i*0.1) q[0]; h q[0]; }",
    "counted loop over a set": "qubit[2] q; for int i in {4, 1, 2} { rx(i*0.1) q[0]; h q[0]; }",
    "comments": "/* h q; */ qubit[2] q; // x q;\nh q[0]; /* a\nb */ cx q[0], q[1];",
}

_SINGLE = ("x", "y", "z", "h", "s", "sdg", "t", "tdg", "sx", "id")
_ANGLE = ("rx", "ry", "rz", "p", "u1")
_DOUBLE = ("cx", "cy", "cz", "ch", "swap")
_DOUBLE_ANGLE = ("cp", "crx", "cry", "crz")


def random_program(seed: int) -> str:
    """Returns a program of random gates, gate definitions, modifiers, broadcasts and measurements."""
    random = np.random.default_rng(seed)
    width = int(random.integers(2, 5))
    lines = [f"qubit[{width}] q;", f"bit[{width}] c;"]
    if random.random() < 0.5:
        lines.insert(0, "gate own(a, b) x, y { rx(a) x; gphase(b); crz(a + b) x, y; inv @ s y; }")
    own = "own" in lines[0]
    for _ in range(int(random.integers(1, 15))):
        a, b = (int(i) for i in random.choice(width, 2, replace=False))
        modifier = str(random.choice(["", "", "", "inv @ ", "pow(2) @ "]))
        kind = int(random.integers(0, 8))
        if kind == 0:
            lines.append(f"{modifier}{random.choice(_SINGLE)} q[{a}];")
        elif kind == 1:
            lines.append(f"{modifier}{random.choice(_ANGLE)}({_angle(random)}) q[{a}];")
        elif kind == 2:
            lines.append(f"{modifier}{random.choice(_DOUBLE)} q[{a}], q[{b}];")
        elif kind == 3:
            lines.append(f"{modifier}{random.choice(_DOUBLE_ANGLE)}({_angle(random)}) q[{a}], q[{b}];")
        elif kind == 4:
            lines.append(f"{random.choice(_SINGLE)} q;")
        elif kind == 5:
            lines.append(f"{random.choice(['ctrl', 'negctrl'])} @ {random.choice(_SINGLE)} q[{a}], q[{b}];")
        elif kind == 6 and own:
            lines.append(f"own({_angle(random)}, {_angle(random)}) q[{a}], q[{b}];")
        else:
            lines.append(f"gphase({_angle(random)});")
    if random.random() < 0.5:
        lines.append(str(random.choice(["c = measure q;", "measure q -> c;", "c[0] = measure q[1];"])))
    separator = "\n" if random.random() < 0.5 else " "
    return HEADER + separator.join(lines)


def _angle(random: np.random.Generator) -> str:
    number = random.uniform(-2 * math.pi, 2 * math.pi)
    return str(
        random.choice(
            [f"{number:.6f}", f"pi/{random.integers(1, 9)}", f"-{random.integers(1, 9)}*pi/4", "1", "-2.5e-1"]
        )
    )
