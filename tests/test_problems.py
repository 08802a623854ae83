"""Every error that a user can meet says what is wrong and what to do, on one line."""

import inspect
import pickle

import pytest

from roberta_gui import problems
from roberta_gui.problems import NoNetwork, Problem, Stopped

KINDS = [
    kind
    for kind in vars(problems).values()
    if inspect.isclass(kind) and issubclass(kind, Problem) and kind is not Stopped
]


@pytest.mark.parametrize("kind", KINDS)
def test_title_and_hint_make_one_line(kind: type[Problem]) -> None:
    problem = kind("The hub cannot be reached.", "Look at the network.")

    assert (problem.title, problem.hint) == ("The hub cannot be reached.", "Look at the network.")
    assert str(problem) == "The hub cannot be reached. Look at the network."


def test_without_a_hint_the_line_is_the_title() -> None:
    assert str(NoNetwork("The hub cannot be reached.")) == "The hub cannot be reached."


def test_what_is_quoted_of_several_lines_stands_in_one() -> None:
    problem = NoNetwork("A name \u202egnorts.", "One of:\r\n\t(1) this\n(2) that")

    assert str(problem) == "A name �gnorts. One of: (1) this (2) that"


@pytest.mark.parametrize("kind", KINDS)
def test_every_problem_is_caught_as_one_and_says_what_it_is_for(kind: type[Problem]) -> None:
    with pytest.raises(Problem):
        raise kind("title")
    assert kind.__doc__


def test_stopped_needs_no_words() -> None:
    assert str(Stopped()) == "Stopped."


def test_the_cause_travels_along() -> None:
    cause = OSError("connection refused")

    with pytest.raises(NoNetwork) as met:
        raise NoNetwork("The hub cannot be reached.") from cause

    assert met.value.__cause__ is cause


@pytest.mark.parametrize("kind", KINDS)
def test_a_problem_survives_pickling(kind: type[Problem]) -> None:
    copy = pickle.loads(pickle.dumps(kind("title", "hint")))

    assert (type(copy), copy.title, copy.hint) == (kind, "title", "hint")
