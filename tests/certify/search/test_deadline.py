"""A deadline that can be brought forward."""

from __future__ import annotations

import pickle
import time

from relucert.certify.search.deadline import Deadline


def test_compares_like_the_number_it_is_until_stopped() -> None:
    deadline = Deadline(5.0)
    assert not 4.9 >= deadline and 4.9 < deadline
    assert 5.0 >= deadline and not 5.0 < deadline
    assert not deadline <= 4.9 and deadline > 4.9
    assert not deadline.stopped


def test_stopping_reaches_every_deadline_derived_from_it() -> None:
    deadline = Deadline()
    derived = [deadline.at_most(time.monotonic() + 1e6), deadline.share(3), deadline.share(2).share(2)]
    assert not any(time.monotonic() >= each for each in derived)
    deadline.stop()
    assert all(time.monotonic() >= each and not time.monotonic() < each for each in [deadline, *derived])


def test_shares_the_time_that_is_left() -> None:
    now = time.monotonic()
    shared = float(Deadline(now + 100.0).share(4))
    assert now + 24.0 < shared <= now + 26.0
    assert float(Deadline(now - 100.0).share(4)) >= now


def test_travels_to_worker_processes() -> None:
    copy = pickle.loads(pickle.dumps(Deadline(7.0)))
    assert isinstance(copy, Deadline) and float(copy) == 7.0 and not copy.stopped
