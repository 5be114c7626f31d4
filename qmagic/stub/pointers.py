"""How to point each official client at a stub: environment variables, and the code that a person writes.

Everything that a client can read from its environment is there, so that unmodified code runs; what no client reads from
anywhere is one argument in the code.
"""

from __future__ import annotations

import msgspec

from qmagic.home import StubPlace
from qmagic.stub.ibm_account import CRN

__all__ = ["Pointer", "pointers"]

_WORKSPACE = "00000000-0000-0000-0000-000000000000"


class Pointer(msgspec.Struct, frozen=True):
    """How one cloud's clients find the stub.

    Attributes:
        cloud: ``"ibm"``, ``"braket"``, ``"azure"`` or ``"ionq"``.
        environment: Variables to set before the client is imported.
        code: What to write, with the token read from the environment.
    """

    cloud: str
    environment: dict[str, str]
    code: str


def pointers(place: StubPlace) -> list[Pointer]:
    """Returns how to point the clients of all clouds at a stub."""
    url, token = place.url, place.token
    return [
        Pointer(
            "ibm",
            {
                "QISKIT_IBM_CHANNEL": "ibm_quantum_platform",
                "IAM_URL": f"{url}/ibm/iam",
                "GLOBAL_SEARCH_URL": f"{url}/ibm/search",
                "GLOBAL_CATALOG_URL": f"{url}/ibm/catalog",
                "QISKIT_IBM_TOKEN": token,
                "QISKIT_IBM_INSTANCE": CRN,
                "QISKIT_IBM_URL": f"{url}/ibm/experimental",
            },
            "from qiskit_ibm_runtime import QiskitRuntimeService\nservice = QiskitRuntimeService()",
        ),
        Pointer(
            "braket",
            {
                "AWS_ENDPOINT_URL": f"{url}/braket",
                "AWS_ACCESS_KEY_ID": token,
                "AWS_SECRET_ACCESS_KEY": "stub",
                "AWS_DEFAULT_REGION": "us-east-1",
                "BRAKET_PRICE_OFFERS_URL": f"{url}/braket/offers.csv",
            },
            "from braket.aws import AwsDevice\n"
            'device = AwsDevice("arn:aws:braket:::device/quantum-simulator/amazon/sv1")',
        ),
        Pointer(
            "azure",
            {"AZURE_QUANTUM_STUB": f"{url}/azure", "AZURE_QUANTUM_STUB_KEY": token},
            "import os\n"
            "from azure.core.credentials import AzureKeyCredential\n"
            "from azure.quantum import Workspace\n"
            "workspace = Workspace(\n"
            f'    subscription_id="{_WORKSPACE}", resource_group="stub", name="stub", location="eastus",\n'
            '    credential=AzureKeyCredential(os.environ["AZURE_QUANTUM_STUB_KEY"]),\n'
            '    _quantum_endpoint=os.environ["AZURE_QUANTUM_STUB"],\n'
            ")",
        ),
        Pointer(
            "ionq",
            {"IONQ_API_URL": f"{url}/v0.4", "IONQ_REMOTE_HOST": url, "IONQ_API_KEY": token},
            "import cirq_ionq\nservice = cirq_ionq.Service()\n"
            "from qiskit_ionq import IonQProvider\nprovider = IonQProvider()",
        ),
    ]
