"""The Jupyter server's door to the job service: REST and a WebSocket for the panel and the cards, and nothing else.

Jupyter finds it by `_jupyter_server_extension_points`, and ``jupyter-config/server-config/qmagic.json``, which is
installed with the package, switches it on.
"""

from __future__ import annotations

from typing import Any

__all__: list[str] = []


def _jupyter_server_extension_points() -> list[dict[str, Any]]:
    from qmagic.serverextension.app import QmagicExtension

    return [{"module": "qmagic.serverextension", "app": QmagicExtension}]
