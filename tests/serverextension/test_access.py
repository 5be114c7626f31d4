"""Who gets in: nobody without the token, no other origin, no other user's home."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
import websocket

from tests.serverextension.conftest import Jupyter, submit

GETS = ("jobs", "jobs/1hq3v8k2n4bell0", "loops/1hq3v8k2n4bell0", "status", "nothing")
POSTS = (
    "jobs/1hq3v8k2n4bell0/cancel", "jobs/1hq3v8k2n4bell0/rerun", "jobs/cancel", "jobs/delete", "diagnose", "draw",
    "loops/1hq3v8k2n4bell0/order", "loops/1hq3v8k2n4bell0/fork", "loops/1hq3v8k2n4bell0/landscape",
)  # fmt: skip
FOREIGN = "http://evil.example"


def cookie_of(jupyter: Jupyter) -> tuple[str, str]:
    """Returns a browser's cookie header and its XSRF token."""
    cookies = jupyter.cookies()
    return "; ".join(f"{name}={value}" for name, value in cookies.items()), cookies["_xsrf"]


@pytest.mark.parametrize("path", GETS)
def test_nobody_reads_without_the_token(jupyter, path):
    """A GET without token or cookie is 403 (or the way to the login page), whatever it asks for."""
    status, body = jupyter.request(path, token=False)
    assert status == 403, body


@pytest.mark.parametrize("path", POSTS)
def test_nobody_acts_without_the_token(jupyter, path):
    """A POST without token or cookie is 403."""
    assert jupyter.code(path, body={}, token=False) == 403


@pytest.mark.parametrize("path", POSTS)
def test_a_cookie_alone_cannot_act(jupyter, path):
    """What a foreign page could make a browser send, its cookie without the XSRF header, is 403; with it, it counts."""
    cookie, xsrf = cookie_of(jupyter)
    assert jupyter.code(path, body={}, token=False, headers={"Cookie": cookie}) == 403
    ours = {"Cookie": cookie, "X-XSRFToken": xsrf, "Origin": jupyter.origin}
    assert jupyter.code(path, body={}, token=False, headers=ours) not in {401, 403}


@pytest.mark.parametrize("path", [*GETS, *POSTS])
def test_another_origin_gets_nothing(jupyter, path):
    """With the cookie, and even with the XSRF token, another origin is refused."""
    cookie, xsrf = cookie_of(jupyter)
    theirs = {"Cookie": cookie, "X-XSRFToken": xsrf, "Origin": FOREIGN, "Referer": FOREIGN + "/"}
    body = {} if path in POSTS else None
    assert jupyter.code(path, body=body, token=False, headers=theirs) in {403, 404}
    status, answer = jupyter.request("status", token=False, headers=theirs)
    assert status in {403, 404}
    assert "pid" not in str(answer)


def refused(jupyter: Jupyter, **how: object) -> int:
    """Returns the status with which the WebSocket refuses."""
    with pytest.raises(websocket.WebSocketBadStatusException) as caught:
        jupyter.listen(**how).close()
    return int(caught.value.status_code)


def test_the_websocket_asks_for_the_token(jupyter):
    """Without token or cookie it is 403."""
    assert refused(jupyter, header={}) == 403


def test_the_websocket_refuses_another_origin(jupyter):
    """A browser's cookie opens it from our own page, and from no other."""
    cookie, _ = cookie_of(jupyter)
    own = jupyter.listen(header={}, cookie=cookie, origin=jupyter.origin)
    assert own.next("snapshot")
    own.close()
    assert refused(jupyter, header={}, cookie=cookie, origin=FOREIGN) == 403
    assert refused(jupyter, header={}, cookie=cookie) == 403, "a cookie without an origin"


def test_the_websocket_checks_what_it_is_asked(jupyter):
    """A `since` that is no number is 400."""
    assert refused(jupyter, since="x") == 400


def test_who_is_not_authorized_gets_nothing(jupyter, tmp_path, monkeypatch):
    """Where the server's policy gives a user everything but our jobs, every route and the stream are 403."""
    policy = """
from jupyter_server.auth.authorizer import Authorizer
class Policy(Authorizer):
    def is_authorized(self, handler, user, action, resource):
        return resource != "qmagic"
"""
    (tmp_path / "qmagic_policy.py").write_text(policy)
    monkeypatch.setenv("PYTHONPATH", f"{tmp_path}{os.pathsep}{Path(__file__).parents[2]}")
    strict = Jupyter(tmp_path, tmp_path / "strict.log", options=("--ServerApp.authorizer_class=qmagic_policy.Policy",))
    try:
        assert {strict.code(path) for path in GETS} == {403}
        assert {strict.code(path, body={}) for path in POSTS} == {403}
        assert refused(strict) == 403
    finally:
        strict.stop()


def test_another_home_sees_nothing(jupyter, tmp_path, tmp_path_factory):
    """A server on another home lists, shows, streams and cancels nothing of ours."""
    job = submit(name="secret")
    job.result(60)
    other_home = tmp_path_factory.mktemp("o") / "home"
    other = Jupyter(tmp_path, tmp_path / "other.log", QMAGIC_HOME=str(other_home))
    try:
        assert other.get("jobs")["jobs"] == []
        assert other.code(f"jobs/{job.id}") == 404
        assert other.get("status")["pid"] is None
        stream = other.listen()
        assert stream.next("snapshot")["jobs"] == []
        stream.close()
        # our token is not theirs
        assert other.code("jobs", token=False, headers={"Authorization": f"token {jupyter.token}"}) == 403
    finally:
        other.stop()
    assert not (other_home / "service.json").exists(), "looking started a service"
