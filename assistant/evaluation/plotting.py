"""Draws the two curves of evidence as a small SVG that stands on its own in a page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

WIDTH, HEIGHT, MARGIN = 640, 360, 48
LEAST_SHARE = 0.6
STEPS = 4
LINES = {"kept": ("answerable, kept", "#1d70b8"), "refused": ("unanswerable, refused", "#b85c00")}


def draw_curves(curve: Sequence[Mapping[str, Any]], *, floor: float) -> str:
    """Both shares over the floor, and where the floor is."""
    floors: list[float] = [point["floor"] for point in curve]
    least, most = min(floors), max(floors)

    def place_floor(value: float) -> float:
        return round(MARGIN + (value - least) / (most - least) * (WIDTH - 2 * MARGIN), 1)

    def place_share(value: float) -> float:
        part = (max(value, LEAST_SHARE) - LEAST_SHARE) / (1 - LEAST_SHARE)
        return round(HEIGHT - MARGIN - part * (HEIGHT - 2 * MARGIN), 1)

    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" '
        'font-family="sans-serif" font-size="13">',
        "<title>Questions kept and refused over the floor of evidence</title>",
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#fff"/>',
    ]
    for step in range(STEPS + 1):
        share = LEAST_SHARE + step * (1 - LEAST_SHARE) / STEPS
        y = place_share(share)
        parts += [
            f'<path d="M{MARGIN} {y}H{WIDTH - MARGIN}" stroke="#ddd"/>',
            f'<text x="{MARGIN - 8}" y="{y + 4}" text-anchor="end">{share:.0%}</text>',
        ]
        value = least + step * (most - least) / STEPS
        parts.append(
            f'<text x="{place_floor(value)}" y="{HEIGHT - MARGIN + 20}" text-anchor="middle">'
            f"{value:.2f}</text>"
        )
    x = place_floor(floor)
    parts += [
        f'<path d="M{x} {MARGIN}V{HEIGHT - MARGIN}" stroke="#555" stroke-dasharray="4 4"/>',
        f'<text x="{x}" y="{MARGIN - 8}" text-anchor="middle">floor {floor:g}</text>',
    ]
    for row, (name, (label, colour)) in enumerate(LINES.items()):
        points = " ".join(
            f"{place_floor(point['floor'])},{place_share(point[name])}"
            for point in curve
            if point[name] is not None
        )
        y = HEIGHT - MARGIN - 36 + row * 18
        parts += [
            f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="2"/>',
            f'<text x="{MARGIN + 12}" y="{y}" fill="{colour}">{label}</text>',
        ]
    return "\n".join([*parts, "</svg>", ""])
