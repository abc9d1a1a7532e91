from __future__ import annotations

from xml.etree import ElementTree

from assistant.evaluation.plotting import HEIGHT, MARGIN, WIDTH, draw_curves

CURVE = [
    {"floor": 0.2, "kept": 1.0, "refused": 0.7},
    {"floor": 0.3, "kept": 0.97, "refused": 0.95},
    {"floor": 0.4, "kept": 0.2, "refused": 1.0},
]


def read_lines(drawing: str) -> list[list[list[float]]]:
    root = ElementTree.fromstring(drawing)
    lines = root.iter("{http://www.w3.org/2000/svg}polyline")
    return [
        [
            [float(number) for number in point.split(",")]
            for point in line.get("points", "").split()
        ]
        for line in lines
    ]


def test_the_curves_run_from_edge_to_edge_and_stay_inside():
    kept, refused = read_lines(draw_curves(CURVE, floor=0.3))

    assert [kept[0], kept[-1]] == [[MARGIN, MARGIN], [WIDTH - MARGIN, HEIGHT - MARGIN]]
    assert refused[-1] == [WIDTH - MARGIN, MARGIN]


def test_a_share_of_nothing_is_not_drawn():
    curve = [{**point, "refused": None} for point in CURVE]

    kept, refused = read_lines(draw_curves(curve, floor=0.3))

    assert (len(kept), len(refused)) == (3, 0)


def test_the_floor_is_named():
    assert "floor 0.29<" in draw_curves(CURVE, floor=0.29)
