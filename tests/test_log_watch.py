"""Nobody warns unnoticed: the fixture that reads the log of every test."""

import sys
from pathlib import Path

import pytest

pytest_plugins = ["pytester"]

TESTS = """
    import logging

    import pytest

    log = logging.getLogger("anywhere")

    def test_warns_unexpectedly():
        log.warning("the disk is %s", "full")

    def test_only_informs():
        log.info("the disk is full")

    @pytest.mark.expects_log("WARNING anywhere: the disk")
    def test_warns_as_expected():
        log.warning("the disk is full")

    @pytest.mark.expects_log("the disk")
    def test_says_nothing_though_expected():
        pass

    @pytest.mark.expects_log("the disk")
    def test_says_too_much():
        log.error("the disk is full")
        log.error("the printer burns")

    def test_lets_the_oracle_speak():
        logging.getLogger("transformers.modeling_utils").warning("some weights are new")

    def test_judges_the_log_itself(caplog):
        log.error("the disk is full")
        assert "full" in caplog.text
"""


def test_a_warning_fails_a_test_that_does_not_expect_it(pytester: pytest.Pytester) -> None:
    root = Path(__file__).parents[1]
    pytester.makeconftest("from tests.conftest import no_unexpected_log\n")
    pytester.makeini("[pytest]\nmarkers = expects_log")
    pytester.makepyfile(TESTS)

    result = pytester.run(
        sys.executable, "-m", "pytest", "-rE", "-p", "no:cacheprovider", "-o", f"pythonpath={root}"
    )

    result.assert_outcomes(passed=7, errors=3)
    result.stdout.fnmatch_lines_random(
        [
            "unexpected log line: WARNING anywhere: the disk is full",
            "unexpected log line: ERROR anywhere: the printer burns",
            "expected in the log, but not there: 'the disk'",
            "ERROR *::test_warns_unexpectedly*",
            "ERROR *::test_says_nothing_though_expected*",
            "ERROR *::test_says_too_much*",
        ]
    )
