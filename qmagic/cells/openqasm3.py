from __future__ import annotations
from qiskit import qasm3
from qmagic.errors import SourceError
def load(text):
    try:
        return qasm3.loads(text)
    except Exception as e:
        raise SourceError(str(e)) from None
