"""The command line, as somebody at a terminal meets it."""

from __future__ import annotations

import io
import json
import os
import re
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from coach import personas
from coach.cli import BAD_LINES, main
from coach.embeddings import Embedder
from coach.reading.reader import OfflineReader
from coach.services import Services
from coach.settings import Settings
from tests.conftest import Clock

LABELS = ["function", "openness", "frame", "leading", "leading_kind", "moves", "uptake", "faults", "tell"]
HEAVY = ["gradio", "chromadb", "onnxruntime", "sqlalchemy", "langchain", "openai", "numpy"]


class Ran(NamedTuple):
    """What a command left behind."""

    status: int
    out: str
    err: str


Run = Callable[..., Ran]


@pytest.fixture
def run(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
) -> Callable[..., Ran]:
    """Runs `coach …` in this process, on a data folder of its own; `typed` is what standard input holds."""
    for name in [n for n in os.environ if n.upper().startswith("COACH_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("COACH_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("COLUMNS", "160")

    def runner(*arguments: str | Path, typed: str = "") -> Ran:
        monkeypatch.setattr(sys, "argv", ["coach", *map(str, arguments)])
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(typed.encode()), "utf-8"))
        capsys.readouterr()
        with pytest.raises(SystemExit) as left:
            main()
        out, err = capsys.readouterr()
        return Ran(int(left.value.code or 0), out, err)

    return runner


@pytest.fixture(scope="module")
def practised(tmp_path_factory: pytest.TempPathFactory, reader: OfflineReader, embedder: Embedder) -> Path:
    """A data folder with a clumsy interview of yours, debriefed, and no memory yet. Tests work on copies of it."""
    data = tmp_path_factory.mktemp("practised") / "data"
    services = Services(Settings(data=data, chroma_url="http://127.0.0.1:1"), now=Clock())
    services.__dict__.update(reader=reader, embedder=embedder)
    for persona in services.personas.values():
        services.linker.prepare(persona)
    interview = services.practice.start("you", "henrik-solberg")
    for asked in ("Would you use an app for that?", "Don't you think that it would save you a lot of time?"):
        services.practice.ask("you", interview.id, asked)
    services.practice.end("you", interview.id)
    services.debrief("you", interview.id)
    for thread in threading.enumerate():
        if thread.name == "outbox":
            thread.join()
    services.close()
    return data


@pytest.fixture
def stored(run: Run, practised: Path, tmp_path: Path) -> Run:
    """Runs `coach …` where an interview has been."""
    shutil.copytree(practised, tmp_path / "data")
    return run


@pytest.fixture
def quick(practised: Path, tmp_path: Path) -> Path:
    """A data folder with nothing but the customers' vectors, which take seconds to make."""
    shutil.copytree(practised / "cache", tmp_path / "data" / "cache")
    return tmp_path / "data"


def process(*arguments: str, data: Path, typed: str | bytes = "", **more: str) -> subprocess.CompletedProcess[str]:
    """Runs `coach …` as a process of its own, from the data's folder."""
    environment = {k: v for k, v in os.environ.items() if not k.upper().startswith("COACH_")}
    data.parent.mkdir(parents=True, exist_ok=True)
    done = subprocess.run(
        [sys.executable, "-m", "coach", *arguments],
        input=typed if isinstance(typed, bytes) else typed.encode(),
        capture_output=True,
        cwd=data.parent,
        env={**environment, "COACH_DATA": str(data), "COLUMNS": "160", "PYTHONIOENCODING": "utf-8", **more},
        check=False,
        timeout=120,
    )
    return subprocess.CompletedProcess(done.args, done.returncode, done.stdout.decode(), done.stderr.decode())


# -- help ---------------------------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_help_imports_nothing_heavy(tmp_path: Path) -> None:
    """`coach --help` answers without any of the large libraries."""
    script = (
        "import sys\nsys.argv = ['coach', '--help']\nfrom coach.cli import main\n"
        "try:\n    main()\nfinally:\n    print('LOADED', *sorted({m.split('.')[0] for m in sys.modules}))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, cwd=tmp_path, check=False)
    *helped, loaded = done.stdout.splitlines()

    assert done.returncode == 0, done.stderr
    assert "practice" in "\n".join(helped)
    assert sorted(set(loaded.split()) & set(HEAVY)) == []


@pytest.mark.parametrize(
    "arguments",
    [
        ["--help"],
        *[
            [c, "--help"]
            for c in ("serve", "read", "score", "eval", "practice", "doctor", "personas", "memory", "data")
        ],
        *[["personas", c, "--help"] for c in ("check", "schema")],
        ["memory", "rebuild", "--help"],
        *[["data", c, "--help"] for c in ("export", "delete", "restore")],
    ],
    ids=" ".join,
)
def test_every_command_has_help(run: Run, arguments: list[str]) -> None:
    """Each command tells how it is used."""
    ran = run(*arguments)

    assert ran.status == 0
    assert re.search(rf"Usage: .*{' '.join(arguments[:-1])} ", ran.out)


# -- read ---------------------------------------------------------------------------------------------------------------

GOOD = {"id": "a-1", "prev": "I went to the shop.", "text": "What happened next?"}


def lines(*rows: Any) -> str:
    return "".join(f"{row if isinstance(row, str) else json.dumps(row)}\n" for row in rows)


def test_each_line_is_read(run: Run, tmp_path: Path) -> None:
    """Each good line gives one JSON line with its id, every label, their certainty and the words they rest on."""
    (tmp_path / "turns.jsonl").write_text(lines(GOOD, {**GOOD, "id": 2, "text": "Don't you hate it?"}))
    ran = run("read", tmp_path / "turns.jsonl")
    first, second = (json.loads(line) for line in ran.out.splitlines())

    assert (ran.status, ran.err) == (0, "")
    assert list(first) == list(second) == ["id", *LABELS, "confidence", "evidence"]
    assert (first["id"], second["id"]) == ("a-1", 2)
    assert (first["function"], second["leading"]) == (["ask"], "strong")


def test_labels_have_the_codebooks_types(run: Run) -> None:
    """Sets of labels are lists of words, single labels words, uptake a number; certainty lies between 0 and 1."""
    ran = run("read", "-", typed=lines({**GOOD, "text": "Tell me about the last time you planned a week of meals."}))
    row = json.loads(ran.out)

    assert {k: type(row[k]) for k in LABELS} == {
        **dict.fromkeys(("function", "moves", "faults", "tell"), list),
        **dict.fromkeys(("openness", "frame", "leading", "leading_kind"), str),
        "uptake": int,
    }
    assert {k for k in LABELS if k in row["confidence"]} == set(row["confidence"])
    assert all(0 <= v <= 1 for v in row["confidence"].values())
    assert all(isinstance(v, str) for v in row["evidence"].values())


BAD = [
    pytest.param("{", "not JSON", id="not JSON"),
    pytest.param("[1, 2]", "the line", id="a list"),
    pytest.param("3", "the line", id="a number"),
    pytest.param({"id": 1}, "text", id="no text"),
    pytest.param({"text": "Why?"}, "id", id="no id"),
    pytest.param({"id": 1, "text": None}, "text", id="text of nothing"),
    pytest.param({"id": 1, "text": ["Why?"]}, "text", id="text of a list"),
    pytest.param({"id": 1, "text": "a" * 20_001}, "text", id="text too long"),
    pytest.param({"id": [1], "text": "Why?"}, "id", id="id of a list"),
    pytest.param({"id": 1, "prev": 3, "text": "Why?"}, "prev", id="prev of a number"),
    pytest.param({"id": 1, "text": "Why?", "context": "Hello."}, "context", id="context of text"),
    pytest.param({"id": 1, "text": "Why?", "context": [{"speaker": "bob", "text": "Hi."}]}, "speaker", id="speaker"),
    pytest.param({"id": 1, "text": "Why?", "context": [{"speaker": "customer"}]}, "context", id="context without text"),
    pytest.param('{"id": 1, "text": "\\ud83d"}', "text", id="half a character"),
    pytest.param('{"id": "\\ud83d", "text": "Why?"}', "id", id="id of half a character"),
    pytest.param('{"id": 1, "text": ' + "[" * 100_000, "nested too deep", id="nested too deep"),
    pytest.param('{"id": ' + "1" * 5000 + ', "text": "Why?"}', "", id="a number too long"),
]


@pytest.mark.parametrize(("bad", "says"), BAD)
def test_a_bad_line_is_skipped_and_told(run: Run, tmp_path: Path, bad: Any, says: str) -> None:
    """A line that does not fit is told with its number and why; the others are read; the exit status is 2."""
    path = tmp_path / "turns.jsonl"
    path.write_text(lines(GOOD, "", bad, {**GOOD, "id": "after"}))
    ran = run("read", path)

    assert ran.status == BAD_LINES == 2
    assert [json.loads(line)["id"] for line in ran.out.splitlines()] == ["a-1", "after"]
    assert ran.err.startswith(f"{path}:3: ")
    assert says in ran.err
    assert ran.err.endswith("skipped.\n")
    assert ran.err.count("\n") == 1


def test_a_line_that_is_not_utf_8_stops_nothing(run: Run, tmp_path: Path) -> None:
    """Bytes that are no UTF-8 are read as unknown characters."""
    path = tmp_path / "turns.jsonl"
    path.write_bytes(lines(GOOD).encode() + b'{"id": 2, "text": "Zo\xeb, why?"}\n' + lines({**GOOD, "id": 3}).encode())
    ran = run("read", path)

    assert ran.status == 0
    assert [json.loads(line)["id"] for line in ran.out.splitlines()] == ["a-1", 2, 3]


@pytest.mark.slow
def test_standard_input_that_is_not_utf_8_stops_nothing(tmp_path: Path) -> None:
    """Bytes that are no UTF-8 on standard input are read as they would be from a file."""
    typed = lines(GOOD).encode() + b'{"id": 2, "text": "Zo\xeb, why?"}\n'
    done = process("read", "-", data=tmp_path / "data", typed=typed, PYTHONIOENCODING="utf-8:strict")

    assert done.returncode == 0, done.stderr
    assert [json.loads(line)["id"] for line in done.stdout.splitlines()] == ["a-1", 2]


def test_an_empty_turn_has_no_labels(run: Run) -> None:
    """A turn without words is read as asking nothing."""
    ran = run("read", "-", typed=lines({"id": 1, "text": ""}, {"id": 2, "text": " \n "}))
    rows = [json.loads(line) for line in ran.out.splitlines()]

    assert ran.status == 0
    assert [(r["id"], r["function"], r["openness"], r["frame"]) for r in rows] == [
        (1, [], "none", "none"),
        (2, [], "none", "none"),
    ]


def test_the_context_counts_as_prev_does(run: Run) -> None:
    """A turn is read the same with its `prev` as with a `context` that holds the same; unknown keys are ignored."""
    said = {"speaker": "customer", "text": GOOD["prev"]}
    ran = run(
        "read",
        "-",
        typed=lines(
            GOOD,
            {"id": "a-1", "text": GOOD["text"], "context": [said]},
            {**GOOD, "context": [said], "label": "open"},
        ),
    )

    assert ran.status == 0
    assert len(set(ran.out.splitlines())) == 1


def test_what_was_said_before_matters(run: Run) -> None:
    """The same words are read otherwise after another answer."""
    asked = {"id": 1, "text": "And the freezer, when was that?"}
    before = "The freezer died on the Tuesday and we lost everything in it."
    ran = run("read", "-", typed=lines({**asked, "prev": before}, {**asked, "prev": "I like soup."}))
    first, second = (json.loads(line) for line in ran.out.splitlines())

    assert first["confidence"] != second["confidence"]


def test_lines_are_read_the_same_alone_and_in_a_batch(run: Run) -> None:
    """A line's labels do not hang on the lines around it, and many come in their order."""
    texts = [f"What happened at {n} o'clock{' then' * (n % 7)}?" for n in range(130)]
    many = run("read", "-", typed=lines(*({"id": n, "text": t} for n, t in enumerate(texts))))
    alone = run("read", "-", typed=lines({"id": 99, "text": texts[99]}))
    rows = [json.loads(line) for line in many.out.splitlines()]
    one = json.loads(alone.out)

    assert [r["id"] for r in rows] == list(range(130))
    assert rows[99] == one


def coded(id_: int, text: str, **labels: Any) -> dict[str, Any]:
    """A turn with two coders who agree."""
    said = {
        "function": ["ask"],
        "openness": "open_wh",
        "frame": "past_specific",
        "leading": "none",
        "uptake": 0,
        **labels,
    }
    return {"id": id_, "interview": str(id_ % 2), "text": text, "coder_a": said, "coder_b": said}


def test_the_reader_is_measured_on_coded_turns(run: Run, tmp_path: Path) -> None:
    """`coach eval --data` prints the agreement by label and leaves its reports where it is told."""
    file = tmp_path / "turns.jsonl"
    rows = [coded(1, "What did you do then?"), coded(2, "Would you buy it?", openness="option", frame="hypothetical")]
    file.write_text(lines(*rows), "utf-8")
    ran = run("eval", "--data", file, "--out", tmp_path / "out")

    assert ran.status == 0
    assert "| openness | 1.00" in ran.out
    assert {p.name for p in (tmp_path / "out").iterdir()} == {"report.md", "report.html", "report.json", "junit.xml"}


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--data", "nowhere.jsonl"], "nowhere.jsonl cannot be read"),
        (["--reader", "psychic"], "There is no reader 'psychic' here; choose one of offline."),
        (["--split", "all"], "There is no split 'all'; choose one of train, dev, test."),
        (["--suite", "nowhere"], "nowhere holds no eval suite"),
        (["--uptake", "nowhere.csv"], "nowhere.csv cannot be read"),
    ],
)
def test_what_cannot_be_measured_is_told(run: Run, arguments: list[str], says: str) -> None:
    """One sentence says what is wrong and what would be right."""
    ran = run("eval", *arguments)

    assert ran.status == 1
    assert says in ran.err
    assert ran.err.count("\n") == 1


def test_a_file_that_is_not_there_is_told(run: Run, tmp_path: Path) -> None:
    """A missing file is one sentence and exit status 1."""
    ran = run("read", tmp_path / "none.jsonl")

    assert (ran.status, ran.out) == (1, "")
    assert ran.err == f"{tmp_path / 'none.jsonl'}: cannot be read (No such file or directory); check the name.\n"


# -- score --------------------------------------------------------------------------------------------------------------

TALK = """Interviewer: Would you use an app that plans your meals?
Customer: Oh yes, I think so.
Interviewer: Don't you think it would save you a lot of time?
Customer: Absolutely.
Interviewer: Tell me about the last time you planned a week of meals.
Customer: Last Sunday I sat down with a list.
Interviewer: What happened next?
Customer: I went to the shop.
"""


def test_a_transcript_is_scored(run: Run, tmp_path: Path) -> None:
    """A transcript gives the four skills and what was found, with the turn and its words."""
    (tmp_path / "talk.txt").write_text(TALK)
    ran = run("score", tmp_path / "talk.txt")

    assert (ran.status, ran.err) == (0, "")
    for title in ("Story-based questions", "Neutral questions", "Follow-up depth", "Listening"):
        assert title in ran.out
    assert "Turn 2: “Don't you think it would save you a lot of time?”" in ran.out


def test_the_same_transcript_scores_the_same(run: Run, tmp_path: Path) -> None:
    """Scored again, a transcript gives the same card to the letter."""
    (tmp_path / "talk.txt").write_text(TALK)

    assert run("score", tmp_path / "talk.txt") == run("score", tmp_path / "talk.txt")


def test_scoring_stores_nothing(run: Run, tmp_path: Path) -> None:
    """No record and no memory come of a transcript."""
    (tmp_path / "talk.txt").write_text(TALK)
    run("score", tmp_path / "talk.txt")

    assert not (tmp_path / "data" / "record.db").exists()
    assert not (tmp_path / "data" / "memory").exists()


@pytest.mark.parametrize(
    ("content", "says"),
    [
        pytest.param(b"Q: Why?\nA: Well.\n", "talk.txt, line 1: begin each turn with “Interviewer:”", id="no speakers"),
        pytest.param(b"Customer: Well.\n", "talk.txt: no “Interviewer:” line in it", id="no interviewer"),
        pytest.param(b"", "talk.txt: no “Interviewer:” line in it", id="empty"),
        pytest.param(b"Interviewer: Zo\xeb?\n", "talk.txt: cannot be read as UTF-8 text", id="not UTF-8"),
        pytest.param(None, "talk.txt: cannot be read as UTF-8 text", id="not there"),
    ],
)
def test_a_transcript_that_does_not_fit_is_told(run: Run, tmp_path: Path, content: bytes | None, says: str) -> None:
    """A file that is no transcript is one sentence and exit status 1."""
    if content is not None:
        (tmp_path / "talk.txt").write_bytes(content)
    ran = run("score", tmp_path / "talk.txt")

    assert (ran.status, ran.out) == (1, "")
    assert says in ran.err
    assert ran.err.count("\n") == 1


def test_words_that_look_like_markup_stay_words(run: Run, tmp_path: Path) -> None:
    """What was said is printed letter by letter, square brackets and all."""
    (tmp_path / "talk.txt").write_text("Interviewer: Don't you hate [red]that[/red], honestly? [/]\nCustomer: Yes.\n")
    ran = run("score", tmp_path / "talk.txt")

    assert ran.status == 0
    assert "“Don't you hate [red]that[/red], honestly? [/]”" in ran.out


# -- personas -----------------------------------------------------------------------------------------------------------


def test_the_packaged_personas_pass_the_check(run: Run) -> None:
    """Each customer of the product is named with what they hold."""
    ran = run("personas", "check")

    assert (ran.status, ran.err) == (0, "")
    assert "henrik-solberg.yaml: Henrik Solberg: " in ran.out
    assert "rosalind-achebe.yaml: Rosalind Achebe: " in ran.out


def test_a_bad_persona_is_told_and_the_others_are_checked(run: Run, tmp_path: Path) -> None:
    """A bad file is told with its name, the place in it and the remedy; good ones are listed; the exit status is 1."""
    good = personas.packaged_folder() / "henrik-solberg.yaml"
    bad = tmp_path / "bad.yaml"
    bad.write_text(good.read_text("utf-8").replace("age: 44", "agee: 44"), "utf-8")
    ran = run("personas", "check", bad, good)

    assert ran.status == 1
    assert ran.err == f"{bad}: age: missing; add it.\n{bad}: agee: unknown key; remove it or correct its spelling.\n"
    assert ran.out.startswith("henrik-solberg.yaml: ")


def test_ones_own_personas_are_checked(run: Run, tmp_path: Path) -> None:
    """Without a name, the files in one's own folder are checked as well."""
    (tmp_path / "data" / "personas").mkdir(parents=True)
    (tmp_path / "data" / "personas" / "mine.yaml").write_text("id: mine\n")
    ran = run("personas", "check")

    assert ran.status == 1
    assert f"{tmp_path / 'data' / 'personas' / 'mine.yaml'}: name: missing; add it." in ran.err


def test_the_schema_is_printed(run: Run) -> None:
    """The schema comes letter by letter, to be written to a file."""
    ran = run("personas", "schema")

    assert (ran.status, ran.out) == (0, personas.schema())


# -- practice -----------------------------------------------------------------------------------------------------------


def test_without_a_name_the_customers_are_listed(run: Run) -> None:
    """Each customer's id is shown, and how to begin."""
    ran = run("practice")

    assert ran.status == 0
    assert "henrik-solberg  Henrik Solberg" in ran.out
    assert "coach practice ID" in ran.out


def test_an_unknown_customer_is_told(run: Run) -> None:
    """A name that is none is one sentence with those that there are."""
    ran = run("practice", "nobody")

    assert ran.status == 1
    known = ", ".join(personas.load_all(personas.packaged_folder()))
    assert ran.err == f"There is no customer 'nobody'; choose one of {known}.\n"


def test_there_may_be_nothing_to_resume(run: Run) -> None:
    """With no open interview, `--resume` says how to begin one."""
    ran = run("practice", "--resume")

    assert ran.status == 1
    assert ran.err == "There is no open interview; begin one with: coach practice ID\n"


@pytest.mark.slow
def test_an_interview_in_the_terminal(quick: Path) -> None:
    """Typed questions are answered, an empty line lets the customer go on, /end brings the scorecard; all is stored."""
    asked = ["Tell me about the last time you planned a week of meals.", "", "Don't you hate [b]that[/b]?", "/end"]
    done = process("practice", "rosalind-achebe", "--hints", data=quick, typed="\n".join(asked) + "\n")
    services = Services(Settings(data=quick))
    (row,) = services.record.interviews("you")
    turns = services.record.interview("you", row.id).turns
    stored = services.record.debrief("you", row.id)
    services.close()
    words = " ".join(done.stdout.split())

    assert (done.returncode, done.stderr) == (0, "")
    assert [t.asked for t in turns] == [asked[0], "Mm-hm.", asked[2]]
    assert all(" ".join((t.answer or "").split()) in words for t in turns)
    assert "Leading." in words
    assert "Scorecard" in words
    assert row.ended is not None
    assert stored is not None


@pytest.mark.slow
def test_an_interview_is_resumed_in_the_terminal(quick: Path) -> None:
    """Where the input ends the interview stays open, and `--resume` shows what was said and goes on."""
    first = process("practice", "henrik-solberg", data=quick, typed="What went wrong last week?\n")
    second = process("practice", "--resume", data=quick, typed="What happened next?\n/end\n")
    services = Services(Settings(data=quick))
    (row,) = services.record.interviews("you")
    turns = services.record.interview("you", row.id).turns
    services.close()

    assert (first.returncode, second.returncode) == (0, 0)
    assert "coach practice --resume" in first.stdout
    assert "What went wrong last week?" in second.stdout
    assert [t.asked for t in turns] == ["What went wrong last week?", "What happened next?"]
    assert row.ended is not None


# -- data, memory, doctor -----------------------------------------------------------------------------------------------


def test_data_go_out_and_come_back(stored: Run, tmp_path: Path) -> None:
    """Exported, deleted and restored, everything is as it was."""
    out = stored("data", "export", tmp_path / "mine.json")
    gone = stored("data", "delete", "--yes")
    empty = stored("data", "export", tmp_path / "none.json")
    back = stored("data", "restore", tmp_path / "mine.json")
    stored("data", "export", tmp_path / "again.json")
    before, after = (json.loads((tmp_path / f"{n}.json").read_text()) for n in ("mine", "again"))

    assert out.out == f"Written to {tmp_path / 'mine.json'}.\n"
    assert gone.out == "1 interviews were deleted.\n"
    assert (empty.status, empty.err) == (1, "The record holds nothing of 'you'.\n")
    assert back.out == "1 interviews came back.\n"
    assert _but_for_memory(after) == _but_for_memory(before)


def _but_for_memory(data: dict[str, Any]) -> dict[str, Any]:
    """An export without whether each finding had reached the memory already when it was made."""
    return {**data, "findings": [{**f, "remembered": None} for f in data["findings"]]}


def test_an_export_overwrites_nothing(stored: Run, tmp_path: Path) -> None:
    """A file that is there already is left as it is."""
    (tmp_path / "mine.json").write_text("precious")
    ran = stored("data", "export", tmp_path / "mine.json")

    assert (ran.status, ran.err) == (1, f"{tmp_path / 'mine.json'} exists already; give another name.\n")
    assert (tmp_path / "mine.json").read_text() == "precious"


def test_an_export_to_nowhere_is_told(stored: Run, tmp_path: Path) -> None:
    """A folder that is not there is one sentence."""
    ran = stored("data", "export", tmp_path / "none" / "mine.json")

    assert ran.status == 1
    assert "cannot be written (No such file or directory)." in ran.err


@pytest.mark.parametrize("typed", ["n\n", "\n", ""], ids=["no", "nothing", "end of input"])
def test_deleting_asks_first(stored: Run, tmp_path: Path, typed: str) -> None:
    """Whoever does not say yes keeps everything."""
    ran = stored("data", "delete", typed=typed)
    kept = stored("data", "export", tmp_path / "mine.json")

    assert ran.status == 1
    assert kept.status == 0


def test_a_file_that_is_no_export_is_told(run: Run, tmp_path: Path) -> None:
    """Any other file is one sentence and exit status 1."""
    (tmp_path / "mine.json").write_text("{}")
    ran = run("data", "restore", tmp_path / "mine.json")

    assert (ran.status, ran.out) == (1, "")
    assert ran.err == "That file is no export of this product (format or version differs); choose the right file.\n"


def test_the_memory_is_rebuilt(stored: Run, tmp_path: Path) -> None:
    """A damaged memory is mended by the command that its error names."""
    first = stored("memory", "rebuild")
    database = tmp_path / "data" / "memory" / "chroma.sqlite3"
    database.write_bytes(b"\xff" * database.stat().st_size)
    ill = stored("doctor")
    mended = stored("memory", "rebuild")
    well = stored("doctor")
    findings = int(mended.out.split()[0])

    assert ill.status == 1
    assert "FAIL  memory: " in ill.out
    assert "`coach memory rebuild`" in ill.out
    assert first.out == mended.out == f"{findings} findings are in the memory.\n"
    assert findings > 0
    assert well.status == 0
    assert f", {findings} findings\n" in well.out


def test_the_doctor_finds_all_well(run: Run, tmp_path: Path) -> None:
    """On an empty folder everything is reachable, and each thing is named with where it is."""
    ran = run("doctor")
    names = [line.split(":")[0] for line in ran.out.splitlines()]

    assert (ran.status, ran.err) == (0, "")
    assert names == [f"ok    {n}" for n in ("data", "customers", "reader", "record", "memory", "language model")]
    assert str(tmp_path / "data") in ran.out


@pytest.mark.parametrize(
    ("variable", "value", "fails"),
    [
        ("COACH_CHROMA_URL", "http://127.0.0.1:1", "memory"),
        ("COACH_CHROMA_URL", "chroma", "memory"),
        ("COACH_DATABASE_URL", "nosuch://ann:hunter2@h/db", "record"),
    ],
)
def test_the_doctor_names_what_is_ill(
    run: Run, monkeypatch: pytest.MonkeyPatch, variable: str, value: str, fails: str
) -> None:
    """What cannot be reached is marked, the rest is still looked at, no password is shown, the exit status is 1."""
    monkeypatch.setenv(variable, value)
    ran = run("doctor")

    assert ran.status == 1
    assert [line.split(":")[0] for line in ran.out.splitlines() if line.startswith("FAIL")] == [f"FAIL  {fails}"]
    assert "hunter2" not in ran.out


def test_the_doctor_tells_what_waits(stored: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """Findings that wait for a memory that is away are counted."""
    monkeypatch.setenv("COACH_CHROMA_URL", "http://127.0.0.1:1")
    ran = stored("doctor")

    assert "1 interviews; " in ran.out
    assert "findings wait for the memory" in ran.out


def test_deleting_without_the_memory_says_so(stored: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever deletes while the memory is away is told that it follows later."""
    monkeypatch.setenv("COACH_CHROMA_URL", "http://127.0.0.1:1")
    ran = stored("data", "delete", "--yes")

    assert ran.status == 0
    assert "The memory is away" in ran.out


@pytest.mark.parametrize(("variable", "value"), [("COACH_PORT", "web"), ("COACH_PERSON", "<b>")])
def test_a_setting_that_does_not_fit_is_told(
    run: Run, monkeypatch: pytest.MonkeyPatch, variable: str, value: str
) -> None:
    """A wrong variable is one sentence with its name, and exit status 1."""
    monkeypatch.setenv(variable, value)
    ran = run("doctor")

    assert (ran.status, ran.out) == (1, "")
    assert variable in ran.err
    assert ran.err.count("\n") == 1
