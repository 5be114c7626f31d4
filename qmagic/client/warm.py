"""Starts the service and a worker in the background, so that the first cell finds them ready."""

from __future__ import annotations

import logging
import threading

from qmagic.client.connection import connection
from qmagic.errors import QmagicError

__all__ = ["warm"]

log = logging.getLogger(__name__)


def warm() -> threading.Thread:
    """Returns at once; the returned thread ends when the service answers. What goes wrong shows at the first job."""

    def connect() -> None:
        line = connection()
        try:
            line.ask("status", None, object)
        except QmagicError as error:
            log.info("the job service could not be started in the background: %s", error)
        finally:
            line.close()

    thread = threading.Thread(target=connect, name="qmagic-warm", daemon=True)
    thread.start()
    return thread
