"""A drawn face from the parts that a persona's file names."""

from __future__ import annotations

from coach.domain.persona import Avatar

_HAIR = {
    "short": '<path d="M27 46c-3-24 10-33 23-33s26 9 23 33c-3-12-9-17-23-17s-20 5-23 17z"/>',
    "long": '<path d="M24 84c-6-30-4-71 26-71s32 41 26 71H64V44c-7-8-21-8-28 0v40z"/>',
    "bun": '<circle cx="50" cy="12" r="9"/><path d="M27 46c-3-24 10-33 23-33s26 9 23 33c-3-12-9-17-23-17s-20 5-23 17z"/>',
    "curly": '<circle cx="30" cy="32" r="11"/><circle cx="39" cy="21" r="11"/><circle cx="52" cy="17" r="11"/>'
    '<circle cx="64" cy="23" r="11"/><circle cx="71" cy="34" r="10"/><circle cx="27" cy="43" r="8"/><circle cx="74" cy="45" r="8"/>',
    "bald": "",
    "headscarf": '<path d="M50 10c-22 0-29 18-28 38 1 18 6 30 12 38h32c6-8 11-20 12-38 1-20-6-38-28-38zm0 16c13 0 21 9 21 24S62 76 50 76 29 65 29 50s8-24 21-24z"/>',
    "bob": '<path d="M25 62c-6-34 5-49 25-49s31 15 25 49h-9V44c-7-8-25-8-32 0v18z"/>',
    "cap": '<path d="M26 38c1-18 11-26 24-26s23 8 24 26z"/><rect x="22" y="35" width="42" height="6" rx="3"/>',
}
_GLASSES = (
    '<g fill="none" stroke="#2b2b2b" stroke-width="2"><circle cx="41" cy="50" r="7"/><circle cx="59" cy="50" r="7"/>'
    '<path d="M48 50h4"/></g>'
)


def draw(avatar: Avatar) -> str:
    """The face as SVG of no size of its own, hidden from screen readers: the name stands beside it."""
    beard = f'<path d="M31 56c0 22 8 27 19 27s19-5 19-27c-3 7-9 9-19 9s-16-2-19-9z" fill="{avatar.hair}"/>'
    extras = {
        "none": "",
        "glasses": _GLASSES,
        "beard": beard,
        "glasses-beard": beard + _GLASSES,
        "earrings": '<circle cx="28" cy="60" r="3" fill="#d9a520"/><circle cx="72" cy="60" r="3" fill="#d9a520"/>',
    }
    behind = avatar.hair_style in ("long", "curly")
    hair = f'<g fill="{avatar.hair}">{_HAIR[avatar.hair_style]}</g>'
    return (
        '<svg viewBox="0 0 100 100" aria-hidden="true" focusable="false" class="avatar">'
        f'<rect width="100" height="100" rx="50" fill="{avatar.ground}"/>'
        f'<path d="M14 100c3-20 18-26 36-26s33 6 36 26z" fill="{avatar.top}"/>'
        f"{hair if behind else ''}"
        f'<path d="M43 66h14v14c-4 5-10 5-14 0z" fill="{avatar.skin}"/>'
        f'<ellipse cx="50" cy="50" rx="21" ry="25" fill="{avatar.skin}"/>'
        '<g fill="#2b2b2b"><circle cx="42" cy="50" r="2.2"/><circle cx="58" cy="50" r="2.2"/></g>'
        '<path d="M43 62c4 4 10 4 14 0" fill="none" stroke="#2b2b2b" stroke-width="2" stroke-linecap="round"/>'
        f"{extras[avatar.extra]}{'' if behind else hair}</svg>"
    )
