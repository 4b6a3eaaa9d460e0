import os
import signal
import sys

from secmon.serving.kept_running import KeptRunning

ANNOUNCES = (
    "import os, signal, sys; print(os.getpid(), file=open(sys.argv[1], 'w'), flush=True); signal.pause()"
)
IGNORES_SIGTERM = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); " + ANNOUNCES


def kept(program, fifo, may_take_to_stop_s=10.0):
    return KeptRunning([sys.executable, "-c", program, str(fifo)], may_take_to_stop_s)


def make_fifo(tmp_path):
    fifo = tmp_path / "announcements"
    os.mkfifo(fifo)
    return fifo


def announced(fifo) -> int:
    """The next process's id; waits until it opens the pipe."""
    return int(fifo.read_text())


def is_alive(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def test_a_process_that_dies_is_started_again(tmp_path):
    fifo = make_fifo(tmp_path)
    process = kept(ANNOUNCES, fifo)
    process.start()
    first = announced(fifo)
    os.kill(first, signal.SIGKILL)
    second = announced(fifo)
    process.stop()
    assert second != first
    assert not is_alive(second)


def test_stopping_ends_the_process_and_starts_no_other(tmp_path):
    fifo = make_fifo(tmp_path)
    process = kept(ANNOUNCES, fifo)
    process.start()
    pid = announced(fifo)
    process.stop()
    process.stop()
    assert not is_alive(pid)


def test_a_process_that_does_not_stop_is_killed(tmp_path):
    fifo = make_fifo(tmp_path)
    process = kept(IGNORES_SIGTERM, fifo, may_take_to_stop_s=0.05)
    process.start()
    pid = announced(fifo)
    process.stop()
    assert not is_alive(pid)
