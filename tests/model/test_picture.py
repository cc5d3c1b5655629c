"""What is taken for a picture: by its bytes, and by how large it says that it is."""

import pytest

from model.picture import PICTURE_MAX, PictureKind, PictureRefused, kind_of
from tests.support.pictures import jpeg, png, png_that_says, webp


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (png(), PictureKind.PNG),
        (jpeg(640, 480), PictureKind.JPEG),
        (webp(b"VP8X", b"\x10\0\0\0\x7f\2\0\xdf\1\0"), PictureKind.WEBP),
        (webp(b"VP8L", b"\x2f\x7f\x02\x78\x00"), PictureKind.WEBP),
        (webp(b"VP8 ", b"\0\0\0\x9d\x01\x2a\x80\x02\xe0\x01"), PictureKind.WEBP),
    ],
)
def test_the_bytes_say_which_kind_it_is(data: bytes, kind: PictureKind) -> None:
    assert kind_of(data) is kind


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "not a JPEG"),
        (b"GIF89a", "not a JPEG"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>", "not a JPEG"),
        (b"%PDF-1.7 \xff\xd8\xff", "not a JPEG"),
        (png().ljust(PICTURE_MAX + 1, b"\0"), "512 KiB"),
        (png_that_says(50_000, 50_000), "million pixels"),
        (jpeg(65_000, 65_000), "million pixels"),
        (webp(b"VP8X", b"\0\0\0\0\xff\xff\xff\xff\xff\xff"), "million pixels"),
        (png_that_says(0, 5), "damaged"),
        (png()[:20], "damaged"),
        (b"\xff\xd8\xff\xe0\xff\xff", "damaged"),
        (b"\xff\xd8\xff" + b"\xff" * 4000, "damaged"),
        (webp(b"VP8X", b"")[:20], "damaged"),
        (webp(b"ANIM", b""), "damaged"),
    ],
)
def test_what_is_none_or_would_fill_a_browser_is_refused(data: bytes, why: str) -> None:
    with pytest.raises(PictureRefused, match=why):
        kind_of(data)
