"""IBM Cloud around the runtime: tokens for the API key (IAM), the account's only instance, its plan."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets
import time
from urllib.parse import parse_qs

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from qmagic.stub.door import Entry, RefusedError

__all__ = ["CRN", "PLAN", "IbmAccount"]

CRN = "crn:v1:bluemix:public:quantum-computing:us-east:a/00000000000000000000000000000000:qmagic-stub::"
PLAN = "qmagic-stub-plan"
#: Seconds for which a token is good.
_LIFE = 3600


class IbmAccount:
    """An account with one instance. Its tokens age with the machine's clock, as clients see it, not with the stub's.

    Args:
        key: Its API key.
    """

    def __init__(self, key: str) -> None:
        self._token = key

    def entries(self) -> list[Entry]:
        """Returns the routes."""
        return [
            Entry("POST", "/iam/identity/token", "auth", self._sign_in, free=True),
            Entry("POST", "/search/v3/resources/search", "auth", self._instances),
            Entry("GET", "/catalog/{plan}", "auth", self._plan),
        ]

    def knows(self, request: Request) -> bool:
        """Tells whether the request has a token that `_sign_in` gave out and that is still good, or the key itself."""
        kind, _, given = request.headers.get("authorization", "").partition(" ")
        if kind.lower() == "apikey":
            return hmac.compare_digest(given, self._token)
        content, _, signature = given.rpartition(".")
        if kind.lower() != "bearer" or not hmac.compare_digest(signature, self._signature(content)):
            return False
        claims = json.loads(_unwebbed(content.rpartition(".")[2]))
        return bool(claims["exp"] > time.time())

    async def _sign_in(self, request: Request) -> Response:
        given = parse_qs((await request.body()).decode("utf-8", "replace")).get("apikey", [""])[0]
        if not hmac.compare_digest(given.encode(), self._token.encode()):
            raise RefusedError(400, "Provided API key could not be found.", "BXNIM0415E")
        now = int(time.time())
        header = _webbed(json.dumps({"alg": "HS256", "typ": "JWT"}).encode())
        claims = _webbed(json.dumps({"iat": now, "exp": now + _LIFE, "jti": secrets.token_hex(8)}).encode())
        token = f"{header}.{claims}.{self._signature(f'{header}.{claims}')}"
        return JSONResponse({
            "access_token": token, "refresh_token": "not_supported", "token_type": "Bearer",
            "expires_in": _LIFE, "expiration": now + _LIFE, "scope": "ibm openid",
        })  # fmt: skip

    def _signature(self, content: str) -> str:
        return _webbed(hmac.digest(self._token.encode(), content.encode(), hashlib.sha256))

    async def _instances(self, request: Request) -> Response:
        instance = {
            "crn": CRN,
            "name": "qmagic-stub",
            "service_plan_unique_id": PLAN,
            "tags": [],
            "doc": {"extensions": {"allocation": "stub"}},
        }
        return JSONResponse({"items": [instance], "limit": 100})

    async def _plan(self, request: Request) -> Response:
        return JSONResponse({
            "id": PLAN, "name": "stub", "overview_ui": {"en": {"display_name": "Stub"}},
            "metadata": {"pricing": {"type": "free"}},
        })  # fmt: skip


def _webbed(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _unwebbed(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
