"""Print every speed claim beside what people use instead: ``python -m benchmarks``."""

import argparse
import os
import sys
import tempfile
import traceback
from collections.abc import Sequence
from pathlib import Path

from benchmarks import checkpoint, machine, table
from benchmarks.apart import BENCHMARKS, WINDOWS, fit_axes, in_own_process, measure
from benchmarks.lines import Line
from benchmarks.settings import QUICK_RUNS, RUNS, Settings


def parser() -> argparse.ArgumentParser:
    """Describe the command line."""
    made = argparse.ArgumentParser(
        prog="python -m benchmarks",
        description="Speed, side by side with what people use instead.",
        epilog="It takes some minutes and wants a machine that does nothing else. "
        "OMP_NUM_THREADS sets the threads of both sides.",
    )
    made.add_argument(
        "names", nargs="*", metavar="NAME", help=f"some of: {', '.join(BENCHMARKS)}; else all"
    )
    made.add_argument(
        "--quick",
        action="store_true",
        help=f"{QUICK_RUNS} runs instead of {RUNS}: to look, not to claim",
    )
    made.add_argument("--json", type=Path, metavar="FILE", help="save every run's value too")
    return made


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the benchmarks that are asked for and print their table."""
    made = parser()
    options = made.parse_args(arguments)
    names = options.names or list(BENCHMARKS)
    if unknown := [name for name in names if name not in BENCHMARKS]:
        made.error(f"no such benchmark: {', '.join(unknown)}; there are {', '.join(BENCHMARKS)}")
    # No screen is needed, and nothing is fetched.
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    os.environ |= {"HF_HUB_OFFLINE": "1", "HF_HUB_DISABLE_PROGRESS_BARS": "1"}
    os.environ["TRANSFORMERS_VERBOSITY"] = "error"  # a new head is no surprise
    # Shared folders fill up; a model of 500 MB must not stay behind.
    with tempfile.TemporaryDirectory(prefix="benchmarks-") as folder:
        settings = Settings(Path(folder), QUICK_RUNS if options.quick else RUNS)
        facts = in_own_process(machine.describe)
        lines, failed = _run(names, settings)
    print(table.text(lines, facts))
    if options.json is not None:
        options.json.write_text(table.as_json(lines, facts), encoding="utf-8")
    if failed:
        print(f"failed, see above: {', '.join(failed)}", file=sys.stderr)
    return 1 if failed else 0


def _run(names: Sequence[str], settings: Settings) -> tuple[list[Line], list[str]]:
    """Prepare what the benchmarks share, then run them one after the other.

    Gives their lines, and the names of those that failed: the others' took minutes.
    """
    if set(names) - {"start-up", "theme", "fine-tuning", "head-product", "tests"}:
        _tell("saving a model with random weights")
        in_own_process(checkpoint.make, settings)
    if set(names) & set(WINDOWS):
        _tell("fitting the axes of that model, once")
        in_own_process(fit_axes, settings)
    lines: list[Line] = []
    failed: list[str] = []
    for name in names:
        _tell(name)
        try:
            lines += in_own_process(measure, name, settings)
        except Exception:  # noqa: BLE001 - whatever it was, it is printed
            traceback.print_exc()
            failed.append(name)
    return lines, failed


def _tell(doing: str) -> None:
    """Say on the error stream what is going on; the table alone goes to the output."""
    print(f"{doing} …", file=sys.stderr, flush=True)


if __name__ == "__main__":
    raise SystemExit(main())
