"""The service as it ships, in processes of its own."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import contextmanager

import pytest

from tests.databases import fresh_database

SERVE = """
import sys
from secmon.serving.web import serve
from secmon.settings.environment import Settings
serve(Settings.from_env(), sys.argv[1:] or None, lambda: print("listening", flush=True))
"""
WORKER = "import os, signal, sys; print(os.getpid(), file=open(sys.argv[1], 'w'), flush=True); signal.pause()"
SHOW_ENVIRONMENT = """
import json, os
from secmon.serving.web import load_application
load_application()
print(json.dumps(dict(os.environ)))
"""
STARTS_WITHIN_S = 60
BODY = b"grant_type=client_credentials&client_id=nobody&client_secret=none"


@pytest.fixture
def environment(tmp_path):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    return os.environ | {
        "SECMON_DATABASE_URL": fresh_database("sqlite"),
        "SECMON_KEYS": "test=" + "A" * 43 + "=",
        "SECMON_VAR_DIR": str(tmp_path),
        "PORT": str(port),
        "WEB_CONCURRENCY": "1",
    }


@contextmanager
def serving(environment, *worker_command):
    process = subprocess.Popen([sys.executable, "-c", SERVE, *worker_command], env=environment)
    try:
        wait_until_it_answers(process, int(environment["PORT"]))
        yield process
    finally:
        process.terminate()
        process.wait(30)


def test_the_worker_stops_with_the_service(environment, tmp_path):
    fifo = tmp_path / "announcements"
    os.mkfifo(fifo)
    with serving(environment, sys.executable, "-c", WORKER, str(fifo)) as process:
        worker = int(fifo.read_text())
        process.terminate()
        assert process.wait(30) == 0
        with pytest.raises(ProcessLookupError):
            os.kill(worker, 0)


@pytest.mark.parametrize("stop", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_request_under_way_is_answered_before_the_service_stops(environment, stop):
    with (
        serving(environment) as process,
        socket.create_connection(("127.0.0.1", int(environment["PORT"]))) as client,
    ):
        client.settimeout(20)
        client.sendall(
            b"POST /oauth/token HTTP/1.1\r\nHost: test\r\nExpect: 100-continue\r\n"
            b"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: %d\r\n\r\n" % len(BODY)
        )
        # The application waits for the body now.
        assert client.recv(100).startswith(b"HTTP/1.1 100 ")
        process.send_signal(stop)
        wait_until_nobody_listens(int(environment["PORT"]))
        client.sendall(BODY)
        answer = b"".join(iter(lambda: client.recv(10_000), b""))
        assert answer.startswith(b"HTTP/1.1 401 ")
        assert b"connection: close" in answer
        assert process.wait(30) == 0


def test_a_taken_port_is_refused(environment):
    with serving(environment):
        second = subprocess.run(
            [sys.executable, "-c", SERVE], env=environment, capture_output=True, text=True, check=False
        )
    assert second.returncode != 0
    assert f"cannot listen on 127.0.0.1:{environment['PORT']}" in second.stderr
    assert "listening" not in second.stdout


def test_no_secret_stays_in_the_environment_of_a_web_process(environment):
    command = [sys.executable, "-c", SHOW_ENVIRONMENT]
    shown = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    left = json.loads(shown.stdout.splitlines()[-1])
    assert not [name for name in left if name.startswith("SECMON_")]
    assert "PATH" in left


def wait_until_it_answers(process, port):
    give_up = time.monotonic() + STARTS_WITHIN_S
    while True:
        try:
            return socket.create_connection(("127.0.0.1", port)).close()
        except ConnectionRefusedError:
            assert process.poll() is None, "the service ended"
            assert time.monotonic() < give_up, "the service does not answer"
            time.sleep(0.05)


def wait_until_nobody_listens(port):
    while True:
        try:
            socket.create_connection(("127.0.0.1", port)).close()
        except ConnectionResetError:
            # Still in the queue when it was closed.
            continue
        except ConnectionRefusedError:
            return
