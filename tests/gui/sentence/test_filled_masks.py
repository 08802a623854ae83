"""What the lists of guesses put into the sentence stands there as exactly those tokens."""

import pytest
from pytestqt.qtbot import QtBot

from roberta_gui.engine import Engine
from roberta_gui.gui.sentence.sentence_card import SentenceCard
from roberta_gui.gui.sentence.token_alignment import TokenAlignment
from roberta_gui.gui.sentence.token_remarks import OTHER_TOKENS
from roberta_gui.gui.store import ViewStore
from roberta_gui.records import Analysis, AnalysisRequest, Candidate, Replacement, Run
from tests.engine.small_folders import word_pieces

Put = tuple[int, Candidate, Replacement]

TEXT = "the [MASK] sat [MASK] the mat[MASK]."


@pytest.fixture(scope="module")
def of_pieces(tmp_path_factory: pytest.TempPathFactory) -> Engine:
    """Give a model whose words are pieces, some of which go on with the word before."""
    return Engine.load(word_pieces(tmp_path_factory.mktemp("pieces")), device="cpu")


@pytest.fixture
def card(qtbot: QtBot, of_pieces: Engine) -> SentenceCard:
    store = ViewStore()
    made = SentenceCard(store, TokenAlignment())
    qtbot.addWidget(made)
    store.changed.connect(made.draw)
    store.use_model(of_pieces.info)
    return made


def writable(engine: Engine, analysis: Analysis) -> list[list[Put]]:
    """List for each mask the guesses that some text gives there, and how they are written."""
    found = []
    for nth, fill in enumerate(analysis.fills):
        rows = [one.id for one in fill.candidates]
        forms = engine.replacements(analysis.request, rows, nth)
        both = zip(fill.candidates, forms, strict=True)
        found.append([(fill.token_index, one, form) for one, form in both if form is not None])
    return found


def test_all_masks_are_filled_with_exactly_the_words_that_were_guessed(
    card: SentenceCard, of_pieces: Engine
) -> None:
    every = of_pieces.info.vocab_size
    analysis = of_pieces.analyse(AnalysisRequest(TEXT, top_k=every))
    lists = writable(of_pieces, analysis)

    assert "##s" in {one.text for _, one, _ in lists[-1]}
    for nth in range(every):
        guesses = [one[(step * nth) % len(one)] for step, one in enumerate(lists, 1)]
        wanted = [token.id for token in analysis.tokens]
        for place, one, _ in guesses:
            wanted[place] = one.id
        card.editor.set_text(TEXT)
        card.store.type(Run(TEXT, analysis.tokens))
        card.put_guesses(guesses)
        filled = card.editor.text()
        assert [token.id for token in of_pieces.tokenize(filled)] == wanted, filled


@pytest.mark.parametrize("late", [False, True], ids=["at once", "later"])
def test_words_that_side_by_side_become_other_tokens_are_told_of(
    card: SentenceCard, of_pieces: Engine, qtbot: QtBot, late: bool
) -> None:
    text = "the [MASK][MASK]."
    analysis = of_pieces.analyse(AnalysisRequest(text, top_k=of_pieces.info.vocab_size))
    told: list[str] = []
    card.notice.connect(lambda title, _hint: told.append(title))
    if not late:  # as where tokenizing is quick
        card.editor.text_changed.connect(
            lambda typed: card.store.type(Run(typed, of_pieces.tokenize(typed)))
        )
    first, second = writable(of_pieces, analysis)
    outcomes = set()
    for nth, one in enumerate(first):
        for pair in ([one, second[nth % len(second)]], [one, second[-1 - nth % len(second)]]):
            card.editor.set_text(text)
            card.store.type(Run(text, analysis.tokens))
            told.clear()

            card.put_guesses(pair)
            filled = card.editor.text()
            card.store.type(Run(filled, of_pieces.tokenize(filled)))

            wanted = [pair[0][1].id, pair[1][1].id]
            are_they = [token.id for token in of_pieces.tokenize(filled)][2:-2] == wanted
            assert told == ([] if are_they else [OTHER_TOKENS[0]]), filled
            outcomes.add(are_they)
    assert outcomes == {False, True}
