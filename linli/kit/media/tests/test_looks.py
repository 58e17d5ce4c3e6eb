"""What a photo looks like in 64 bits: alike after it was saved again, reduced or turned; nothing for a plain one."""

import io

import pytest
from PIL import Image

from linli.kit.media.checking import inspect_bytes
from linli.kit.media.inside.photos import likeness_of
from linli.kit.media.testing import picture


def scene(seed: int, mode: str = "RGB") -> Image.Image:
    squares = Image.new("L", (8, 6))
    squares.putdata([(seed * 37 + place * place * 91 + place * seed * 53) % 256 for place in range(48)])
    return squares.resize((640, 480), Image.Resampling.BICUBIC).convert(mode)


def sent(image: Image.Image, format: str = "JPEG", **more: object) -> str:
    out = io.BytesIO()
    image.save(out, format, **more)  # type: ignore[arg-type]
    return inspect_bytes(out.getvalue()).likeness


def apart(one: str, other: str) -> int:
    return (int(one, 16) ^ int(other, 16)).bit_count()


@pytest.mark.parametrize("seed", range(1, 9))
def test_saved_again_reduced_or_in_another_format_it_looks_the_same(seed: int) -> None:
    image = scene(seed)
    first = sent(image, quality=92)
    assert len(first) == 16
    assert apart(first, sent(image, quality=40)) <= 3
    assert apart(first, sent(image.resize((320, 240)), quality=70)) <= 3
    assert apart(first, sent(image, "PNG")) <= 3
    assert apart(first, sent(image, "WEBP")) <= 3


def test_turned_by_its_hidden_data_it_looks_the_same() -> None:
    image = scene(3)
    exif = Image.Exif()
    exif[0x0112] = 6
    turned = sent(image.transpose(Image.Transpose.ROTATE_90), exif=exif)
    assert apart(sent(image), turned) <= 3


def test_different_photos_look_different() -> None:
    looks = [sent(scene(seed)) for seed in range(1, 13)]
    assert min(apart(one, other) for one in looks for other in looks if one is not other) > 6


@pytest.mark.parametrize("mode", ["RGB", "L", "P", "RGBA", "CMYK", "1", "I;16", "LA"])
def test_any_mode_has_a_look_or_none_and_is_not_refused(mode: str) -> None:
    assert len(likeness_of(scene(2).convert("L").convert("I;16") if mode == "I;16" else scene(2).convert(mode))) in (
        0,
        16,
    )


def test_a_plain_photo_looks_like_nothing() -> None:
    assert inspect_bytes(picture()).likeness == ""
