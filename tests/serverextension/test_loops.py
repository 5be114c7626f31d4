"""Loops by way of the Jupyter server: looked at, ordered about and forked, on a real server and a real service."""

from __future__ import annotations

import pytest

import qmagic
from tests.serverextension.conftest import until


def slow(x):
    import time

    time.sleep(0.01)
    return float(((x - 0.3) ** 2).sum())


def test_a_loop_is_watched_and_steered_by_its_page(jupyter):
    """Pulses come unasked, iterations since a number are asked for, orders are obeyed, a fork goes the same way."""
    stream = jupyter.listen()
    loop = qmagic.minimize(slow, [0.0, 1.0], optimizer="nelder-mead", seed=1, maxiter=5000)
    while (message := stream.next())["type"] != "loops" or not message["loops"][0]["rows"]["iteration"]:
        pass
    assert message["loops"][0]["id"] == loop.id
    stream.close()
    assert jupyter.post(f"loops/{loop.id}/order", {"kind": "pause"})["number"] == 1
    until(lambda: jupyter.get(f"loops/{loop.id}")["state"]["phase"] == "paused")
    at = jupyter.get(f"loops/{loop.id}")["state"]["iteration"]
    jupyter.post(f"loops/{loop.id}/order", {"kind": "step", "steps": 2})
    until(lambda: jupyter.get(f"loops/{loop.id}")["state"]["iteration"] == at + 2)
    until(lambda: jupyter.get(f"loops/{loop.id}?since={at}")["rows"]["iteration"] == [at + 1, at + 2])
    shown = jupyter.get(f"loops/{loop.id}?points=1")
    assert len(shown["points"]) == at + 2
    assert [order["kind"] for order in shown["orders"]] == ["pause", "step"]
    fork = jupyter.post(f"loops/{loop.id}/fork", {"iteration": at, "settings": {"maxiter": at + 1}})["job"]
    until(lambda: jupyter.get(f"jobs/{fork['id']}")["job"]["status"] == "DONE")
    assert jupyter.get(f"loops/{fork['id']}")["rows"]["value"] == shown["rows"]["value"][: at + 1]
    around = jupyter.post(f"loops/{loop.id}/landscape", {"iteration": at})["job"]
    assert around["parent"] == loop.id
    until(lambda: jupyter.get(f"jobs/{around['id']}")["job"]["status"] == "DONE")
    middle = jupyter.get(f"loops/{around['id']}?points=1")["points"][21 * 10 + 10]
    assert middle == pytest.approx(shown["points"][at - 1])
    jupyter.post(f"loops/{loop.id}/order", {"kind": "set", "settings": {"optimizer": "cobyla", "maxiter": at + 4}})
    jupyter.post(f"loops/{loop.id}/order", {"kind": "stop"})
    until(loop.done)
    assert loop.result().reason == "stopped by the user"
    detail = jupyter.get(f"jobs/{loop.id}")
    assert detail["spec"]["source"] is None
    assert detail["stored"]["application/vnd.qmagic.loop.v1+json"]["reason"] == "stopped by the user"


def test_an_order_that_cannot_be_is_refused_in_one_line(jupyter):
    """Unknown kinds, settings and loops get a 4xx; nothing is ordered."""
    loop = qmagic.minimize(slow, [0.0, 1.0], optimizer="nelder-mead", seed=1)
    for path, sent, status in (
        (f"loops/{loop.id}/order", {}, 400),
        (f"loops/{loop.id}/order", {"kind": "hurry"}, 400),
        (f"loops/{loop.id}/order", {"kind": "step", "steps": 0}, 400),
        (f"loops/{loop.id}/order", {"kind": "pause", "settings": {"shots": 1}}, 400),
        (f"loops/{loop.id}/order", {"kind": "set", "settings": {"shot": 1}}, 400),
        (f"loops/{loop.id}/order", {"kind": "set", "settings": {"maxiter": "x"}}, 400),
        (f"loops/{loop.id}/order", {"kind": "set", "settings": {"learning_rate": 0.1}}, 400),
        (f"loops/{loop.id}/fork", {"iteration": 10_000}, 400),
        (f"loops/{loop.id}/landscape", {"iteration": 10_000}, 400),
        ("loops/1hq3v8k2n4none0/order", {"kind": "pause"}, 404),
        ("loops/1hq3v8k2n4none0/fork", {}, 404),
        ("loops/1hq3v8k2n4none0/landscape", {}, 404),
    ):
        code, body = jupyter.request(path, sent)
        assert code == status, (path, sent, code, body)
        assert "\n" not in body["message"]
    for path, status in ((f"loops/{loop.id}?since=x", 400), (f"loops/{loop.id}?points=2", 400), ("loops/none", 404)):
        assert jupyter.request(path)[0] == status
    until(lambda: jupyter.get(f"loops/{loop.id}")["state"]["iteration"] >= 3)
    loop.cancel()
    until(loop.done)
    stored = jupyter.get(f"jobs/{loop.id}")["stored"]
    assert stored["application/vnd.qmagic.loop.v1+json"]["reason"] == "cancelled"
    assert "<svg" in stored["text/html"], "a loop that was cancelled freezes, too"
