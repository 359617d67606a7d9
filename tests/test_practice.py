"""Practice: an interview is whole, whatever dies, whoever else asks, whatever becomes of the customer's file."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest
import yaml

from coach import personas
from coach.domain.interview import MAX_QUESTION, Interview, Turn
from coach.domain.persona import Persona
from coach.embeddings import Embedder
from coach.errors import CoachError, InputError, NotFound, RecordError
from coach.practice import Practice, clean, hash_of
from coach.reading.reader import OfflineReader
from coach.record import Record
from coach.services import Services
from coach.settings import Settings
from coach.threads import Linker
from tests.conftest import Clock

ASKED = (
    "Hello Henrik, I am glad to meet you.",
    "Tell me about the last time you had a delivery that did not go as planned.",
    "What happened next?",
    "How did you feel then?",
    "Don't you think a good app would solve all of that?",
    "How do you usually handle it?",
    "Mm-hm.",
    "How many lorries do you have?",
    "Is there anything else about that day?",
)
Open = Callable[[Path], Services]


@pytest.fixture
def opened(
    people: dict[str, Persona], reader: OfflineReader, embedder: Embedder, linker: Linker
) -> Iterator[Callable[[Path], Services]]:
    """Opens services on a data folder, as another start of the app would; all are closed at the end."""
    all_made: list[Services] = []

    def make(data: Path) -> Services:
        made = Services(Settings(data=data), now=Clock())
        made.__dict__.update(reader=reader, embedder=embedder, linker=linker, personas=people)
        all_made.append(made)
        return made

    yield make
    for made in all_made:
        made.close()


@pytest.fixture
def practice(opened: Open, tmp_path: Path) -> Practice:
    return opened(tmp_path / "data").practice


@pytest.fixture(scope="module")
def uninterrupted(
    tmp_path_factory: pytest.TempPathFactory, guarded: Persona, reader: OfflineReader, linker: Linker
) -> tuple[Turn, ...]:
    """The turns of an interview that went through without a hitch."""
    record = Record(f"sqlite:///{tmp_path_factory.mktemp('whole') / 'record.db'}")
    practice = Practice(record, reader, linker, {guarded.id: guarded}, Clock())
    interview = practice.start("ann", guarded.id)
    for asked in ASKED:
        interview = practice.ask("ann", interview.id, asked)
    record.close()
    return interview.turns


def cut_off(services: Services, persona: Persona, turns: tuple[Turn, ...]) -> Interview:
    """An interview whose process died after the last question was committed and before it was answered."""
    interview = services.practice.start("ann", persona.id)
    for turn in turns[:-1]:
        services.record.ask("ann", interview.id, turn, interview.started)
    unanswered = turns[-1].model_copy(update={"answer": None})
    services.record.ask("ann", interview.id, unanswered, interview.started)
    return interview


# -- dying --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("last", range(len(ASKED)), ids=[a[:24] for a in ASKED])
def test_a_question_left_without_its_answer_gets_it(
    opened: Open, tmp_path: Path, guarded: Persona, uninterrupted: tuple[Turn, ...], last: int
) -> None:
    """Opened again, a cut-off interview reads word for word as if it had never been cut off."""
    interview = cut_off(opened(tmp_path), guarded, uninterrupted[: last + 1])
    after, _ = opened(tmp_path).practice.open("ann", interview.id)

    assert after.turns == uninterrupted[: last + 1]


def test_the_late_answer_is_on_disk(
    opened: Open, tmp_path: Path, guarded: Persona, uninterrupted: tuple[Turn, ...]
) -> None:
    """The answer that opening brought is in the record, not only on the screen."""
    interview = cut_off(opened(tmp_path), guarded, uninterrupted[:3])
    opened(tmp_path).practice.open("ann", interview.id)

    assert opened(tmp_path).record.interview("ann", interview.id).turns == uninterrupted[:3]


def test_the_next_question_answers_the_one_before(
    opened: Open, tmp_path: Path, guarded: Persona, uninterrupted: tuple[Turn, ...]
) -> None:
    """Asking on without opening first gives both answers, as if nothing had happened."""
    interview = cut_off(opened(tmp_path), guarded, uninterrupted[:3])
    after = opened(tmp_path).practice.ask("ann", interview.id, ASKED[3])

    assert after.turns == uninterrupted[:4]


def test_ending_answers_the_last_question(
    opened: Open, tmp_path: Path, guarded: Persona, uninterrupted: tuple[Turn, ...]
) -> None:
    """An interview that was cut off and is then ended has all its answers."""
    interview = cut_off(opened(tmp_path), guarded, uninterrupted[:3])
    ended = opened(tmp_path).practice.end("ann", interview.id)

    assert ended.turns == uninterrupted[:3]
    assert ended.ended is not None


def test_an_answer_is_on_disk_when_it_is_given(opened: Open, tmp_path: Path) -> None:
    """What `ask` returns, another process reads at once."""
    practice = opened(tmp_path).practice
    interview = practice.start("ann", "henrik-solberg")
    interview = practice.ask("ann", interview.id, ASKED[1])

    assert opened(tmp_path).record.interview("ann", interview.id) == interview
    assert interview.turns[0].answer


def test_an_interview_goes_on_in_another_process(opened: Open, tmp_path: Path, uninterrupted: tuple[Turn, ...]) -> None:
    """Each question put by a fresh process gives the same interview as all put by one."""
    interview = opened(tmp_path).practice.start("ann", "henrik-solberg")
    for asked in ASKED:
        interview = opened(tmp_path).practice.ask("ann", interview.id, asked)

    assert interview.turns == uninterrupted


# -- two who ask --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("processes", [1, 2], ids=["one process", "two processes"])
def test_two_askers_never_tear_an_interview(opened: Open, tmp_path: Path, processes: int) -> None:
    """Four windows that ask at once get each question in once, in a row without gaps, each answered."""
    windows = [opened(tmp_path) for _ in range(processes)]
    interview = windows[0].practice.start("ann", "henrik-solberg")
    gate = threading.Barrier(4)
    asked = [[f"What happened at {4 + n} past {hour}?" for hour in range(1, 6)] for n in range(4)]

    def window(number: int) -> None:
        gate.wait()
        for question in asked[number]:
            _until_taken(windows[number % processes].practice, interview.id, question)

    threads = [threading.Thread(target=partial(window, n)) for n in range(4)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    turns = opened(tmp_path).record.interview("ann", interview.id).turns

    assert [t.index for t in turns] == list(range(20))
    assert sorted(t.asked for t in turns) == sorted(q for qs in asked for q in qs)
    assert all(t.answer for t in turns)


def _until_taken(practice: Practice, id_: str, question: str) -> None:
    """Asks, and asks again as the error advises when another process was quicker."""
    for _ in range(100):
        try:
            practice.ask("ann", id_, question)
            return
        except RecordError as e:
            assert "ask again" in str(e)  # noqa: PT017  # any other error fails the test
    raise AssertionError("a hundred times another was quicker")


def test_windows_of_one_process_queue_up(opened: Open, tmp_path: Path) -> None:
    """Within one process nobody is told to ask again."""
    practice = opened(tmp_path).practice
    interview = practice.start("ann", "henrik-solberg")
    gate = threading.Barrier(4)
    errors: list[CoachError] = []

    def ask() -> None:
        gate.wait()
        try:
            practice.ask("ann", interview.id, "What happened next?")
        except CoachError as e:
            errors.append(e)

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()

    assert errors == []


# -- the customer's file ------------------------------------------------------------------------------------------------


def _own(data: Path, change: dict[str, str]) -> None:
    """Puts a changed Henrik among one's own personas."""
    text = (personas.packaged_folder() / "henrik-solberg.yaml").read_text("utf-8")
    folder = data / "personas"
    folder.mkdir(parents=True, exist_ok=True)
    changed = {**yaml.safe_load(text), **change}
    (folder / f"{changed['id']}.yaml").write_text(yaml.safe_dump(changed, allow_unicode=True), "utf-8")


def test_an_interview_keeps_the_customer_that_it_began_with(opened: Open, tmp_path: Path) -> None:
    """A customer whose file has changed since is met in open interviews as before, and anew in new ones."""
    interview = opened(tmp_path).practice.start("ann", "henrik-solberg")
    _own(tmp_path, {"name": "Henrik the Second"})
    changed = opened(tmp_path)
    del changed.__dict__["personas"]
    old = changed.practice.open("ann", interview.id)[1]
    new = changed.practice.persona(changed.practice.start("ann", "henrik-solberg"))

    assert (old.name, new.name) == ("Henrik Solberg", "Henrik the Second")
    assert hash_of(old) == interview.persona_hash


def test_an_interview_outlives_the_customers_file(opened: Open, tmp_path: Path, guarded: Persona) -> None:
    """An interview with a customer whose file is gone goes on as before."""
    other = guarded.model_copy(update={"id": "henrik-the-third"})
    before = opened(tmp_path)
    before.__dict__["personas"] = {other.id: other}
    interview = before.practice.start("ann", other.id)
    after = opened(tmp_path).practice.ask("ann", interview.id, ASKED[1])

    assert after.turns[0].answer


# -- what is refused ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "reach",
    [
        pytest.param(lambda s, person, id_: s.practice.open(person, id_), id="open"),
        pytest.param(lambda s, person, id_: s.practice.ask(person, id_, "What happened next?"), id="ask"),
        pytest.param(lambda s, person, id_: s.practice.end(person, id_), id="end"),
        pytest.param(lambda s, person, id_: s.debrief(person, id_), id="debrief"),
    ],
)
def test_nobody_reaches_the_interview_of_another(
    opened: Open, tmp_path: Path, reach: Callable[[Services, str, str], object]
) -> None:
    """Another's interview is not found, and is as it was."""
    services = opened(tmp_path)
    interview = services.practice.start("ann", "henrik-solberg")
    interview = services.practice.ask("ann", interview.id, ASKED[1])

    with pytest.raises(NotFound, match="no such interview of yours"):
        reach(services, "bob", interview.id)
    assert services.record.interview("ann", interview.id) == interview


def test_a_customer_who_is_not_here_is_named(practice: Practice) -> None:
    """Asking for an unknown customer tells which ones there are."""
    with pytest.raises(NotFound, match=r"'nobody'.*henrik-solberg, hye-jin-park"):
        practice.start("ann", "nobody")


def test_an_interview_that_is_over_takes_no_question(practice: Practice) -> None:
    """A question after the end is refused and changes nothing."""
    interview = practice.start("ann", "henrik-solberg")
    practice.ask("ann", interview.id, ASKED[0])
    ended = practice.end("ann", interview.id)

    with pytest.raises(InputError, match="over"):
        practice.ask("ann", interview.id, "One more thing?")
    assert practice.open("ann", interview.id)[0] == ended


def test_ending_again_changes_nothing(practice: Practice) -> None:
    """The first end of an interview stands."""
    interview = practice.start("ann", "henrik-solberg")
    once = practice.end("ann", interview.id)
    twice = practice.end("ann", interview.id)

    assert once == twice


def test_a_question_too_long_changes_nothing(practice: Practice) -> None:
    """A turn above the limit is refused with both figures."""
    interview = practice.start("ann", "henrik-solberg")

    with pytest.raises(InputError, match=r"2,001 characters.*at most 2,000"):
        practice.ask("ann", interview.id, "a" * (MAX_QUESTION + 1))
    assert practice.open("ann", interview.id)[0].turns == ()


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        pytest.param("  What happened?\n", "What happened?", id="space around"),
        pytest.param("One line.\nAnother.", "One line.\nAnother.", id="lines stay"),
        pytest.param("What\x00 happened\x1b[31m?\x07", "What  happened [31m?", id="control characters"),
        pytest.param("What\ud83d?", "What??", id="half a character"),
        pytest.param("Zoë — “why”? 🙂 なぜ", "Zoë — “why”? 🙂 なぜ", id="any script"),
        pytest.param("a\u202eb\u200bc", "a b c", id="invisible marks"),
        pytest.param("\x00\x01", "", id="nothing else"),
        pytest.param("", "", id="empty"),
        pytest.param(" " * 50_000 + "Why?", "Why?", id="a sea of space"),
        pytest.param("a" * MAX_QUESTION, "a" * MAX_QUESTION, id="as long as may be"),
    ],
)
def test_what_is_typed_is_cleaned(typed: str, kept: str) -> None:
    """What no store or screen can take is left out; the rest stays letter by letter."""
    assert clean(typed) == kept


@pytest.mark.parametrize(
    "typed", ["", "\x00", "half \ud83d", "'; drop table turns; --", "[bold]{{ 7*7 }}[/]", "🙂" * 900]
)
def test_whatever_is_typed_is_answered(practice: Practice, typed: str) -> None:
    """Empty, hostile and odd turns are stored as they were cleaned, and answered."""
    interview = practice.start("ann", "henrik-solberg")
    turn = practice.ask("ann", interview.id, typed).turns[0]

    assert turn.asked == clean(typed)
    assert turn.answer


# -- debriefs -----------------------------------------------------------------------------------------------------------


def test_a_debrief_waits_for_the_end(opened: Open, tmp_path: Path) -> None:
    """An interview that is still going on has no debrief, and is told to be ended first."""
    services = opened(tmp_path)
    interview = services.practice.start("ann", "henrik-solberg")

    with pytest.raises(InputError, match="end it to see its debrief"):
        services.debrief("ann", interview.id)


def test_a_debrief_is_the_same_ever_after(
    opened: Open, tmp_path: Path, guarded: Persona, uninterrupted: tuple[Turn, ...]
) -> None:
    """Another process shows the card and the findings that the first one stored."""
    services = opened(tmp_path)
    interview = cut_off(services, guarded, uninterrupted)
    services.practice.end("ann", interview.id)
    first = services.debrief("ann", interview.id)
    _let_the_outbox_finish()
    second = opened(tmp_path).debrief("ann", interview.id)

    assert first == second
    assert first.points


def _let_the_outbox_finish() -> None:
    for thread in threading.enumerate():
        if thread.name == "outbox":
            thread.join()
