"""Writes qmagic/loops/problems/integrals.json: the electrons of H2 and LiH at their usual bond lengths, by PySCF.

python tools/write_integrals.py
"""

from __future__ import annotations

import json
from importlib.metadata import version
from pathlib import Path

from qmagic.loops.problems.electrons import Electrons, computed
from qmagic.loops.problems.geometry import KNOWN, geometry

OUT = Path(__file__).parents[1] / "qmagic/loops/problems/integrals.json"
DIGITS = 13  # after the point, in Hartree


def data(electrons: Electrons) -> dict[str, object]:
    """Returns the numbers that are not equal to others by symmetry."""
    lower = [(p, q) for p in range(electrons.orbitals) for q in range(p + 1)]
    return {
        "pairs": electrons.pairs,
        "irreps": list(electrons.irreps),
        "constant": _rounded(electrons.constant),
        "hartree_fock": _rounded(electrons.hartree_fock),
        "exact": _rounded(electrons.exact),
        "one": [_rounded(electrons.one[pq]) for pq in lower],
        "two": [_rounded(electrons.two[(*pq, *rs)]) for i, pq in enumerate(lower) for rs in lower[: i + 1]],
    }


def _rounded(value: float) -> float:
    return round(float(value), DIGITS) + 0.0  # no -0.0


def main() -> None:
    """Computes and writes."""
    molecules = {}
    for name in ("H2", "LiH"):
        molecules[name] = {
            "distance_angstrom": KNOWN[name][0], **data(computed(geometry(name, None), 0, None, "sto-3g")),
        }  # fmt: skip
    what = (
        f"Integrals over restricted Hartree-Fock orbitals in STO-3G, in Hartree, and full configuration interaction "
        f"(exact), by PySCF {version('pyscf')}; written by tools/write_integrals.py, read by electrons.py."
    )
    lines = [f"    {json.dumps(name)}: {json.dumps(one)}" for name, one in molecules.items()]
    OUT.write_text(
        f'{{\n  "what": {json.dumps(what)},\n  "molecules": {{\n' + ",\n".join(lines) + "\n  }\n}\n", "utf-8"
    )


if __name__ == "__main__":
    main()
