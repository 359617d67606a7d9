"""The pages' HTML, without a browser: what they escape, what they count, and what they say when there is nothing."""

from __future__ import annotations

import asyncio
import dataclasses
import re
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from enum import Enum
from html.parser import HTMLParser
from typing import Any

import gradio as gr
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from pydantic import BaseModel

from coach import coaching
from coach.domain.interview import Interview
from coach.domain.persona import Avatar, Persona
from coach.domain.reading import UNSURE_BELOW, Frame, Leading, Openness, QuestionReading
from coach.memory import Met
from coach.practice import Practice
from coach.reading.reader import OfflineReader
from coach.record import InterviewRow, Record
from coach.reports.debrief import Debrief, QuestionType, TurnView, build, question_type
from coach.scoring.exchange import from_practice
from coach.scoring.scorecard import score
from coach.services import Services
from coach.settings import Settings
from coach.threads import Linker
from coach.ui.app import build_blocks
from coach.ui.chart import question_map
from coach.ui.html import render
from coach.ui.pages import rubric
from coach.ui.pages.interview import clock, messages
from tests.conftest import Clock
from tests.strategies import readings

QUESTIONS = [
    "Hello, how are you?",
    "Tell me about the last time you planned a week of meals.",
    "What happened next?",
    "How did you feel then?",
    "Don't you think an app that plans the meals would be great for you?",
    "How do you usually do the shopping?",
    "Would you pay for something like that?",
    "You were surprised, weren't you?",
    "Thanks, goodbye.",
]
HOSTILE = [
    "<img src=x onerror=alert(1)>",
    "<script>alert(1)</script>",
    '"><svg onload=alert(1)>',
    "' onmouseover='alert(1)",
    "</p></div></details><iframe srcdoc='<b>'>",
    "javascript:alert(1)",
    "&lt;b&gt; &amp; &#60;i&#62;",
    "{{ d.goal }} {% raw %} ${alert(1)} {{{x}}}",
    "<!-- <![CDATA[ ]]> -->",
]
WHEN = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
VOID = {"br", "img", "hr", "input", "meta", "link"}


class Page(HTMLParser):
    """A page taken apart: its elements with the names of their attributes, its addresses, its text."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[tuple[str, tuple[str, ...]]] = []
        self.addresses: list[str] = []
        self.texts: list[str] = []
        self.unclosed: list[str] = []
        self.misplaced: list[str] = []
        self.feed(html)
        self.close()

    @property
    def text(self) -> str:
        return "".join(self.texts)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, tuple(name for name, _ in attrs)))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_startendtag(tag, attrs)
        self.addresses += [value or "" for name, value in attrs if name in ("href", "src")]
        if tag not in VOID:
            self.unclosed.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if self.unclosed and self.unclosed[-1] == tag:
            self.unclosed.pop()
        else:
            self.misplaced.append(tag)

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


# -- what anybody typed is text ---------------------------------------------------------------------------------------


@pytest.fixture
def services(services: Services, people: dict[str, Persona], linker: Linker) -> Services:
    services.__dict__["personas"], services.__dict__["linker"] = people, linker
    return services


@pytest.fixture(scope="module")
def view(
    tmp_path_factory: pytest.TempPathFactory, talkative: Persona, reader: OfflineReader, linker: Linker
) -> Debrief:
    """The debrief of an interview with something of everything: strengths, faults, rewrites, false signals."""
    record = Record(f"sqlite:///{tmp_path_factory.mktemp('views') / 'record.db'}")
    practice = Practice(record, reader, linker, {talkative.id: talkative}, Clock())
    id_ = practice.start("you", talkative.id).id
    for question in QUESTIONS:
        practice.ask("you", id_, question)
    interview = practice.end("you", id_)
    record.close()
    exchanges = from_practice(talkative, interview.turns)
    card = score(exchanges, reader_version="1", persona=talkative)
    found = coaching.findings(exchanges, reader, talkative)
    return build(interview, talkative, card, found, coaching.goal(card), UNSURE_BELOW)


def with_words(thing: Any, words: str) -> Any:
    """The same with every text in it replaced, but for what code chose (labels) and what is checked (colours)."""
    if isinstance(thing, str):
        return words if thing and not isinstance(thing, Enum) else thing
    if isinstance(thing, Avatar):
        return thing
    if isinstance(thing, BaseModel):
        return thing.model_copy(update={k: with_words(getattr(thing, k), words) for k in type(thing).model_fields})
    if dataclasses.is_dataclass(thing) and not isinstance(thing, type):
        fields = {f.name: with_words(getattr(thing, f.name), words) for f in dataclasses.fields(thing)}
        return dataclasses.replace(thing, **fields)
    if isinstance(thing, dict):
        return {k: with_words(v, words) for k, v in thing.items()}
    if isinstance(thing, tuple) and not hasattr(thing, "_fields"):
        return tuple(with_words(v, words) for v in thing)
    return thing


def _debrief(view: Debrief, words: str) -> str:
    met = {0: Met(words, WHEN, words, 2, 0.9)}
    return render("debrief.html", d=with_words(view, words), met=met)


def _past(view: Debrief, words: str) -> str:
    rows = [
        InterviewRow(words, words, words, hints=True, started=WHEN, ended=None, turns=1),
        InterviewRow(words, words, words, hints=False, started=WHEN, ended=WHEN, turns=2),
    ]
    return render("past.html", rows=rows)


def _person(view: Debrief, words: str) -> str:
    return render("person.html", persona=with_words(view.persona, words))


def _brief(view: Debrief, words: str) -> str:
    return render("brief.html", persona=with_words(view.persona, words))


def _message(view: Debrief, words: str) -> str:
    return render("message.html", title=words, text=words)


def _clock(view: Debrief, words: str) -> str:
    return render("clock.html", id=words, turns=3, left=words, percent=50, hint=words, over=True, ended=True)


@pytest.mark.parametrize("page", [_debrief, _past, _person, _brief, _message, _clock])
@pytest.mark.parametrize("words", HOSTILE)
def test_markup_in_any_text_makes_no_element(view: Debrief, page: Callable[[Debrief, str], str], words: str) -> None:
    """Whatever stands in questions, answers, quotes, rewrites, names and ids, a page has the elements that it has."""
    plain, hostile = Page(page(view, "word")), Page(page(view, words))

    assert hostile.elements == plain.elements
    assert words in hostile.text


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(words=st.text(st.sampled_from("<>&\"'/=`{}$%#! \nabimgscriptonx-;"), min_size=1, max_size=30))
@example(words="<img src=x onerror=alert(1)>")
def test_no_text_at_all_changes_the_elements_of_a_debrief(view: Debrief, words: str) -> None:
    """A debrief's elements and addresses do not hang on its words."""
    plain, hostile = Page(_debrief(view, "word")), Page(_debrief(view, words))

    assert hostile.elements == plain.elements
    assert [a for a in hostile.addresses if not a.startswith(("#", "/"))] == []
    assert words in hostile.text


def test_a_question_of_markup_stands_in_its_debrief_as_it_was_typed(view: Debrief) -> None:
    """A trainee finds a typed tag again as text, and no tag of that kind is on the page."""
    asked = "<marquee onstart=alert(1)>What did you do then?</marquee>"
    turn = dataclasses.replace(view.turns[0], asked=asked)
    html = render("debrief.html", d=dataclasses.replace(view, turns=(turn, *view.turns[1:])), met={})

    assert asked in Page(html).text
    assert "marquee" not in {tag for tag, _ in Page(html).elements}


def test_the_debrief_of_the_test_has_every_part(view: Debrief) -> None:
    """The tests of escaping meet every part of the page that shows somebody's words."""
    html = render("debrief.html", d=view, met={0: Met("So?", WHEN, "id", 2, 0.9)})

    for part in ("Try instead", "You have met this before", "blockquote", "told", "hidden-moment", "<mark>", "ring"):
        assert part in html
    assert view.card.outcome is not None
    assert view.card.outcome.false_signals


# -- the question map -------------------------------------------------------------------------------------------------


def turn_view(index: int, reading: QuestionReading, false_signal: bool = False) -> TurnView:
    return TurnView(
        number=index + 1,
        asked="",
        answer="",
        type=question_type(reading),
        reading=reading,
        why_answer="",
        false_signal=false_signal,
        unsure=(),
        findings=(),
    )


def label_of(svg: str) -> str:
    found = re.search(r'aria-label="([^"]*)"', svg)
    assert found is not None
    return found[1]


_STORY = QuestionReading(openness=Openness.OPEN_WH, frame=Frame.PAST_SPECIFIC)
_DETAIL = QuestionReading(openness=Openness.OPTION, frame=Frame.PAST_SPECIFIC)
_OPINION = QuestionReading(openness=Openness.OPEN_WH, frame=Frame.OPINION)
_LEADING = QuestionReading(openness=Openness.OPTION, frame=Frame.OPINION, leading=Leading.STRONG)
_SILENCE = QuestionReading()


@pytest.mark.parametrize(
    ("turns", "label"),
    [
        ([], "Question map of 0 turns: no questions; 0 leading."),
        ([_STORY], "Question map of 1 turns: 1 story, open; 0 leading."),
        (
            [_STORY, _STORY, _DETAIL, _OPINION, _LEADING, _SILENCE],
            "Question map of 6 turns: 2 story, open, 1 story, closed, 2 opinion, 1 no question; 1 leading.",
        ),
    ],
)
def test_the_maps_text_alternative_counts_its_marks(turns: list[QuestionReading], label: str) -> None:
    """Who cannot see the question map hears how many questions of each kind there were, and how many led."""
    svg = question_map([turn_view(i, reading) for i, reading in enumerate(turns)])

    assert label_of(svg) == label


# A reading that asks has a frame; the rest is as it comes.
_TURNS = st.tuples(readings(frames=[f for f in Frame if f is not Frame.NONE]), st.booleans())


@settings(max_examples=50, deadline=None)
@given(st.lists(_TURNS, max_size=12))
def test_the_map_has_a_mark_for_every_turn(turns: list[tuple[QuestionReading, bool]]) -> None:
    """Marks, triangles and rings are as many as turns, leading questions and false signals, as the label says."""
    views = [turn_view(i, reading, ring) for i, (reading, ring) in enumerate(turns)]
    svg = question_map(views)

    label = label_of(svg) + " "
    told = {kind: re.search(rf"(\d+) {re.escape(kind.heading.lower())}[,;]", label) for kind in QuestionType}
    assert {kind: int(n[1]) for kind, n in told.items() if n} == Counter(v.type for v in views)
    leading = sum(v.reading.leads for v in views)
    assert f"; {leading} leading." in label
    assert svg.count('class="kind-leading"') == leading
    assert svg.count('class="kind-') == len(views)
    assert svg.count('class="ring"') == sum(v.false_signal for v in views)


# -- pages with nothing on them ---------------------------------------------------------------------------------------


class Pages:
    """The pages' own handlers, called as Gradio calls them."""

    def __init__(self, services: Services) -> None:
        async def made() -> gr.Blocks:
            # Within a running loop, for without one Gradio makes loops that it does not close.
            return build_blocks(services)

        handlers = [f.fn for f in asyncio.run(made()).fns.values() if f.fn is not None]
        named = {getattr(h, "__name__", ""): h for h in handlers}
        self.past: Callable[[], str] = named["past"]
        self._interview, self._debrief = (h for h in handlers if getattr(h, "__name__", "") == "show")

    def interview(self, id_: str) -> tuple[Any, ...]:
        """The interview's id, the chat, the clock, the brief; then how the brief, the asking and the talk are shown."""
        shown: tuple[Any, ...] = self._interview(_asked_for(id_))
        return shown

    def debrief(self, id_: str) -> str:
        return str(self._debrief(_asked_for(id_)))


def _asked_for(id_: str) -> gr.Request:
    return gr.Request(query_params={"id": id_} if id_ else {})


@pytest.fixture
def pages(services: Services) -> Pages:
    return Pages(services)


@pytest.fixture(scope="module")
def empty(
    tmp_path_factory: pytest.TempPathFactory, people: dict[str, Persona], linker: Linker, reader: OfflineReader
) -> Iterator[Pages]:
    """The pages of an app in which nobody has interviewed anybody."""
    services = Services(Settings(data=tmp_path_factory.mktemp("empty")), now=Clock())
    services.__dict__.update(personas=people, linker=linker, reader=reader)
    yield Pages(services)
    services.close()


def _begin(services: Services) -> Interview:
    return services.practice.start(services.settings.person, "rosalind-achebe")


NOBODYS = ["", "0" * 32, "x" * 65, "<b>", "../../etc", "%00", "' or 1=1 --"]


def test_home_without_interviews_says_what_the_first_one_takes(empty: Pages) -> None:
    """Somebody new finds an encouragement in the place of the list."""
    html = empty.past()

    assert "None yet" in html
    assert "<table" not in html


def test_home_leads_on_to_open_interviews_and_back_to_ended_ones(pages: Pages, services: Services) -> None:
    """An interview that goes on is linked to its page, one that is over to its debrief."""
    going, over = _begin(services), _begin(services)
    services.practice.end(over.person, over.id)
    html = pages.past()

    assert Page(html).addresses == [f"/debrief?id={over.id}", f"/interview?id={going.id}"]


@pytest.mark.parametrize("id_", NOBODYS)
def test_an_interview_that_is_not_there_shows_a_way_back(empty: Pages, id_: str) -> None:
    """An unknown id brings one sentence and a link home, and nothing to type into."""
    current, chat, status, brief, folded, asking, talk = empty.interview(id_)

    assert (current, chat, brief) == ("", [], "")
    assert "There is no such interview of yours" in status
    assert Page(status).addresses == ["/"]
    assert (folded.visible, asking.visible, talk.visible) == (False, False, False)


def test_an_interview_without_turns_shows_the_brief_and_all_the_time(pages: Pages, services: Services) -> None:
    """A new interview begins with an open brief, an empty chat and the whole time."""
    interview = _begin(services)
    current, chat, status, brief, folded, asking, talk = pages.interview(interview.id)

    assert (current, chat) == (interview.id, [])
    assert 'data-turns="0" data-state="open"' in status
    assert "20 min left" in status
    assert "20 minutes of talk" in brief
    assert (folded.open, asking.visible, talk.visible) == (True, True, True)


def test_an_interview_that_goes_on_shows_what_was_said(pages: Pages, services: Services) -> None:
    """An interview opened again holds its talk, with the brief folded away."""
    interview = services.practice.ask("you", _begin(services).id, QUESTIONS[1])
    _, chat, status, _, folded, asking, _ = pages.interview(interview.id)

    assert [m["role"] for m in chat] == ["user", "assistant"]
    assert chat == messages(interview)
    assert 'data-turns="1"' in status
    assert (folded.open, asking.visible) == (False, True)


def test_an_interview_that_is_over_leads_to_its_debrief(pages: Pages, services: Services) -> None:
    """Nothing more can be asked once it has ended, and the debrief is a link away."""
    interview = _begin(services)
    services.practice.end(interview.person, interview.id)
    _, _, status, _, _, asking, talk = pages.interview(interview.id)

    assert "This interview is over" in status
    assert Page(status).addresses == [f"/debrief?id={interview.id}"]
    assert (asking.visible, talk.visible) == (False, True)


@pytest.mark.parametrize("id_", NOBODYS)
def test_a_debrief_that_is_not_there_shows_a_way_back(empty: Pages, id_: str) -> None:
    """An unknown id brings one sentence and a link home."""
    html = empty.debrief(id_)

    assert "There is no such interview of yours" in html
    assert Page(html).addresses == ["/"]


def test_the_debrief_of_an_interview_that_goes_on_says_so(pages: Pages, services: Services) -> None:
    """Nothing is graded before the end, and opening the debrief does not end it."""
    interview = services.practice.ask("you", _begin(services).id, QUESTIONS[1])
    html = pages.debrief(interview.id)

    assert "still going on" in html
    assert services.practice.open(interview.person, interview.id)[0].ended is None


def test_the_debrief_of_an_interview_without_turns_asks_for_one_question(pages: Pages, services: Services) -> None:
    """Where nothing was said nothing is graded, and the page says what is enough to begin."""
    interview = _begin(services)
    services.practice.end(interview.person, interview.id)
    html = pages.debrief(interview.id)

    assert "Nothing was said in this interview" in html
    assert "Four skills" not in html
    assert "too few to grade" not in html


def test_a_question_of_nothing_is_shown_as_silence(services: Services) -> None:
    """A turn in which nothing was typed stands in the chat as a silence."""
    interview = services.practice.ask("you", _begin(services).id, "")

    assert messages(interview)[0] == {"role": "user", "content": "(silence)"}


def test_a_hint_is_shown_only_where_hints_were_chosen(services: Services) -> None:
    """The line on a question's kind is there with live hints and not without."""
    practice, person = services.practice, services.settings.person
    shown = {}
    for hints in (False, True):
        interview = practice.start(person, "rosalind-achebe", hints)
        shown[hints] = clock(services, practice.ask(person, interview.id, QUESTIONS[1]))

    assert 'class="hint"' not in shown[False]
    assert "That is the kind that brings stories" in shown[True]


def test_the_rubric_names_every_skill_and_measure(view: Debrief) -> None:
    """The open rubric has a table for each skill, with its cuts."""
    html = Page(rubric.html(page=True))

    assert [tag for tag, _ in html.elements].count("table") == len(view.card.skills)
    assert not [s.skill.heading for s in view.card.skills if s.skill.heading not in html.text]


def test_every_page_closes_what_it_opens(view: Debrief, pages: Pages, services: Services) -> None:
    """The elements of every page are nested and closed."""
    interview, ended = _begin(services), _begin(services)
    services.practice.end(ended.person, ended.id)
    html = [
        render("home.html"),
        render("debrief.html", d=view, met={0: Met("So?", WHEN, "id", 2, 0.9)}),
        *(page(view, "word") for page in (_past, _person, _brief, _message, _clock)),
        rubric.html(page=True),
        rubric.html(page=False),
        pages.past(),
        *pages.interview(interview.id)[2:4],
        pages.interview("none")[2],
        *(pages.debrief(i) for i in ("none", interview.id, ended.id)),
    ]

    assert not [(p.unclosed, p.misplaced) for p in map(Page, html) if p.unclosed or p.misplaced]
