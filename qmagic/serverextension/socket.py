"""The WebSocket: what happens to all jobs, as it happens, to one page.

Each socket has a thread of its own that follows the service (`qmagic.client.follow`). It sends one message and waits
until that is on its way, so that a page that reads slowly slows down its own thread and nobody else.
"""

from __future__ import annotations

import asyncio
import json
import threading
import weakref
from typing import Any, ClassVar

from jupyter_core.utils import ensure_async
from jupyter_server.auth.decorator import ws_authenticated
from jupyter_server.base.handlers import JupyterHandler
from jupyter_server.base.websocket import WebSocketMixin
from tornado import web
from tornado.websocket import WebSocketClosedError, WebSocketHandler

from qmagic.client.follow import Offline, follow
from qmagic.protocol import Heard, Push
from qmagic.serverextension import wire

__all__ = ["EventsSocket"]

#: Sockets at once: one for each open page; more is a mistake.
_MOST_SOCKETS = 50
#: Seconds that a page may take to read one message.
_SEND_SECONDS = 60.0
#: A page says nothing; this many bytes of nothing are borne.
_MOST_HEARD = 1024


class EventsSocket(WebSocketMixin, WebSocketHandler, JupyterHandler):
    """``events?since=SEQ``."""

    auth_resource = "qmagic"
    _sockets: ClassVar[weakref.WeakSet[EventsSocket]] = weakref.WeakSet()

    @ws_authenticated
    async def get(self, *args: Any, **kwargs: Any) -> None:
        """Checks who asks, from which page, and for what, before the socket opens.

        Tornado compares an Origin with our own. A browser always sends one, and cannot send the XSRF token here: so who
        comes with a cookie and without an Origin is refused.
        """
        if not (self.token_authenticated or self.get_origin()):
            raise web.HTTPError(403, log_message="a page says where it comes from")
        allowed = await ensure_async(self.authorizer.is_authorized(self, self.current_user, "read", self.auth_resource))
        if not allowed:
            raise web.HTTPError(403)
        since = self.get_query_argument("since", "-1")
        if not since.lstrip("-").isdecimal() or len(since) > 18:
            raise web.HTTPError(400, log_message="since is the number of an event")
        if len(self._sockets) >= _MOST_SOCKETS:
            raise web.HTTPError(503, log_message="too many pages listen")
        self._since = max(-1, int(since))
        await super().get(*args, **kwargs)

    def get_compression_options(self) -> dict[str, Any]:
        """Snapshots repeat themselves: they are sent compressed."""
        return {"compression_level": 1, "mem_level": 5}

    def open(self, *args: Any, **kwargs: Any) -> None:
        """Begins to follow."""
        super().open(*args, **kwargs)
        self._closed = threading.Event()
        self._sockets.add(self)
        loop = asyncio.get_running_loop()
        threading.Thread(target=self._follow, args=(loop,), name="qmagic-events", daemon=True).start()

    def on_message(self, message: str | bytes) -> None:
        """A page has nothing to say; one that talks much is shown out."""
        if len(message) > _MOST_HEARD:
            self.close(1009)

    def on_close(self) -> None:
        """Ends the following."""
        self._sockets.discard(self)
        if hasattr(self, "_closed"):
            self._closed.set()
        super().on_close()

    @classmethod
    def close_all(cls) -> None:
        """Shows all pages out: the server stops."""
        for one in list(cls._sockets):
            one.close(1001)

    # -- in the socket's own thread -----------------------------------------------------------------------------------

    def _follow(self, loop: asyncio.AbstractEventLoop) -> None:
        root = str(self.settings.get("server_root_dir") or "")
        try:
            for item in follow(self._since):
                if self._closed.is_set():
                    return
                for message in _messages(item, root):
                    text = json.dumps(message, ensure_ascii=False, separators=(",", ":"))
                    asyncio.run_coroutine_threadsafe(self._write(text), loop).result(_SEND_SECONDS)
        except (WebSocketClosedError, RuntimeError, TimeoutError, asyncio.CancelledError):
            pass  # the page is gone, or does not read; or the server stops
        except Exception:
            self.log.exception("qmagic: events cannot be followed")
        try:
            loop.call_soon_threadsafe(self.close, 1011)
        except RuntimeError:
            pass  # the loop is closed

    async def _write(self, text: str) -> None:
        await self.write_message(text)


def _messages(item: Heard | Push | Offline | None, root: str) -> list[wire.Json]:
    if item is None:
        return []
    if isinstance(item, Offline):
        return [wire.offline(item)]
    if isinstance(item, Heard):
        if item.snapshot is not None:
            return [wire.snapshot(item.snapshot, root), wire.online()]
        return [*([wire.events(item.events, root)] if item.events else []), wire.online()]
    return [
        *([wire.events(item.events, root)] if item.events else []),
        *([wire.live(item.live)] if item.live else []),
        *([wire.loops(item.loops)] if item.loops else []),
    ]
