"""What a site asks of programs that read its pages (robots.txt, RFC 9309)."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.robotparser import RobotFileParser


@dataclass(frozen=True)
class RobotRules:
    parser: RobotFileParser

    @classmethod
    def read(cls, body: bytes) -> RobotRules:
        parser = RobotFileParser()
        parser.parse(body.decode("utf-8", errors="replace").splitlines())
        return cls(parser)

    def allows(self, agent: str, url: str) -> bool:
        return self.parser.can_fetch(agent, url)

    def get_delay(self, agent: str) -> float:
        return float(self.parser.crawl_delay(agent) or 0)
