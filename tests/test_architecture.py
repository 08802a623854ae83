"""The rules of the house that a machine can hold: sizes, places, names."""

import ast
import re
import tomllib
from collections import Counter

import pytest

from tests.source_files import GUI, PACKAGE, ROOT, TESTS, imported, nodes, python_files, rooms

CONTRIBUTING = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")

MOST_LINES_OF_A_FILE = 400
MOST_LINES_OF_A_FUNCTION = 60
MOST_FILES_OF_A_FOLDER = 15

THREADS = ("threading", "concurrent", "multiprocessing", "asyncio", "_thread")
QT_THREADS = ("QThread", "QThreadPool", "QRunnable", "QtConcurrent")


@pytest.mark.parametrize("folder", ["roberta_gui", "tests", "benchmarks", "scripts"])
def test_no_file_is_too_long_to_read(folder: str) -> None:
    lengths = {
        file.relative_to(ROOT).as_posix(): len(file.read_text(encoding="utf-8").splitlines())
        for file in python_files(ROOT / folder)
    }

    assert {n: length for n, length in lengths.items() if length > MOST_LINES_OF_A_FILE} == {}


def test_no_folder_has_too_many_files_to_look_over() -> None:
    counts = Counter(file.parent.relative_to(ROOT).as_posix() for file in python_files(PACKAGE))

    assert {name: n for name, n in counts.items() if n > MOST_FILES_OF_A_FOLDER} == {}


def test_every_function_fits_on_a_screen() -> None:
    lengths = {
        f"{place} {node.name}": (node.end_lineno or node.lineno) - node.lineno + 1
        for place, node in nodes(PACKAGE)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    }

    assert lengths
    assert {n: length for n, length in lengths.items() if length > MOST_LINES_OF_A_FUNCTION} == {}


def test_colours_are_named_in_the_theme_only() -> None:
    colour = re.compile(r"#(?:[0-9a-f]{8}|[0-9a-f]{6})\b|\A#[0-9a-f]{3}\Z|rgba?\(", re.IGNORECASE)
    found = [
        f"{place} {node.value!r}"
        for place, node in nodes(PACKAGE, but=("roberta_gui/gui/look/theme.py",))
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and colour.search(node.value)
    ]

    assert found == []


def test_no_sentence_of_the_window_assumes_what_special_tokens_are_called() -> None:
    """A docstring may name those of RoBERTa."""
    found = [
        f"{place} {node.value!r}"
        for folder in (GUI, PACKAGE / "findings")
        for place, node in nodes(folder)
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and "\n" not in node.value
        and re.search(r"(?<!`)</?s>(?!`)", node.value)
    ]

    assert found == []


def is_plain(tip: ast.expr) -> bool:
    """Tell whether a tool tip can hold nothing that Qt might take for HTML."""
    if isinstance(tip, ast.IfExp):
        return is_plain(tip.body) and is_plain(tip.orelse)
    if isinstance(tip, ast.Constant):
        return "<" not in str(tip.value)
    return isinstance(tip, ast.Call) and ast.unparse(tip.func) == "plain_tip"


def test_tool_tips_show_tokens_and_no_html() -> None:
    calls = [
        (place, node.func, node.args)
        for place, node in nodes(GUI, but=("roberta_gui/gui/widgets/controls/tool_tip.py",))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
    ]
    set_raw = [
        f"{place} {ast.unparse(args[0])}"
        for place, function, args in calls
        if function.attr == "setToolTip" and not is_plain(args[0])
    ]
    shown_raw = [p for p, f, _ in calls if ast.unparse(f) == "QToolTip.showText"]

    assert set_raw == []
    assert shown_raw == []


def test_every_painter_ends_whatever_happens() -> None:
    left_open, left_saved = [], []
    for file in python_files(PACKAGE):
        tree = ast.parse(file.read_text(encoding="utf-8"))
        managed = {
            item.context_expr
            for node in ast.walk(tree)
            if isinstance(node, ast.With)
            for item in node.items
        }
        for node in ast.walk(tree):
            if isinstance(node, ast.Call):
                called = ast.unparse(node.func)
                place = f"{file.relative_to(ROOT).as_posix()}:{node.lineno}"
                if called.split(".")[-1] in ("QPainter", "QStylePainter") and node not in managed:
                    left_open.append(place)
                if called == "painter.save" and file.name != "drawing.py":
                    left_saved.append(place)

    assert left_open == []
    assert left_saved == [], "use drawing.saved, which gives the state back"


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("QFlowLayout", "it is written in Python: its items belong to Qt, and are kept or lost"),
        ("setStyleSheet", "Qt would draw what has one itself: look/style.py draws every control"),
        ("gettempdir", "a name in there can be taken before: `tempfile` makes files and folders"),
    ],
)
def test_what_can_go_wrong_unseen_is_not_used(name: str, reason: str) -> None:
    found = [
        place
        for place, node in nodes(PACKAGE)
        if name in (getattr(node, "attr", ""), *(n.split(".")[-1] for n in imported(node)))
    ]

    assert found == [], reason


def test_double_precision_is_asked_for_on_the_cpu_only() -> None:
    """Apple's GPUs have none, and no test runs on one."""
    weights = ("roberta_gui/engine/checkpoints/weights.py",)  # what their files may hold
    found = [
        f"{place} {ast.unparse(node)}"
        for folder in (PACKAGE / "engine", PACKAGE / "training")
        for place, node in nodes(folder, but=weights)
        if isinstance(node, ast.Attribute)
        and (node.attr == "double" or ast.unparse(node) == "torch.float64")
        and not ast.unparse(node).endswith(".cpu().double")
    ]

    assert found == []


def test_docstrings_hold_no_roles_which_the_reference_would_print_as_they_are() -> None:
    role = re.compile(r":\w+:`")
    files = [*python_files(PACKAGE), *python_files(TESTS)]

    assert [file.name for file in files if role.search(file.read_text(encoding="utf-8"))] == []


def test_every_workaround_begins_with_a_link_to_what_it_works_around() -> None:
    without = re.compile(r"WORKAROUND(?!: https://)")
    files = [*python_files(PACKAGE), ROOT / "pyproject.toml"]

    assert [file.name for file in files if without.search(file.read_text(encoding="utf-8"))] == []


def test_no_module_is_a_junk_drawer() -> None:
    junk = re.compile(r"(?:^|_)(?:utils?|helpers?|managers?|common|misc)(?:_|$)")
    files = [*python_files(PACKAGE), *python_files(TESTS)]

    assert [file.name for file in files if junk.search(file.stem)] == []


def test_nothing_prints_or_sleeps() -> None:
    found = [
        f"{place} {ast.unparse(node.func)}"
        for place, node in nodes(PACKAGE)
        if isinstance(node, ast.Call)
        and (
            (isinstance(node.func, ast.Name) and node.func.id in ("print", "sleep"))
            or (isinstance(node.func, ast.Attribute) and node.func.attr in ("sleep", "msleep"))
        )
    ]

    assert found == []


def test_threads_are_started_in_one_place() -> None:
    found = [
        f"{place} {name}"
        for place, node in nodes(GUI, but=("roberta_gui/gui/work/jobs.py",))
        for name in imported(node)
        if name.split(".")[0] in THREADS or name.split(".")[-1] in QT_THREADS
    ]

    assert found == []


def test_settings_are_kept_in_one_place() -> None:
    found = [
        f"{place} {name}"
        for place, node in nodes(PACKAGE, but=("roberta_gui/gui/start/preferences.py",))
        for name in imported(node)
        if name.endswith(".QSettings")
    ]

    assert found == []


def test_no_error_is_swallowed() -> None:
    # All hand on what they caught: to the window, the thread that waits, the log and the picture.
    hands_on = (
        "roberta_gui/gui/work/jobs.py",
        "roberta_gui/engine/interruption.py",
        "roberta_gui/gui/widgets/painting/drawing.py",
    )
    found = [
        place
        for place, node in nodes(PACKAGE, but=hands_on)
        if isinstance(node, ast.ExceptHandler)
        and (node.type is None or ast.unparse(node.type) in ("Exception", "BaseException"))
        and not any(isinstance(inner, ast.Raise) for inner in ast.walk(node))
    ]

    assert found == []


READ_WITHOUT_A_BOUND = {
    "roberta_gui/analysis/axes/axes_file.py": "its arrays take no more memory than it has bytes",
    "roberta_gui/analysis/axes/reference_sentences.py": "it comes with the product",
    "roberta_gui/engine/checkpoints/weights.py": "memory is asked for before, and pieces are read",
    "roberta_gui/engine/devices.py": "the system writes it anew whenever it is asked",
    "roberta_gui/training/text/tokenized_text.py": "its arrays are all that there is to learn from",
}


def reads_a_file(call: ast.Call) -> bool:
    """Tell whether a call opens a file to read it, other than by `outside.read_bytes`."""
    called, given = ast.unparse(call.func), " ".join(map(ast.unparse, call.args))
    if called.startswith("resource(") or given.startswith("io.BytesIO("):
        return False  # our own, or read before
    if called in ("dialog.open", "buffer.open"):
        return False  # Qt's: no files
    modes = [one.value for one in call.args if isinstance(one, ast.Constant)]
    writes = any(set("wax") & set(str(mode)) for mode in modes)
    name = called.rpartition(".")[2]
    is_method = isinstance(call.func, ast.Attribute) and name in ("read_text", "read_bytes")
    return is_method or called in ("np.load", "torch.load") or (name == "open" and not writes)


def test_what_is_foreign_is_read_with_a_bound_or_there_is_a_reason() -> None:
    found = {
        place.split(":")[0]
        for place, node in nodes(PACKAGE, but=("roberta_gui/outside.py",))
        if isinstance(node, ast.Call) and reads_a_file(node)
    }

    assert found == READ_WITHOUT_A_BOUND.keys()


def test_tests_wait_for_signals_and_not_for_the_clock() -> None:
    found = [
        f"{place} {ast.unparse(node.func)}"
        for place, node in nodes(TESTS)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and (node.func.attr == "sleep" or ast.unparse(node.func) in ("qtbot.wait", "QTest.qWait"))
    ]

    assert found == []


def test_tests_wait_as_long_as_the_one_patience_says() -> None:
    """A number that is enough on a quiet machine fails a test on a busy one."""
    found = [
        f"{place} timeout={ast.unparse(node.value)}"
        for place, node in nodes(TESTS)
        if isinstance(node, ast.keyword)
        and node.arg == "timeout"
        and any(isinstance(part, ast.Constant) and part.value for part in ast.walk(node.value))
    ]

    assert found == [], "use PATIENCE_S of tests/patience.py; what does not wait is 0"


def test_tests_leave_private_attributes_alone() -> None:
    found = [
        f"{place} {ast.unparse(node)}"
        for place, node in nodes(TESTS)
        if isinstance(node, ast.Attribute)
        and re.match(r"_(?!_)", node.attr)
        and ast.unparse(node.value) not in ("self", "cls")
    ]

    assert found == []


def test_what_must_stay_covered_is_there() -> None:
    with (ROOT / "pyproject.toml").open("rb") as file:
        core = tomllib.load(file)["tool"]["coverage"]["run"]["include"]

    assert [files for files in core if not [*ROOT.glob(files)]] == []


def test_every_path_that_contributing_names_is_there() -> None:
    """One that begins with no folder of the root is looked for at the end of all paths."""
    path = r"(?<![\w.\\/])(?!dist/)(?:[\w<>/]+(?:/|\.py)|tests/[\w/]+)(?![\w<])"
    named = {re.sub("<.*?>", "*", name) for name in re.findall(path, CONTRIBUTING)}
    folders = [folder for folder in ROOT.iterdir() if f"`{folder.name}/" in CONTRIBUTING]
    there = [ROOT / "main.py", *folders, *(inner for each in folders for inner in each.rglob("*"))]

    assert [name for name in sorted(named) if not any(path.match(name) for path in there)] == []


def test_every_room_of_the_package_has_its_row_in_contributing() -> None:
    table = "".join(line for line in CONTRIBUTING.splitlines() if line.startswith("| `"))
    named = re.findall(r"`(?:roberta_gui/)?(\w+)(?:/|\.py)`", table)

    assert sorted(rooms() - {*named}) == []
