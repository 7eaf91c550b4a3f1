"""A job goes on by itself, speaks its visitor's language and hands over what came of it."""

from __future__ import annotations

import threading

import pytest

from drillbook.core.background_jobs import Job
from drillbook.core.i18n import language


def test_a_job_hands_over_its_result_and_says_how_far_it_is() -> None:
    goes_on = threading.Event()

    def work(report: object) -> str:
        assert callable(report)
        report(1, 4)
        goes_on.wait(10)
        return "done"

    job = Job(work, "zh")
    assert not job.is_finished(0.05)
    assert job.share() == 0.25
    with pytest.raises(RuntimeError, match="not finished"):
        job.result()
    goes_on.set()
    assert job.is_finished(10)
    assert job.result() == "done"


def test_a_job_raises_its_error_where_the_result_is_asked_for() -> None:
    job = Job(lambda _report: 1 // 0, "zh")
    assert job.is_finished(10)
    with pytest.raises(ZeroDivisionError):
        job.result()


def test_a_job_speaks_the_language_of_its_visitor() -> None:
    job = Job(lambda _report: language(), "en")
    assert job.is_finished(10)
    assert job.result() == "en"
    assert Job(lambda _report: None, "zh").share() == 0.0
