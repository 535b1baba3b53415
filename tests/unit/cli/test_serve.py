"""``rafiqa serve`` in a process of its own: it says where it listens, answers, and stops."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import sys
import threading
import urllib.request
from contextlib import contextmanager

import pytest


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextmanager
def serving(store, *arguments):
    port = free_port()
    server = subprocess.Popen(
        [sys.executable, "-m", "rafiqa", "serve", str(store), "--port", str(port), *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    # A server that never says a word must fail the test, not hold it for ever.
    patience = threading.Timer(60, server.kill)
    patience.start()
    try:
        yield server, port
    finally:
        patience.cancel()
        if server.poll() is None:
            server.send_signal(signal.SIGTERM)
        server.communicate(timeout=30)


def first_document(stream):
    """The first JSON document of a stream that is not closed yet."""
    text = ""
    for line in stream:
        text += line
        if line.startswith("}"):
            return json.loads(text)
    raise AssertionError(text)


def test_it_says_where_it_listens_and_is_well(city):
    with serving(city, "--json") as (server, port):
        assert first_document(server.stdout) == {
            "address": f"http://127.0.0.1:{port}/",
            "site": "Old Town",
        }
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/health") as answer:
            assert answer.status == 200


def test_it_ends_well_when_asked_to_stop(city):
    with serving(city) as (server, port):
        assert f"http://127.0.0.1:{port}/" in server.stdout.readline()
        server.send_signal(signal.SIGTERM)
        server.communicate(timeout=30)
        assert server.returncode in {0, -signal.SIGTERM}


def test_a_taken_port_is_told(city, run):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        ran = run("serve", city, "--port", taken.getsockname()[1], "--json")
    assert (ran.status, ran.codes) == (1, ["api.serve.address"])


@pytest.mark.parametrize("arguments", [("--port", "70000"), ("--host", "nowhere.invalid")])
def test_an_address_that_is_none_is_told(city, run, arguments):
    ran = run("serve", city, *arguments, "--json")
    assert (ran.status, ran.codes) == (1, ["api.serve.address"])


def test_a_file_is_served_by_one_process(city, run):
    ran = run("serve", city, "--workers", "2", "--json")
    assert (ran.status, ran.codes) == (1, ["api.serve.workers"])
    assert run("serve", city, "--workers", "0").status == 2
    assert run("serve", city, "--workers", "many").status == 2


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ((), False),
        (("--host", "localhost"), False),
        (("--host", "::1"), False),
        (("--host", "0.0.0.0"), True),  # noqa: S104
        (("--host", "192.0.2.7"), True),
        (("--host", "desk.example"), True),
        (("--host", "0.0.0.0", "--proxy", "10.0.0.2"), False),  # noqa: S104
    ],
)
def test_an_address_that_others_reach_is_told_of_and_served(run, city, monkeypatch, more, told):
    hosts = []

    def quick(_office, host, _port, *, on_ready, **_more):
        hosts.append(host)
        on_ready()

    monkeypatch.setattr("rafiqa.cli.serve.serve", quick)
    ran = run("serve", city, *more)
    assert ran.status == 0
    assert hosts == [more[1] if more else "127.0.0.1"]
    assert ("passwords too" in ran.err) is told
