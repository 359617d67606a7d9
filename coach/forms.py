"""The form of a question, and whether a line has what a question of that form asks for.

Nearness in meaning does not tell "how old is the oldest?" from "who is the oldest?"; their first words do.
"""

from __future__ import annotations

import re

from coach.domain.reading import Openness
from coach.domain.target import Form

_ASKS = r"(?= (?:did|was|were|is|are|do|does|has|have|had|would|will|can|could|should|exactly|else)\b|'s\b|\W*$)"
"""What follows a question word that asks; "when you got home" only says when."""
_WORDS = (
    (
        Form.COUNT,
        r"\bhow (?:much|many|old|often|far|late|early|big|large|high|heavy|fast|frequently|long(?! ago))\b"
        r"|\b(?:what|which) (?:number|share|percentage|proportion|amount|age|price|size)\b|\bwhat (?:does|did|do|would) .{1,30}\bcost\b",
    ),
    (
        Form.WHEN,
        rf"\bwhen{_ASKS}|\b(?:what|which) (?:time|day|date|year|month|week|hour)\b|\bhow long ago\b",
    ),
    (Form.WHERE, rf"\bwhere(?:abouts)?{_ASKS}|\b(?:what|which) (?:place|town|city|country|shop|room|street)\b"),
    (
        Form.WHO,
        r"(?:^|[,.;:?!] *|\b(?:and|so|but|or|then|ok|okay|with|to|by|for|from|about|of|remember|know|me|exactly) )who(?:m|se|'s)?\b"
        r"|\b(?:what|which) (?:person|people|colleague)\b|\bwhat(?:'s| is| was) (?:his|her|their) name\b",
    ),
    (Form.WHY, r"\bwhy\b|\bhow come\b|\bwhat (?:for\b|made\b|stopped\b|is the reason|was the reason)"),
    (Form.HOW, r"\bhow\b"),
    (Form.OTHER, r"\bwhat\b|\bwhich\b|\btell me\b|\bdescribe\b|\bwalk me\b"),
)
_PATTERNS = tuple((form, re.compile(pattern, re.I)) for form, pattern in _WORDS)
_LEAD_IN = r"(?:(?:and|so|but|then|ok(?:ay)?|well|right|oh|hm+|um+|uh+|no|yes|sorry|now|also|just|like)\b\W*)*"
_ONLY_LEAD_IN = re.compile(rf"\W*{_LEAD_IN}$", re.I)
_YES_OR_NO = re.compile(
    rf"^\W*{_LEAD_IN}"
    r"(?:is|are|was|were|am|do|does|did|has|have|had|can|could|will|would|should|may|might|isn't|aren't|wasn't|weren't"
    r"|don't|doesn't|didn't|hasn't|haven't|hadn't|can't|couldn't|won't|wouldn't|shouldn't|any|ever)\b",
    re.I,
)
_AMOUNT = r"(?:a|an|one|two|three|four|five|six|ten|\d+)"
_NO_CHOICE = re.compile(rf"\b{_AMOUNT} (?:\w+ )?or (?:{_AMOUNT}|so)\b|\bmore or less\b|\bsooner or later\b", re.I)
_EITHER = re.compile(
    r"\w,? or (?!so\b|not\b|what\b|something\b|anything\b|any(?:one|body|where)\b|some(?:one|body|where)\b|whatever\b|no\b"
    r"|else\b|(?:are|do|did|is|was|were|have|has) (?:you|they|he|she|it)\b)\w",
    re.I,
)
_NUMERALS = (
    r"(?<!the )(?<!that )(?<!this )one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen"
    r"|sixteen|seventeen|eighteen|nineteen|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety|hundred|thousand|half"
    r"|quarter|dozen|couple|once|twice|first|second|third"
)
_DAYS = r"(?:mon|tues|wednes|thurs|fri|satur|sun)days?"
_MONTHS = r"january|february|march|april|june|july|august|september|october|november|december"
_TIMES = (
    rf"{_DAYS}|{_MONTHS}|in may|spring|summer|autumn|winter|mornings?|afternoons?|evenings?|nights?|noon|midnight|today"
    r"|yesterday|tomorrow|weeks?|weekends?|months?|years?|ago|since|before|after|until|when|always|never|christmas|easter"
)
_PEOPLE = (
    r"i|me|we|us|he|she|they|him|her|them|myself|nobody|no one|everyone|everybody|somebody|someone|alone|wife|husband"
    r"|partner|son|daughter|mother|mum|father|dad|brother|sister|boss|owners?|team|colleagues?|neighbours?|friends?|staff"
    r"|people|kids"
)
_HOLDS = {
    Form.COUNT: re.compile(
        rf"\d|\b(?:{_NUMERALS}|none|nothing|every|daily|weekly|monthly|always|never|free|most|few|several|lots|plenty)\b",
        re.I,
    ),
    Form.WHEN: re.compile(rf"\d|\b(?:{_NUMERALS}|{_TIMES})\b", re.I),
    Form.WHERE: re.compile(
        r"\b(?:in|at|on|by|near|from|behind|under|over|next to|outside|inside|between|home|upstairs)\b", re.I
    ),
    Form.WHO: re.compile(rf"(?<=[a-z,] )(?!(?i:{_DAYS}|{_MONTHS})\b)[A-Z][a-z]+|\b(?i:{_PEOPLE})\b"),
}


def form_of(ask: str, openness: Openness) -> Form:
    """The form of one ask. Of several question words that ask, the first decides; an ask that can be answered yes or no
    has a question word's form only where that word leads it."""
    found = [(match.start(), i, form) for i, (form, p) in enumerate(_PATTERNS) if (match := p.search(ask))]
    at, _, form = min(found, default=(0, 0, Form.OTHER))
    if openness is Openness.OPTION:
        if _EITHER.search(_NO_CHOICE.sub(" ", ask)):
            return Form.EITHER
        leads = bool(found) and _ONLY_LEAD_IN.match(ask[:at])
        return form if leads and not _YES_OR_NO.search(ask) else Form.YES_OR_NO
    return form


def holds(form: Form, line: str) -> bool:
    """Whether a line has what the form asks for: a number for "how many", somebody for "who". True where none can say."""
    pattern = _HOLDS.get(form)
    return pattern is None or bool(pattern.search(line))
