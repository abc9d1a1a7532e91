"""A manual of made-up rules that is edited, cut and moved about while it is read."""

from __future__ import annotations

import random

from tests.benchmark.scratch import LINKS, WORDS
from tests.govuk_server import GovukServer, make_item

PATH = "/guidance/immigration-rules"
SECTIONS = 12
PARAGRAPHS = 8


class ChangingSite:
    """`server` serves it; each change is one that a publisher makes."""

    def __init__(self, server: GovukServer, chance: random.Random) -> None:
        self.server = server
        self.chance = chance
        self.edition = 0
        # Section → the words of each paragraph; None while the page is gone.
        self.sections: dict[str, list[str] | None] = {
            f"part-{number}": [self.write() for _ in range(PARAGRAPHS)]
            for number in range(1, SECTIONS + 1)
        }
        self.show()

    def write(self) -> str:
        self.edition += 1
        words, links = WORDS.split(), LINKS.split()
        sentence = " ".join(
            self.chance.choice(words if place % 2 else links) for place in range(18)
        )
        return f"Edition {self.edition}: {sentence}."

    def change(self) -> None:
        """Edit one to three sections; now and then one goes, or comes back."""
        for name in self.chance.sample(sorted(self.sections), self.chance.randint(1, 3)):
            paragraphs = self.sections[name]
            if paragraphs is None:
                self.sections[name] = [self.write() for _ in range(PARAGRAPHS)]
            elif self.chance.random() < 0.1:
                self.sections[name] = None
            else:
                paragraphs[self.chance.randrange(PARAGRAPHS)] = self.write()
        self.show()

    def show(self) -> None:
        pages = {name: self.render(name) for name in self.sections}
        self.server.add_manual(PATH, pages)
        for name, paragraphs in self.sections.items():
            if paragraphs is None:
                path = f"{PATH}/{name}"
                self.server.items[path] = make_item(path, "", "gone", body="")

    def render(self, name: str) -> str:
        number = name.removeprefix("part-")
        paragraphs = self.sections[name] or []
        return f"<h2 id='{name}'>Part {number}</h2>" + "".join(
            f"<p>{number}.{place}. {words}</p>" for place, words in enumerate(paragraphs, start=1)
        )

    def list_words(self) -> list[str]:
        """Every sentence that the site shows now."""
        return [words for paragraphs in self.sections.values() for words in paragraphs or []]

    def list_questions(self) -> list[str]:
        """Questions whose answers don't stand in the pages that change."""
        return ["Who can be returned to France under the pilot?"]
