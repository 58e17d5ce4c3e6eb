"""Pictures for the demo: plain drawn scenes, each marked 示例图片 so that nobody takes one for a real photo."""

import io
from random import Random

from PIL import Image, ImageDraw

SIZE = (960, 720)
#: The sign 示例图片 as strokes on a grid of 16 × 16 a character: no font needed.
_STROKES: tuple[tuple[tuple[int, int, int, int], ...], ...] = (
    # 示
    ((4, 2, 12, 2), (2, 6, 14, 6), (8, 6, 8, 14), (8, 14, 6, 13), (5, 9, 2, 13), (11, 9, 14, 13)),
    # 例
    (
        (4, 1, 1, 6),
        (3, 4, 3, 14),
        (5, 2, 11, 2),
        (7, 2, 5, 7),
        (7, 5, 10, 5),
        (10, 5, 6, 14),
        (6, 8, 9, 10),
        (12, 4, 12, 10),
        (15, 1, 15, 14),
        (15, 14, 13, 13),
    ),
    # 图
    (
        (1, 1, 15, 1),
        (1, 1, 1, 15),
        (15, 1, 15, 15),
        (1, 14, 15, 14),
        (7, 2, 4, 6),
        (6, 4, 11, 4),
        (11, 4, 3, 10),
        (5, 5, 13, 9),
        (7, 9, 10, 10),
        (6, 11, 10, 13),
    ),
    # 片
    ((4, 1, 4, 9), (4, 9, 2, 14), (9, 1, 9, 5), (4, 5, 14, 5), (4, 9, 11, 9), (11, 9, 11, 15)),
)
_SKIES = ((196, 221, 240), (214, 226, 233), (236, 226, 205), (176, 190, 204))
_GROUNDS = ((150, 160, 132), (170, 158, 138), (140, 150, 140))
_WALLS = ((222, 208, 186), (206, 190, 176), (232, 226, 214), (190, 178, 170))


def sketch(kind: str, solved: bool, rng: Random) -> bytes:
    """A JPEG of a street or field with the trouble of one domain (`A`…`H`), or with the trouble gone."""
    image = Image.new("RGB", SIZE, rng.choice(_SKIES))
    draw = ImageDraw.Draw(image)
    _ground(draw, rng)
    if not solved:
        _TROUBLES.get(kind, _heap)(draw, rng)
    else:
        _tick(draw)
    _sign(draw)
    out = io.BytesIO()
    image.save(out, "JPEG", quality=80)
    return out.getvalue()


def _ground(draw: ImageDraw.ImageDraw, rng: Random) -> None:
    draw.rectangle((0, 400, 960, 720), fill=rng.choice(_GROUNDS))
    left = 0
    while left < 960:
        width, top = rng.randint(120, 220), rng.randint(150, 300)
        draw.rectangle((left, top, left + width - 14, 430), fill=rng.choice(_WALLS))
        draw.polygon(((left - 8, top), (left + width // 2, top - 50), (left + width - 6, top)), fill=(138, 92, 78))
        for x in range(left + 18, left + width - 50, 52):
            draw.rectangle((x, top + 34, x + 28, top + 74), fill=(96, 118, 134))
        left += width + rng.randint(0, 40)
    draw.polygon(((300, 720), (430, 430), (530, 430), (760, 720)), fill=(112, 112, 116))
    for y in range(450, 720, 60):
        draw.line((480 + (y - 450) // 8, y, 482 + (y - 450) // 7, y + 26), fill=(235, 235, 225), width=5)
    for _tree in range(rng.randint(1, 3)):
        x = rng.randint(40, 920)
        draw.rectangle((x - 6, 400, x + 6, 470), fill=(102, 78, 56))
        draw.ellipse((x - 52, 300, x + 52, 420), fill=(92, rng.randint(126, 150), 84))


def _heap(draw: ImageDraw.ImageDraw, rng: Random) -> None:
    for _bag in range(22):
        x, y, r = rng.randint(430, 720), rng.randint(540, 660), rng.randint(18, 40)
        shade = rng.choice(((70, 74, 82), (196, 92, 70), (222, 214, 180), (92, 120, 92), (236, 236, 236)))
        draw.ellipse((x - r, y - r, x + r, y + r), fill=shade)


def _flood(draw: ImageDraw.ImageDraw, rng: Random) -> None:
    draw.rectangle((0, 520, 960, 720), fill=(150, 126, 96))
    for _wave in range(40):
        x, y = rng.randint(0, 900), rng.randint(530, 710)
        draw.arc((x, y, x + 60, y + 14), 180, 360, fill=(186, 164, 136), width=3)


def _hole(draw: ImageDraw.ImageDraw, rng: Random) -> None:
    for _pit in range(rng.randint(2, 4)):
        x, y = rng.randint(430, 640), rng.randint(520, 660)
        draw.ellipse((x - 60, y - 20, x + 60, y + 20), fill=(58, 54, 52))
        draw.ellipse((x - 44, y - 12, x + 40, y + 14), fill=(40, 36, 34))


def _crack(draw: ImageDraw.ImageDraw, rng: Random) -> None:
    x, y = rng.randint(120, 800), 210
    while y < 430:
        beside, below = x + rng.randint(-26, 26), y + rng.randint(16, 34)
        draw.line((x, y, beside, below), fill=(52, 44, 40), width=7)
        x, y = beside, below


def _cars(draw: ImageDraw.ImageDraw, rng: Random) -> None:
    for number in range(3):
        x, y = 360 + 130 * number + rng.randint(-16, 16), 560 + rng.randint(-30, 50)
        draw.rounded_rectangle(
            (x, y, x + 118, y + 52), 14, fill=rng.choice(((172, 60, 56), (64, 92, 140), (230, 230, 230)))
        )
        draw.rounded_rectangle((x + 22, y - 30, x + 96, y + 8), 12, fill=(92, 104, 116))
        for wheel in (x + 26, x + 92):
            draw.ellipse((wheel - 15, y + 36, wheel + 15, y + 66), fill=(34, 34, 36))


def _note(draw: ImageDraw.ImageDraw, rng: Random) -> None:
    draw.rectangle((560, 470, 780, 680), fill=(250, 248, 240), outline=(120, 120, 120), width=3)
    for y in range(500, 660, 24):
        draw.line((584, y, rng.randint(660, 756), y), fill=(90, 100, 120), width=6)


def _tick(draw: ImageDraw.ImageDraw) -> None:
    draw.ellipse((800, 560, 920, 680), fill=(58, 132, 92))
    draw.line((828, 622, 852, 646, 894, 594), fill="white", width=14, joint="curve")


def _sign(draw: ImageDraw.ImageDraw) -> None:
    draw.rectangle((24, 24, 334, 106), fill=(32, 40, 52))
    for number, character in enumerate(_STROKES):
        left = 40 + number * 72
        for x1, y1, x2, y2 in character:
            draw.line((left + x1 * 3.8, 34 + y1 * 3.8, left + x2 * 3.8, 34 + y2 * 3.8), fill="white", width=4)


_TROUBLES = {"A": _note, "B": _crack, "C": _hole, "D": _heap, "E": _cars, "F": _note, "G": _flood, "H": _note}
