"""What is said of streets and addresses in the settings."""

from __future__ import annotations

from typing import Final

from tests.support.each import each
from tests.support.settings import faults

# fmt: off
FAULTS: Final = (
    ('[map]\ntiles = "https://t.example/{z}/{x}/{y}"\npmtiles = "a.pmtiles"',
     "map.pmtiles: not together with map.tiles"),
    ('[map]\ntiles = "https://t.example/{z}/{x}"',
     'map.tiles: expected an address like "https://…/{z}/{x}/{y}.png"; {y} missing'),
    ('[map]\ntiles = "https://{s}.t.example/{z}/{x}/{y}"',
     'map.tiles: expected an address like "https://…/{z}/{x}/{y}.png"; {s} is not known'),
    ('[map]\ntiles = "/srv/{z}/{x}/{y}"', 'map.tiles: expected an address like "https://…/{z}/{x}/{y}.png"'),
    ('[map]\ngeocoder = "https://g.example"\naddresses = "a.sqlite"',
     "map.addresses: not together with map.geocoder"),
    ('[map]\ngeocoder = "g.example"',
     'map.geocoder: expected an address like "https://geocoder.example.org"'),
    ('[map]\ngeocoder = "https://g.example/photon/reverse"',
     'map.geocoder: expected an address like "https://geocoder.example.org"; /reverse and what it is '
     'asked are added to it'),
    ('[map]\ngeocoder = "http://g.example"',
     "map.geocoder: positions would go there unencrypted; https://, or an address of this machine or of a "
     "private network"),
    ('[map]\ngeocoder_api = "pelias"', "map.geocoder_api: invalid enum value 'pelias'"),
)
# fmt: on


@each(("text", "fault"), FAULTS)
def test_a_fault_is_named_by_its_path(text: str, fault: str) -> None:
    assert faults(text) == (fault,)
