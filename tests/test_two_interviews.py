"""Two whole interviews with the same customer through the real app: only the questions differ."""

from __future__ import annotations

import pytest

from tests.browser import Figures, chromium, debrief_figures, play, running_app

CUSTOMER = "Rosalind Achebe"

SKILLED = (
    "Hello Rosalind, thank you for making the time.",
    "Tell me about the last time you did the food shop for the week.",
    "What happened next?",
    "You said he had gone at six and you would never go at six. What was it about six o'clock?",
    "How did you feel, standing there with all that on the table?",
    "What happened after that?",
    "What did you do then?",
    "So Kel followed your card to the letter, and you ended up cooking with the pouches. Have I got that right?",
    "And what happened next?",
    "You mentioned a wash on the Wednesday. Tell me about that wash.",
    "What did you do when you saw it?",
    "Who else was there when that happened?",
    "How did the week go on from there?",
    "What happened in the end?",
    "Is there anything else about that week that comes to mind?",
    "Why did you keep that to yourself?",
    "Thank you Rosalind, that was very kind. Goodbye.",
)
CLUMSY = (
    "Hi, I'm building an app called PlanPal that plans all your meals automatically and orders the food for you.",
    "How do you usually plan your meals?",
    "Would you use an app that plans dinners for you?",
    "Planning meals is really stressful, right?",
    "What do you think about meal kits?",
    "Don't you think a shared shopping list would solve that?",
    "How much would you pay for something like that, and would your family use it too?",
    "Do you like cooking?",
    "Everybody I talk to hates food shopping, you must hate it as well?",
    "What is the most important thing for you in a meal planner?",
    "Would you prefer weekly plans or daily plans?",
    "So you would definitely want notifications, wouldn't you?",
    "How often do you usually shop?",
    "We also have a feature that scans your fridge with AI. You should really try it. Wouldn't that save you time?",
    "If there was a magic button that did the shop for you, would you press it?",
    "Would you recommend it to your friends?",
)


@pytest.fixture(scope="module")
def debriefs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Figures]:
    """The figures of both debriefs, as the pages show them."""
    with running_app(tmp_path_factory.mktemp("two")) as app, chromium() as browser:
        page = browser.new_page()
        found = {}
        for name, questions in (("skilled", SKILLED), ("clumsy", CLUMSY)):
            play(page, app.url, CUSTOMER, questions)
            found[name] = debrief_figures(page)
    return found


@pytest.mark.browser
def test_a_skilled_interview_uncovers_a_story(debriefs: dict[str, Figures]) -> None:
    """Asked for the last time and followed up, she tells at least 80 % of a story; three skills are strong."""
    figures = debriefs["skilled"]

    assert max(told / of for told, of in figures["moments"].values()) >= 0.8
    assert list(figures["grades"].values()).count("strong") >= 3
    assert figures["false_signals"] == 0


@pytest.mark.browser
def test_a_clumsy_interview_collects_politeness(debriefs: dict[str, Figures]) -> None:
    """Pitched at, led and asked in general, she tells at most 15 % of anything, and says yes to what is not so."""
    figures = debriefs["clumsy"]

    assert max(told / of for told, of in figures["moments"].values()) <= 0.15
    assert list(figures["grades"].values()).count("keep practising") >= 3
    assert figures["false_signals"] >= 5
