"""The part of the service's door that is for providers: the account's old jobs, sessions, choices."""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from qmagic.engines.host_messages import Told
from qmagic.engines.hosts import Hosts
from qmagic.errors import ErrorInfo
from qmagic.service.answering import Send, Verbs
from qmagic.service.sessions import Sessions
from qmagic.sessions import AskAccount, AskRank, AskSession, AskSessions, OpenSession

__all__ = ["RemoteDoor"]


class RemoteDoor:
    """Answers what clients ask about providers.

    Args:
        hosts: Asks the providers.
        sessions: What is open there.
        send: Sends a client an answer.
    """

    def __init__(self, hosts: Hosts, sessions: Sessions, send: Send) -> None:
        self._hosts, self._sessions, self._send = hosts, sessions, send
        self.verbs: Verbs = {
            "account": (AskAccount, self._account),
            "rank": (AskRank, self._rank),
            "open": (OpenSession, self._open),
            "session": (AskSession, self._session),
            "sessions": (AskSessions, self._unclosed),
        }

    def _rank(self, client: bytes, number: int, wanted: AskRank) -> None:
        then = self._telling(client, number, wanted.provider)
        self._hosts.ask(wanted.provider, wanted.environment, "rank", ",".join(wanted.devices), "", wanted.spec, then)

    def _account(self, client: bytes, number: int, wanted: AskAccount) -> None:
        verb = "describe" if wanted.id else "jobs"
        self._hosts.ask(
            wanted.provider,
            wanted.environment,
            verb,
            str(wanted.limit),
            wanted.id,
            b"",
            self._telling(client, number, wanted.provider),
        )

    def _telling(self, client: bytes, number: int, provider: str) -> Callable[[Told], None]:
        """Returns what hands a provider's answer on."""

        def tell(told: Told) -> None:
            if told.trouble:
                kind = {"refused": "InputError", "gone": "NotFoundError"}.get(told.trouble, "ServiceError")
                self._send(client, number, error=ErrorInfo(kind, f"{provider}: {told.reason}"))
            else:
                self._send(client, number, msgspec.Raw(told.outcome))

        return tell

    def _open(self, client: bytes, number: int, wanted: OpenSession) -> None:
        self._sessions.open(wanted, lambda info, error: self._send(client, number, info, error))

    def _session(self, client: bytes, number: int, wanted: AskSession) -> None:
        self._sessions.ask(wanted.id, wanted.close, lambda info, error: self._send(client, number, info, error))

    def _unclosed(self, client: bytes, number: int, wanted: AskSessions) -> None:
        self._send(client, number, self._sessions.unclosed)
