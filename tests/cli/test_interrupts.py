"""Ctrl-C during a search; the whole command is interrupted in test_certify.py."""

from __future__ import annotations

import os
import signal
import threading
import time

import pytest

from relucert.cli.interrupts import interrupts_stop, worker_pool

pytestmark = pytest.mark.skipif(os.name != "posix", reason="signals of POSIX")


class Search:
    def __init__(self) -> None:
        self.interrupted = 0

    def interrupt(self) -> None:
        self.interrupted += 1


def test_the_first_asks_and_the_second_raises() -> None:
    search, before = Search(), signal.getsignal(signal.SIGINT)
    with pytest.raises(KeyboardInterrupt), interrupts_stop(search, None):
        signal.raise_signal(signal.SIGINT)
        assert search.interrupted == 1
        signal.raise_signal(signal.SIGINT)
    assert search.interrupted == 2
    assert signal.getsignal(signal.SIGINT) is before


def test_workers_are_ended_and_do_not_hear_it_themselves() -> None:
    search = Search()
    with worker_pool(1) as pool:
        assert pool.submit(signal.getsignal, signal.SIGINT).result() == signal.SIG_IGN
        with interrupts_stop(search, pool):
            task = pool.submit(time.sleep, 600)
            signal.raise_signal(signal.SIGINT)
            with pytest.raises(Exception, match="terminated abruptly"):
                task.result(timeout=60)
    assert search.interrupted == 1


def test_other_threads_hear_no_signals() -> None:
    entered = []

    def run() -> None:
        with interrupts_stop(Search(), None):
            entered.append(True)

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    assert entered
