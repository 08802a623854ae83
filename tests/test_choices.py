"""What the command line may choose: every choice by its name, and what there is instead."""

import pytest

from roberta_gui.analysis.axes.modes import Space
from roberta_gui.choices import (
    CHOICES,
    AttentionChoices,
    Choice,
    Choices,
    HiddenStatesChoices,
    SurprisalChoices,
    spelled,
)


def test_a_choice_is_asked_for_by_its_name_with_its_panel_or_as_it_is_remembered() -> None:
    choices = Choices()

    for option in ("attention.drawn_as=arcs", "line_mass=95", "tint=true", "space=drop_top 3"):
        choices = choices.with_option(option)

    assert choices == Choices(
        attention=AttentionChoices(drawn_as="arcs", line_mass=95),
        surprisal=SurprisalChoices(tint=True),
        hidden=HiddenStatesChoices(space=Space("drop_top", 3)),
    )


@pytest.mark.parametrize("choice", CHOICES, ids=str)
def test_every_option_of_every_choice_can_be_written_down(choice: Choice) -> None:
    for option in choice.options or ("is, are = were", ""):
        assert choice.value(Choices().with_option(f"{choice}={spelled(option)}")) == option
    assert choice.value(Choices()) in choice.options or not choice.options


@pytest.mark.parametrize(
    ("option", "there_is"),
    [
        ("drawn_as=circles", "map, arcs"),
        ("attention.line_mass=7", "50, 80, 95, 100"),
        ("lens.tint=true", "probability, entropy"),
        ("surprisal.tint=blue", "true, false"),
        ("similarity.file=mine.txt", "attention.scale, attention.specials"),
        ("text=a", "hidden.space"),
        ("tint", "true, false"),
        ("", "attention.scale"),
    ],
)
def test_what_there_is_not_is_refused_with_what_there_is(option: str, there_is: str) -> None:
    with pytest.raises(ValueError, match="is none of") as refused:
        Choices().with_option(option)

    assert there_is in str(refused.value)
