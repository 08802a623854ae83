"""Hidden states of many texts, a little at a time: what layers are compared on."""

from collections.abc import Iterator, Sequence

from roberta_gui.engine.forward import hidden_states
from roberta_gui.engine.interruption import end_if
from roberta_gui.engine.roberta import Configuration, Roberta
from roberta_gui.records import Report, Stop, Token, TokenStates, read_only

_WORK_PER_STEP = 5e9
"""Multiplications that two cores do in well under 100 ms: 64 tokens of roberta-base's shape."""

_MOST_TOKENS = 8192


def states(
    network: Roberta,
    texts: Sequence[tuple[tuple[Token, ...], int]],
    stop: Stop | None = None,
    report: Report | None = None,
) -> Iterator[TokenStates]:
    """Run all ``texts``, batch by batch, and give the states of their non-special tokens.

    Each text is its tokens and how many more were cut off. Texts of like length run together, so
    the order is by length. The first text of a batch takes the batch's time, at most about 100 ms.
    Raises `problems.Stopped`, `problems.TooLittleMemory` and `problems.NotFinite`.
    """
    by_length = sorted(range(len(texts)), key=lambda index: len(texts[index][0]))
    lengths = [len(texts[index][0]) for index in by_length]
    done = 0
    for batch in batches(lengths, step_tokens(network.configuration)):
        end_if(stop)
        if report is not None:
            report("Reading the sentences", done / len(by_length))
        chosen = by_length[batch]
        done += len(chosen)
        ids = [[token.id for token in texts[index][0]] for index in chosen]
        types = [[token.type_id for token in texts[index][0]] for index in chosen]
        found = hidden_states(network, ids, stop, types)
        for index, hidden in zip(chosen, found, strict=True):
            tokens, dropped = texts[index]
            kept = tuple(token for token in tokens if not token.is_special)
            states = read_only(hidden[:, [token.index for token in kept]])
            yield TokenStates(index, kept, states, dropped)


def step_tokens(configuration: Configuration) -> int:
    """Count the tokens, padding included, that one step can run: fewer for a larger network.

    Fixed by the network's shape and not by a stopwatch: batches of another shape round
    otherwise, and axes fitted twice must come out the same.
    """
    c = configuration
    per_token = c.n_layers * (4 * c.d_model**2 + 2 * c.d_model * c.d_feedforward)
    return int(min(max(_WORK_PER_STEP // per_token, 1), _MOST_TOKENS))


def batches(lengths: Sequence[int], most_tokens: int) -> Iterator[slice]:
    """Cut ascending ``lengths`` into batches of at most ``most_tokens``, padding counted.

    A text longer than that is a batch of its own.
    """
    start = 0
    for end in range(1, len(lengths) + 1):
        if end == len(lengths) or (end + 1 - start) * lengths[end] > most_tokens:
            yield slice(start, end)
            start = end
