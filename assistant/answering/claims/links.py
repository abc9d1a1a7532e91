"""Addresses, e-mail addresses and phone numbers: a language model never sees or writes one.

In its passages each stands as a token, '⟦link-1⟧'; a sentence may use the tokens of the passages
that it cites, and only then is the address put back.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field

EMAIL = r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+"
ADDRESS = (
    r"https?://[^\s<>\"'⟧]+|www\.[^\s<>\"'⟧]+|"
    r"\b(?:[\w-]+\.)+(?:uk|com|org|net|eu|fr|info|io|me|ly|gov|example|test)\b(?:/[^\s<>\"'⟧]*)?"
)
PHONE = r"(?<![\w.,£€$])(?:\+\d|0)\d*(?:[ -]?\(?\d+\)?){1,6}(?!\w|,\d)"
LINK = re.compile(rf"(?P<email>{EMAIL})|(?P<link>{ADDRESS})|(?P<phone>{PHONE})", re.IGNORECASE)
TOKEN = re.compile(r"⟦\s?((?:link|phone|email)-\d{1,3})\s?⟧")
PHONE_DIGITS = 9
ENDS = ".,;:!?)]”’"


def find_links(text: str) -> list[tuple[int, int, str]]:
    """Return (start, end, kind) of every address, e-mail address and phone number."""
    found = []
    for match in LINK.finditer(text):
        kind = match.lastgroup or ""
        words = match[0].rstrip(ENDS)
        if kind == "phone" and sum(letter.isdigit() for letter in words) < PHONE_DIGITS:
            continue
        found.append((match.start(), match.start() + len(words), kind))
    return found


def replace_links(text: str, name: dict[str, str], *, make: str = "") -> str:
    """Replace each link by what `name` has for it, making up names that start with `make`."""
    parts, end = [], 0
    for start, stop, kind in find_links(text):
        link = text[start:stop]
        if link not in name:
            number = 1 + sum(each.startswith(f"⟦{kind}-") for each in name.values())
            name[link] = f"⟦{kind}-{number}⟧"
        parts += [text[end:start], name[link]]
        end = stop
    return "".join([*parts, text[end:]])


def code_links(text: str) -> str:
    """Make each link one word of letters, so that it is compared as a whole."""
    parts, end = [], 0
    for start, stop, _ in find_links(text):
        digest = hashlib.sha256(text[start:stop].encode()).digest()[:12]
        parts += [text[end:start], "lnk" + "".join(chr(97 + byte % 26) for byte in digest)]
        end = stop
    return "".join([*parts, text[end:]])


@dataclass
class HiddenLinks:
    """The links of one prompt, and the tokens that stand for them."""

    names: dict[str, str] = field(default_factory=dict)

    def hide(self, text: str) -> str:
        # What looks like a token in a text that was given is none of ours.
        return replace_links(text.replace("⟦", "[").replace("⟧", "]"), self.names)

    def show(self, text: str) -> str | None:
        """Put the links back; None where a token is none of ours."""
        links = {name: link for link, name in self.names.items()}
        tokens = {f"⟦{match[1]}⟧" for match in TOKEN.finditer(text)}
        if tokens - set(links):
            return None
        shown = TOKEN.sub(lambda match: links[f"⟦{match[1]}⟧"], text)
        return None if "⟦" in shown or "⟧" in shown else shown
