"""What all REST routes share: who may ask, what may come in, how an answer and an error look."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, TypeVar

from jupyter_server.base.handlers import APIHandler
from tornado import web

from qmagic.errors import InputError, NotFoundError, QmagicError
from qmagic.serverextension import wire
from qmagic.serverextension.threads import Threads

__all__ = ["LONGEST_WORD", "Route"]

T = TypeVar("T")

#: Characters of an argument.
LONGEST_WORD = 500
#: Ids that one request may name.
_MOST_IDS = 10_000
#: Bytes of a request's body: a text to look at, or many ids.
_MOST_BODY = 4 << 20


class Route(APIHandler):
    """What all routes share. Jupyter's own `APIHandler` checks XSRF, origin and host before any method runs."""

    auth_resource = "qmagic"

    @property
    def threads(self) -> Threads:
        """Where questions wait."""
        threads: Threads = self.settings["qmagic_threads"]
        return threads

    @property
    def root(self) -> str:
        """The server's root folder."""
        return str(self.settings.get("server_root_dir") or "")

    async def ask(self, call: Callable[[], T], *, reading: bool = False) -> T:
        """Asks the service in a thread.

        Raises:
            web.HTTPError: It refuses, with its one line.
        """
        try:
            return await self.threads.ask(call, reading=reading)
        except NotFoundError as error:
            raise web.HTTPError(404, log_message=str(error)) from None
        except InputError as error:
            raise web.HTTPError(400, log_message=str(error)) from None
        except OverflowError:
            raise web.HTTPError(503, log_message="too many requests wait for the job service") from None
        except TimeoutError:
            raise web.HTTPError(504, log_message="the job service does not answer") from None
        except QmagicError as error:
            raise web.HTTPError(503, log_message=str(error)) from None

    def answer(self, body: dict[str, Any] | bytes, status: int = 200) -> None:
        """Sends JSON; bytes are JSON already."""
        self.set_status(status)
        self.set_header("Cache-Control", "no-store")
        self.finish(body if isinstance(body, bytes) else json.dumps(body, ensure_ascii=False, separators=(",", ":")))

    def write_error(self, status_code: int, **kwargs: Any) -> None:
        """Sends the one line that says what is wrong."""
        error = kwargs.get("exc_info", (None, None, None))[1]
        message = str(getattr(error, "log_message", "") or getattr(error, "reason", "") or "").replace("%%", "%")
        if status_code >= 500 and not isinstance(error, web.HTTPError):
            message = "the server failed at this request; its log says why"
        self.set_header("Content-Type", "application/json")
        self.finish(json.dumps(wire.error(message or self._reason)))

    def body(self, **fields: type) -> dict[str, Any]:
        """Returns the request's JSON object, its fields checked; other fields are refused."""
        if len(self.request.body) > _MOST_BODY:
            raise web.HTTPError(413, log_message=f"the request is longer than {_MOST_BODY >> 20} MB")
        try:
            found = json.loads(self.request.body or b"{}")
        except ValueError:
            raise web.HTTPError(400, log_message="the request is not JSON") from None
        if type(found) is not dict or not found.keys() <= fields.keys():
            raise web.HTTPError(400, log_message=f"expected a JSON object with {', '.join(fields) or 'nothing in it'}")
        for name, value in found.items():
            if type(value) is not fields[name]:
                raise web.HTTPError(400, log_message=f"{name} is not of type {fields[name].__name__}")
        return found

    def ids(self) -> list[str]:
        """Returns the ids of a body ``{"ids": [...]}``."""
        ids: list[str] = self.body(ids=list).get("ids", [])
        if not ids or len(ids) > _MOST_IDS or any(type(one) is not str or not one.isalnum() for one in ids):
            raise web.HTTPError(400, log_message=f"expected a list of 1 to {_MOST_IDS:,} job ids")
        return ids

    def word(self, name: str) -> str:
        """Returns an argument of the query, "" where there is none."""
        word: str = self.get_query_argument(name, "")
        if len(word) > LONGEST_WORD:
            raise web.HTTPError(400, log_message=f"{name} is longer than {LONGEST_WORD} characters")
        return word
