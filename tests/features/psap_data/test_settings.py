"""What is said of 112's own systems in the settings: read, refused, and left out of what is only tried."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pytest

from application.errors import SettingsError
from application.settings.file import load, parse
from application.settings.simulation import Simulation, with_simulation
from features.psap_data.settings import DataTarget
from tests.application.settings.written import TRUNKS
from tests.support.each import each
from tests.support.settings import faults

CAP: Final = '[[psap.data]]\nname = "q"\nformat = "cap"\n'
FEED: Final = CAP.replace("cap", "geojson")


# fmt: off
FAULTS: Final = (
    (CAP + 'to = "http://psap.test/"',
     "psap.data[0].to: personal data would be sent unencrypted; use https://"),
    (CAP + 'to = "ftp://psap.test/"',
     'psap.data[0].to: expected an address like "https://psap.example.org/alerts", a folder, or "feed"'),
    (CAP + 'to = "https://me:secret@psap.test/"',
     "psap.data[0].to: the address must have no name and password; use token_file, or certificate and key"),
    (CAP + 'to = "feed"\ntoken_file = "t"', 'psap.data[0].format: a feed is GeoJSON, not "cap"'),
    (FEED + 'to = "feed"', "psap.data[0].token_file: a feed needs a token: its holder can read alerts"),
    (CAP + 'to = "out"\narea = "IT-25"', "psap.data[0].area: needs area_file as well"),
    (CAP + 'to = "https://psap.test/"\ncertificate = "c"', "psap.data[0].certificate: needs key as well"),
    (CAP + 'to = "out"\ntoken_file = "t"',
     "psap.data[0].token_file: only with an address, https://, or a feed"),
    (FEED + 'to = "out"\ncode = ["x"]', 'psap.data[0].code: only with format = "cap"'),
    (CAP + 'to = "out"\nsender = "a b"',
     "psap.data[0].sender: expected a name without spaces, commas, '<' and '&', at most 100"),
    (CAP + 'to = "out"\n' + CAP + 'to = "out"\n', "psap.data[1].name: q is already in psap.data[0]"),
    ('[[psap.data]]\nname = "q"\nformat = "kml"\nto = "out"',
     'psap.data[0].format: expected "cap" or "geojson" or "eds", got \'kml\''),
)
# fmt: on


@each(("text", "fault"), FAULTS)
def test_a_fault_is_named_by_its_path(text: str, fault: str) -> None:
    assert faults(text) == (fault,)


def test_data_of_alerts_goes_where_its_table_says(tmp_path: Path) -> None:
    outline = '{"type": "Polygon", "coordinates": [[[8, 45], [10, 45], [10, 46], [8, 45]]]}'
    (tmp_path / "lombardia.geojson").write_text(outline)
    (tmp_path / "center.toml").write_text(
        CAP
        + 'to = "https://psap.test/in"\narea = "IT-25"\narea_file = "lombardia.geojson"\ncode = ["x"]\n'
        + 'token_file = "token"\n[psap.data.event_code]\n"urn:e" = "v"\n'
        + '[[psap.data]]\nname = "out"\nformat = "geojson"\nto = "out"\nlanguage = "en"\n'
        + '[[psap.data]]\nname = "map"\nformat = "geojson"\nto = "feed"\ntoken_file = "token"\n'
    )
    post, folder, feed = DataTarget.of(load(tmp_path / "center.toml"))
    assert post.to == "https://psap.test/in"
    assert post.outline is not None
    assert post.token_file == str(tmp_path / "token")
    assert (post.code, post.event_code, post.language) == (("x",), {"urn:e": "v"}, "it")
    assert (folder.to, folder.language) == (str(tmp_path / "out"), "en")
    assert feed.is_feed


def test_an_area_that_cannot_be_read_is_a_fault(tmp_path: Path) -> None:
    (tmp_path / "center.toml").write_text(CAP + 'to = "out"\narea = "IT"\narea_file = "none.geojson"')
    with pytest.raises(SettingsError) as caught:
        load(tmp_path / "center.toml")
    assert caught.value.faults == (
        f"psap.data[0].area_file: {tmp_path}/none.geojson: No such file or directory",
    )


def test_a_simulated_run_sends_nothing_to_112_s_own_systems() -> None:
    settings = parse(TRUNKS + CAP + 'to = "https://psap.test/in"')
    simulated = Simulation(modems=(), psap_number="+390200000112", phones=())
    assert DataTarget.of(with_simulation(settings, simulated)) == ()
