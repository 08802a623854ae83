"""What the engine tells of many texts, as files and frames."""

import io
from pathlib import Path

from roberta_gui import findings
from roberta_gui.engine import Engine
from roberta_gui.extras import need

TEXTS = ["The cat sat on the <mask>.", "Paris", "", "A <mask> and a <mask>, as it was."]


def test_rows_become_csv_a_frame_and_parquet(engine: Engine, tmp_path: Path) -> None:
    rows = list(engine.table(TEXTS))
    path = tmp_path / "texts.parquet"

    frame = findings.table(rows).to_frame()
    findings.table(rows).to_parquet(path)
    csv = need("pandas").read_csv(io.StringIO(findings.table(rows).to_csv()))

    guesses = ["guess_1", "probability_1", "guess_2", "probability_2"]
    known = ["text", "n_tokens", "dropped_tokens", "bits", "n_scored"]
    assert list(frame.columns) == [*known, *guesses]
    assert frame["bits"].tolist() == [row.bits for row in rows]
    best = rows[3].guesses[1].candidates[0] if rows[3].guesses else None
    assert best is not None
    assert (frame["guess_2"][3], frame["probability_2"][3]) == (best.text, best.probability)
    assert frame["guess_2"][:3].isna().all()
    assert need("pandas").read_parquet(path)["bits"].tolist() == frame["bits"].tolist()
    assert csv["bits"].tolist() == frame["bits"].tolist()


def test_columns_that_no_row_has_are_left_out_of_the_table(engine: Engine) -> None:
    table = findings.table(engine.table(TEXTS, ["bits"]))
    assert table.columns == ("text", "n_tokens", "dropped_tokens", "bits", "n_scored")
    assert findings.table([]).columns == ("text", "n_tokens", "dropped_tokens")
