"""The real app in Chromium, as a trainee meets it."""

from __future__ import annotations

import itertools
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize, expect

from coach.domain.persona import Persona
from tests.browser import (
    RunningApp,
    Seen,
    ask,
    begin,
    chromium,
    debrief_figures,
    end,
    play,
    running_app,
    talk,
    wait_for_turns,
    watch,
)

pytestmark = [pytest.mark.browser, pytest.mark.slow]

OPENER = "Tell me about the last time you planned a week of meals."
QUESTIONS = [
    "Hello, thanks for taking the time.",
    OPENER,
    "What happened next?",
    "Don't you think an app that plans the meals would be great for you?",
    "How do you usually do the shopping?",
    "So it was all too much, wasn't it? " + "Averylongwordwithoutanyspaces" * 4,
]
Scheme = Literal["light", "dark"]
WIDE, NARROW = ViewportSize(width=1280, height=900), ViewportSize(width=390, height=844)
PAGES = ["home", "interview", "debrief", "rubric"]
SCHEMES: list[Scheme] = ["light", "dark"]
MOST_TABS = 40


@pytest.fixture(scope="module")
def chrome() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


@pytest.fixture(scope="module")
def app(chrome: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningApp]:
    with running_app(tmp_path_factory.mktemp("browser") / "data") as app:
        yield app


@pytest.fixture(scope="module")
def context(chrome: Browser, app: RunningApp) -> Iterator[BrowserContext]:
    """One browser for most tests: a trainee's own keeps what it has loaded, too."""
    context = chrome.new_context(viewport=WIDE)
    yield context
    context.close()


@pytest.fixture(scope="module")
def seen(context: BrowserContext, app: RunningApp) -> Seen:
    return watch(context, app.url)


@pytest.fixture
def page(context: BrowserContext, seen: Seen) -> Iterator[Page]:
    """A new tab. No page may ask another host for anything, or log an error."""
    seen.forget()
    page = context.new_page()
    yield page
    for tab in context.pages:
        tab.close()
    assert (seen.elsewhere, seen.errors) == ([], [])


@dataclass(frozen=True)
class Practised:
    """One interview that is over and one that goes on, both with live hints."""

    name: str
    debrief: str
    interview: str


@pytest.fixture(scope="module")
def practised(context: BrowserContext, app: RunningApp, talkative: Persona) -> Practised:
    page = context.new_page()
    # Long enough that its question map is wider than a telephone.
    debrief = play(page, app.url, talkative.name, [*QUESTIONS, *["And then?"] * 6], hints=True)
    interview = begin(page, app.url, talkative.name, hints=True)
    for question in QUESTIONS[3:]:
        ask(page, question)
    page.close()
    return Practised(talkative.name, debrief, interview)


def visit(page: Page, app: RunningApp, practised: Practised, where: str) -> None:
    """Opens a page and waits until it holds what the record knows."""
    address, ready = {
        "home": (app.url, 'a[href^="/debrief?id="]'),
        "interview": (practised.interview, '#turn[data-turns="3"]'),
        "debrief": (practised.debrief, 'h2:has-text("Your interview, annotated")'),
        "rubric": (f"{app.url}/rubric", 'h2:has-text("How grades are made")'),
    }[where]
    page.goto(address)
    page.wait_for_selector(ready)


# -- the way through --------------------------------------------------------------------------------------------------


def test_home_offers_every_customer(page: Page, app: RunningApp, people: dict[str, Persona]) -> None:
    """Each customer has a name, a line about them and a button."""
    page.goto(app.url)

    for persona in people.values():
        expect(page.get_by_role("heading", name=persona.name, exact=True)).to_be_visible()
        expect(page.get_by_text(persona.headline)).to_be_visible()
        expect(page.get_by_role("button", name=f"Interview {persona.name}", exact=True)).to_be_visible()


def test_customers_are_found_by_who_they_are_and_how_they_tell(
    page: Page, app: RunningApp, people: dict[str, Persona]
) -> None:
    """Two choices leave the customers that fit, and taking them back brings all again."""
    page.goto(app.url)
    buttons = page.get_by_role("button", name="Interview ")
    expect(buttons).to_have_count(len(people))

    page.get_by_role("radio", name="Guarded").check()
    page.get_by_role("radio", name="Private people").check()
    fitting = [p.name for p in people.values() if (p.difficulty, p.segment) == ("guarded", "consumer")]
    expect(buttons).to_have_text([f"Interview {name}" for name in fitting])

    page.get_by_role("radio", name="Any", exact=True).check()
    page.get_by_role("radio", name="Everyone").check()
    expect(buttons).to_have_count(len(people))


def test_a_whole_interview_ends_in_its_debrief(page: Page, app: RunningApp, talkative: Persona) -> None:
    """From the home page through a talk to a debrief that quotes it and grades four skills."""
    play(page, app.url, talkative.name, QUESTIONS[:5])

    figures = debrief_figures(page)
    assert page.locator(".turn .you").all_inner_texts() == [f"{n}{q}" for n, q in enumerate(QUESTIONS[:5], 1)]
    assert len(figures["grades"]) == 4
    assert sum(told for told, _ in figures["moments"].values()) > 0
    assert [of for _, of in figures["moments"].values()] == [len(s.moments) for s in talkative.stories]
    assert figures["false_signals"] >= 1


def test_the_two_buttons_ask_and_let_them_go_on(page: Page, app: RunningApp, talkative: Persona) -> None:
    """“Ask” does what Enter does; “Mm-hm” is a turn of its own."""
    begin(page, app.url, talkative.name)
    page.get_by_label("Your question").fill(OPENER)
    page.get_by_role("button", name="Ask", exact=True).click()
    wait_for_turns(page, 1)
    page.get_by_role("button", name="Mm-hm (let them go on)").click()
    wait_for_turns(page, 2)

    assert talk(page)[::2] == [OPENER, "Mm-hm."]


def test_an_interview_asks_no_other_host_and_logs_no_error(
    chrome: Browser, app: RunningApp, talkative: Persona
) -> None:
    """From the first page to the debrief and the rubric, everything comes from this machine."""
    context = chrome.new_context()
    seen: Seen = watch(context, app.url)
    page = context.new_page()
    play(page, app.url, talkative.name, QUESTIONS[:2], hints=True)
    page.goto(f"{app.url}/rubric")
    page.wait_for_selector('h2:has-text("How grades are made")')
    context.close()

    assert len(seen.requests) > 20
    assert seen.elsewhere == []
    assert seen.errors == []


def test_past_interviews_are_opened_again_from_home(page: Page, app: RunningApp, talkative: Persona) -> None:
    """The newest stands first: one that goes on leads to its talk, one that is over to its debrief."""
    interview = begin(page, app.url, talkative.name)
    ask(page, OPENER)
    said = talk(page)
    page.goto(app.url)
    page.get_by_role("link", name="Go on").first.click()
    wait_for_turns(page, 1)

    assert page.url == interview
    assert talk(page) == said
    debrief = end(page)
    page.goto(app.url)
    page.get_by_role("link", name="Debrief").first.click()
    page.wait_for_selector('h2:has-text("Your interview, annotated")')
    assert page.url == debrief


# -- nothing is lost --------------------------------------------------------------------------------------------------


def test_a_reload_keeps_the_talk(page: Page, app: RunningApp, talkative: Persona) -> None:
    """After a reload in the middle everything said is there, and the talk goes on."""
    begin(page, app.url, talkative.name)
    for question in QUESTIONS[:3]:
        ask(page, question)
    said = talk(page)
    page.reload()
    wait_for_turns(page, 3)

    assert said[::2] == QUESTIONS[:3]
    assert talk(page) == said
    ask(page, "Who else was there?")
    assert talk(page)[:6] == said


def test_a_closed_tab_is_opened_again_by_its_address(
    chrome: Browser, page: Page, app: RunningApp, talkative: Persona
) -> None:
    """The address alone brings the interview back, in a browser that has never seen it."""
    address = begin(page, app.url, talkative.name)
    for question in QUESTIONS[:2]:
        ask(page, question)
    said = talk(page)
    page.close()
    another = chrome.new_context()
    again = another.new_page()
    again.goto(address)
    wait_for_turns(again, 2)
    found = talk(again)
    another.close()

    assert found == said


@pytest.fixture
def mortal(app: RunningApp, tmp_path: Path) -> Iterator[RunningApp]:
    """An app to kill. What the other has computed of its customers comes along, to start sooner."""
    mortal = RunningApp(tmp_path / "data")
    if (app.data / "cache").is_dir():
        shutil.copytree(app.data / "cache", mortal.data / "cache", ignore=shutil.ignore_patterns("*.part"))
    mortal.start()
    yield mortal
    mortal.stop()


def test_a_killed_server_has_lost_nothing(chrome: Browser, mortal: RunningApp, talkative: Persona) -> None:
    """Killed over a question and started again, the app finds all that was said before, and the interview goes on; the
    question is there with its answer, or not there at all."""
    context = chrome.new_context(viewport=WIDE)  # not watched: a console may complain of a dead server
    page = context.new_page()
    address = begin(page, mortal.url, talkative.name)
    for question in QUESTIONS[:2]:
        ask(page, question)
    said = talk(page)
    page.get_by_label("Your question").fill("What happened next?")
    with page.expect_request("**/queue/join*"):
        page.get_by_label("Your question").press("Enter")
    mortal.kill()
    page.close()
    mortal.start()
    again = context.new_page()
    again.goto(address)
    again.wait_for_selector("#turn")
    found = talk(again)
    ask(again, "Who was there?")
    later = talk(again)
    context.close()

    assert said[::2] == QUESTIONS[:2]
    assert found[:4] == said
    assert found[4::2] in ([], ["What happened next?"])
    assert len(found) % 2 == 0
    assert later[: len(found)] == found
    assert later[len(found)] == "Who was there?"


def test_two_tabs_of_one_interview_come_to_the_same_talk(page: Page, app: RunningApp, talkative: Persona) -> None:
    """Two tabs that ask in turn each see all turns in order after their next question."""
    address = begin(page, app.url, talkative.name)
    other = page.context.new_page()
    other.goto(address)
    wait_for_turns(other, 0)
    asked = []
    for turn, (tab, question) in enumerate(zip(itertools.cycle([page, other]), QUESTIONS[:4], strict=False), 1):
        ask(tab, question, turn)
        asked.append(question)
        assert talk(tab)[::2] == asked

    ask(page, "And then?", 5)
    assert talk(page)[:8] == talk(other)


# -- text is text -----------------------------------------------------------------------------------------------------

MARKUP = [
    "<b>Bold</b> <img src=x onerror=\"window.ran = 'img'\"> what happened?",
    "<script>window.ran = 'script'</script> What happened next?",
    "**strong** [link](javascript:alert(1)) ![pixel](http://evil.example/p.png) `code` $x^2$",
    "${window.ran = 'template'} {{constructor}} {{{constructor}}} <details open ontoggle=\"window.ran = 1\">",
]
_ELEMENTS = """element => [...element.querySelectorAll('*')].map(e => e.tagName)
  .filter(tag => !['DIV', 'SPAN', 'P', 'BR'].includes(tag))"""
Shown = tuple[str, list[str]]
"""The text of one question as it is shown, and the elements in it that only its own markup can have made."""


@dataclass(frozen=True)
class Marked:
    """An interview of markup, as the chat and the debrief show it, and what came of it."""

    chat: list[Shown]
    debrief: list[Shown]
    ran: list[Any]
    seen: Seen


def _shown(page: Page, selector: str) -> list[Shown]:
    return [(e.inner_text().strip(), e.evaluate(_ELEMENTS)) for e in page.locator(selector).all()]


@pytest.fixture(scope="module")
def marked(chrome: Browser, app: RunningApp, talkative: Persona) -> Marked:
    context = chrome.new_context(viewport=WIDE)
    seen = watch(context, app.url)
    page = context.new_page()
    begin(page, app.url, talkative.name)
    for question in MARKUP:
        ask(page, question)
    chat, ran = _shown(page, '#chat [data-testid="user"]'), [page.evaluate("window.ran")]
    end(page)
    debrief = _shown(page, ".turn .you")
    ran.append(page.evaluate("window.ran"))
    context.close()
    return Marked(chat, debrief, ran, seen)


@pytest.mark.parametrize("turn", range(len(MARKUP)))
def test_markup_typed_into_the_chat_is_text(marked: Marked, turn: int) -> None:
    """A typed tag, script or piece of Markdown makes no element in the chat; it stands there as it was typed."""
    assert marked.chat[turn] == (MARKUP[turn], [])


@pytest.mark.parametrize("turn", range(len(MARKUP)))
def test_markup_typed_into_the_chat_is_text_in_the_debrief(marked: Marked, turn: int) -> None:
    """The annotated interview shows what was typed, after the turn's number, and none of it is part of the page."""
    assert marked.debrief[turn] == (f"{turn + 1}{MARKUP[turn]}", [])


def test_markup_typed_into_the_chat_runs_and_fetches_nothing(marked: Marked) -> None:
    """No typed script runs, on neither page, and no typed address is asked for."""
    assert marked.ran == [None, None]
    assert marked.seen.elsewhere == []
    assert [r for r in marked.seen.requests if r.endswith(("/x", "/p.png"))] == []


# -- hints ------------------------------------------------------------------------------------------------------------


def test_live_hints_are_off_until_chosen(page: Page, app: RunningApp, talkative: Persona) -> None:
    """Without a choice no turn is commented on, and the debrief speaks of no hints."""
    begin(page, app.url, talkative.name)
    ask(page, OPENER)

    assert page.locator(".hint").count() == 0
    end(page)
    assert page.get_by_text("live hints were on").count() == 0


def test_live_hints_comment_on_each_turn_and_are_owned_up_to(page: Page, app: RunningApp, talkative: Persona) -> None:
    """With hints each turn has its line, said to screen readers too, and the debrief says that they were on."""
    begin(page, app.url, talkative.name, hints=True)
    ask(page, OPENER)
    first = page.locator("[aria-live] .hint").inner_text()
    ask(page, "How do you usually do the shopping?")
    second = page.locator("[aria-live] .hint").inner_text()

    assert first.strip()
    assert second.strip()
    assert first != second
    end(page)
    expect(page.get_by_text("live hints were on")).to_be_visible()


# -- everybody can use it ---------------------------------------------------------------------------------------------


def tab_to(page: Page, name: str) -> None:
    """Presses Tab until what has the focus is called that, as somebody without a mouse does."""
    called = """() => { const e = document.activeElement;
      return (e.getAttribute('aria-label') || (e.labels && e.labels[0] && e.labels[0].textContent) || e.textContent).trim(); }"""
    met = []
    for _ in range(MOST_TABS):
        met.append(str(page.evaluate(called)))
        if met[-1].startswith(name) and page.evaluate("document.activeElement !== document.body"):
            return
        page.keyboard.press("Tab")
    pytest.fail(f"Tab never comes to {name!r}; it met {[m[:40] for m in met]}.")


def test_the_keyboard_alone_is_enough(page: Page, app: RunningApp, talkative: Persona) -> None:
    """With Tab and Enter one comes from the home page to a first answer and on to the debrief."""
    page.goto(app.url)
    page.wait_for_selector("#past")
    tab_to(page, f"Interview {talkative.name}")
    page.keyboard.press("Enter")
    page.wait_for_url("**/interview?id=*")
    wait_for_turns(page, 0)
    tab_to(page, "Your question")
    page.keyboard.type(OPENER)
    page.keyboard.press("Enter")
    wait_for_turns(page, 1)
    said = talk(page)
    tab_to(page, "End and see the debrief")
    page.keyboard.press("Enter")
    page.wait_for_url("**/debrief?id=*")

    assert said[0] == OPENER
    assert len(said) == 2
    expect(page.get_by_role("heading", name=f"Your interview with {talkative.name}")).to_be_visible()


_CONTRAST = """() => {
  const canvas = document.createElement('canvas'); canvas.width = canvas.height = 1;
  const brush = canvas.getContext('2d', {willReadFrequently: true});
  const rgba = colour => {           // any CSS colour, as the browser itself paints it
    brush.clearRect(0, 0, 1, 1); brush.fillStyle = colour; brush.fillRect(0, 0, 1, 1);
    const [r, g, b, a] = brush.getImageData(0, 0, 1, 1).data; return [r, g, b, a / 255]; };
  const over = (top, below) => [0, 1, 2].map(i => top[i] * top[3] + below[i] * (1 - top[3])).concat(1);
  const light = c => { const [r, g, b] = c.slice(0, 3).map(v => { v /= 255;
    return v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4; }); return 0.2126 * r + 0.7152 * g + 0.0722 * b; };
  const ratio = (a, b) => { const [x, y] = [light(a), light(b)].sort((p, q) => q - p); return (x + 0.05) / (y + 0.05); };
  const ground = element => {
    const layers = [];
    for (let e = element; e; e = e.parentElement) {
      const style = getComputedStyle(e);
      if (style.backgroundImage.includes('gradient')) return null;
      const colour = rgba(style.backgroundColor);
      layers.push(colour);
      if (colour[3] === 1) break;
    }
    return layers.reduceRight((below, top) => over(top, below), [255, 255, 255, 1]); };
  const own = e => [...e.childNodes].some(n => n.nodeType === 3 && n.textContent.trim());
  const judged = [], poor = [];
  const judge = (element, colour, style, what) => {
    const back = ground(element);
    const large = parseFloat(style.fontSize) >= 24 || (parseFloat(style.fontSize) >= 18.66 && style.fontWeight >= 700);
    let text = rgba(colour);
    for (let e = element; e; e = e.parentElement) text[3] *= parseFloat(getComputedStyle(e).opacity);
    const found = back && ratio(over(text, back), back);
    judged.push(what);
    if (!(found >= (large ? 3 : 4.5))) poor.push(`${what.trim().slice(0, 40)}: ${found && found.toFixed(2)}`); };
  for (const root of document.querySelectorAll('.c, button, label, nav, #chat [data-testid]'))
    for (const e of [root, ...root.querySelectorAll('*')]) {
      const box = e.getBoundingClientRect();
      if (!own(e) || box.width < 2 || box.height < 2 || !e.checkVisibility({visibilityProperty: true})) continue;
      const style = getComputedStyle(e);
      judge(e, e instanceof SVGElement ? style.fill : style.color, style, e.textContent); }
  for (const e of document.querySelectorAll('textarea')) if (e.checkVisibility()) {
    judge(e, getComputedStyle(e).color, getComputedStyle(e), 'typed text');
    judge(e, getComputedStyle(e, '::placeholder').color, getComputedStyle(e), e.placeholder); }
  return {judged: judged.length, poor: [...new Set(poor)]};
}"""


_USED = ("button", "link", "textbox", "checkbox", "DisclosureTriangle")


@dataclass(frozen=True)
class Look:
    """One page in one colour scheme: its width on a telephone, its poor contrasts, its named and nameless controls."""

    width: int
    judged: int
    poor: list[str]
    used: list[tuple[str, str]]


@pytest.fixture(scope="module")
def look(context: BrowserContext, app: RunningApp, practised: Practised) -> Callable[[str, Scheme], Look]:
    """Opens each page once in each scheme, with all details open, and looks at it from every side."""

    @cache
    def looked(where: str, scheme: Scheme) -> Look:
        page = context.new_page()
        page.set_viewport_size(NARROW)
        page.emulate_media(color_scheme=scheme)
        visit(page, app, practised, where)
        page.wait_for_function("dark => document.body.classList.contains('dark') === dark", arg=scheme == "dark")
        page.evaluate("document.querySelectorAll('details').forEach(d => { d.open = true; })")
        width = page.evaluate("document.documentElement.scrollWidth")
        page.set_viewport_size(WIDE)
        contrast = page.evaluate(_CONTRAST)
        tree = context.new_cdp_session(page).send("Accessibility.getFullAXTree")["nodes"]
        page.close()
        used = [(n["role"]["value"], n.get("name", {}).get("value", "").strip()) for n in tree if not n["ignored"]]
        return Look(width, contrast["judged"], contrast["poor"], [u for u in used if u[0] in _USED])

    return looked


def test_a_screen_reader_hears_what_the_chat_shows(page: Page, app: RunningApp, talkative: Persona) -> None:
    """Each turn is called what stands in it, apostrophes and quotation marks too."""
    begin(page, app.url, talkative.name)
    ask(page, 'What\'s the last week that you "planned", as one says?')
    ask(page, "Didn't it go well?")

    bubbles = page.locator('#chat [data-testid="user"], #chat [data-testid="bot"]').all()
    heard = [(b.get_attribute("aria-label") or "").partition("message: ")[2] for b in bubbles]
    assert "'" in "".join(heard[1::2])
    assert heard == [b.inner_text().strip() for b in bubbles]


@pytest.mark.parametrize("where", PAGES)
def test_everything_that_can_be_used_has_a_name(look: Callable[[str, Scheme], Look], where: str) -> None:
    """A screen reader can say what each button, link and field is."""
    used = look(where, "light").used

    assert ("link", "Customers") in used
    assert [role for role, name in used if not name] == []


@pytest.mark.parametrize("where", PAGES)
@pytest.mark.parametrize("scheme", SCHEMES)
def test_no_page_scrolls_sideways_on_a_telephone(
    look: Callable[[str, Scheme], Look], where: str, scheme: Scheme
) -> None:
    """At 390 pixels everything fits into the width, opened details too."""
    assert look(where, scheme).width <= NARROW["width"]


@pytest.mark.parametrize("where", PAGES)
@pytest.mark.parametrize("scheme", SCHEMES)
def test_text_stands_out_from_its_background(look: Callable[[str, Scheme], Look], where: str, scheme: Scheme) -> None:
    """Text has a contrast of 4.5 to 1, large text of 3 to 1 (WCAG AA), in light and in dark."""
    found = look(where, scheme)

    assert found.judged > 10
    assert found.poor == []
