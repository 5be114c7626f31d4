"""The extension as the Jupyter server loads it: its routes, its threads, and a look at whether jobs wait."""

from __future__ import annotations

import threading

from jupyter_server.extension.application import ExtensionApp

from qmagic.client import view
from qmagic.client.connection import view_only
from qmagic.errors import QmagicError
from qmagic.serverextension.rest import ROUTES
from qmagic.serverextension.socket import EventsSocket
from qmagic.serverextension.threads import Threads
from qmagic.version import __version__

__all__ = ["QmagicExtension"]


class QmagicExtension(ExtensionApp):
    """qmagic's door in the Jupyter server. It has no page and no option of its own."""

    name = "qmagic"
    app_name = "qmagic"
    description = "Routes for qmagic's panel and job cards."
    version = __version__
    load_other_extensions = True

    def initialize_settings(self) -> None:
        """Gives the routes their threads."""
        self.settings["qmagic_threads"] = Threads()
        threading.Thread(target=self._wake, name="qmagic-wake", daemon=True).start()

    def initialize_handlers(self) -> None:
        """Adds the routes, below the server's own base URL."""
        self.handlers.extend([*ROUTES, (r"/qmagic/api/events", EventsSocket)])

    async def stop_extension(self) -> None:
        """Lets go of what waits."""
        self.settings["qmagic_threads"].close()
        EventsSocket.close_all()

    def _wake(self) -> None:
        """Starts the service where the store holds jobs that have not ended, and only there."""
        view_only()
        try:
            if view.needs_service():
                view.wake()
        except QmagicError as error:
            self.log.warning("qmagic: %s", error)
