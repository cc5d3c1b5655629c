"""Files of addresses as others give them, and what in them is none."""

from __future__ import annotations

import gzip
import json
import zipfile
from collections import Counter
from pathlib import Path

import pytest

from features.maps.address_file import Row
from features.maps.address_rows import Unreadable, rows
from features.maps.addresses import NAME_MAX

ROMA = Row(44.5, 9.25, "via Roma", "12", "Pavia")
ANNCSU = (
    "CODICE_COMUNE;CODICE_ISTAT;PROGRESSIVO_NAZIONALE;ODONIMO;LOCALITA';DIZIONE_LINGUA1;PROGRESSIVO_ACCESSO;"
    "CIVICO;ESPONENTE;METRICO;COORD_X_COMUNE;COORD_Y_COMUNE;QUOTA;METODO\n"
    "G388;018110;1;VIA XX SETTEMBRE;;;1;12;A;;9,25;44,5;;3\n"
    "G388;018110;1;VIA DELL'OROLOGIO;;;2;3;;;9,26;44,6;;3\n"
    "G388;018110;1;VIA ROMA;;;3;14;;;;;;\n"
)


def read(path: Path) -> tuple[list[Row], Counter[str]]:
    skipped: Counter[str] = Counter()
    return list(rows(path, skipped)), skipped


def feature(geometry: object, **properties: object) -> str:
    return json.dumps({"type": "Feature", "geometry": geometry, "properties": properties})


POINT = {"type": "Point", "coordinates": [9.25, 44.5]}
BUILDING = {
    "type": "Polygon",
    "coordinates": [[[9.2, 44.4], [9.3, 44.4], [9.3, 44.6], [9.2, 44.6], [9.2, 44.4]]],
}
OSM = {"addr:street": "via Roma", "addr:housenumber": "12", "addr:city": "Pavia"}


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_a_csv_of_any_delimiter_is_read(tmp_path: Path, delimiter: str) -> None:
    path = tmp_path / "a.csv"
    path.write_text("LON,LAT,NUMBER,STREET,CITY\n9.25,44.5,12,via Roma,Pavia\n".replace(",", delimiter))
    assert read(path) == ([ROMA], Counter())


def test_a_csv_of_osm_has_its_own_names_and_a_place_where_there_is_no_street(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(
        "\ufeff@lon,@lat,addr:housenumber,addr:street,addr:place,addr:city\n"
        '9.25,44.5,12,"via Roma",,Pavia\n9.25,44.5,3,,"Cascina Bella",Pavia\n'
    )
    assert read(path)[0] == [ROMA, Row(44.5, 9.25, "Cascina Bella", "3", "Pavia")]


def test_italy_s_archive_is_read_and_its_names_are_not_shouted(tmp_path: Path) -> None:
    path = tmp_path / "INDIR_LOMB_20261101.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("INDIR_LOMB_20261101.csv", ANNCSU)
        archive.writestr("readme.pdf", b"%PDF")
    found, skipped = read(path)
    assert found == [
        Row(44.5, 9.25, "Via XX Settembre", "12/A", ""),
        Row(44.6, 9.26, "Via Dell'Orologio", "3", ""),
    ]
    assert skipped == {"without coordinates": 1}


@pytest.mark.parametrize("geometry", [POINT, BUILDING], ids=["point", "building"])
def test_geojson_of_one_feature_a_line_is_read_also_compressed(tmp_path: Path, geometry: object) -> None:
    path = tmp_path / "a.geojson.gz"
    path.write_bytes(gzip.compress((feature(geometry, **OSM) + "\n").encode()))
    ((lat, lon, *rest),) = read(path)[0]
    assert (lat, lon) == (pytest.approx(44.5), pytest.approx(9.25))
    assert rest == ["via Roma", "12", "Pavia"]


def test_a_collection_with_a_feature_a_line_and_a_sequence_are_read(tmp_path: Path) -> None:
    one = feature(POINT, **OSM)
    path = tmp_path / "a.geojson"
    path.write_text(f'{{"type":"FeatureCollection","features":[\n{one},\n{one}\n]}}\n')
    assert read(path)[0] == [ROMA, ROMA]
    path.write_text(f"\x1e{one}\n\x1e{one}\n")
    assert read(path)[0] == [ROMA, ROMA]


def test_what_is_no_address_is_counted_by_the_reason(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(
        "lon,lat,number,street,city\n9.25,44.5,12,via Roma,Pavia\n9.25,44.5,12,,Pavia\nx,44.5,1,via Roma,\n"
        "514000.5,4930000.1,1,via Roma,\n0,0,1,via Roma,\nnan,1,1,via Roma,\n9.25\n"
    )
    found, skipped = read(path)
    assert found == [ROMA]
    assert skipped == {
        "without a street": 2,
        "without coordinates": 2,
        "whose coordinates are no degrees (WGS 84)": 2,
    }


def test_names_are_one_line_and_no_longer_than_can_be_shown(tmp_path: Path) -> None:
    path = tmp_path / "a.geojsonl"
    path.write_text(feature(POINT, street="via\n\u202e Roma \x07", number=12, city="x" * 500) + "\n")
    ((_, _, street, number, town),) = read(path)[0]
    assert (street, number) == ("via Roma", "12")
    assert len(town) == NAME_MAX


@pytest.mark.parametrize(("file", "content", "reason"), [
    ("a.csv", "lon,lat,number\n1,2,3\n", "no column for street"),
    ("a.csv", "", "no column for lat"),
    ("a.csv", "lon,lat,street\n514000,4930000,via Roma\n",
        "has no address (1 whose coordinates are no degrees"),
    ("a.geojson", '{"type":"FeatureCollection","features":[]}', "has no address"),
    ("a.csv.gz", "lon,lat", "Not a gzipped file"),
    ("a.zip", "lon,lat", "File is not a zip file"),
    ("italy.osm.pbf", "", "osmium export"),
])  # fmt: skip
def test_what_cannot_be_read_is_told_with_path_and_reason(
    tmp_path: Path, file: str, content: str, reason: str
) -> None:
    path = tmp_path / file
    path.write_text(content)
    with pytest.raises(Unreadable) as caught:
        read(path)
    assert str(caught.value).startswith(f"{path}: ")
    assert reason in str(caught.value)


def test_a_collection_in_one_long_line_is_refused_with_the_way_to_split_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("features.maps.address_rows.LINE_MAX", 1000)
    path = tmp_path / "a.geojson"
    path.write_text(
        '{"type":"FeatureCollection","features":[' + ",".join([feature(POINT, **OSM)] * 20) + "]}"
    )
    with pytest.raises(Unreadable, match="jq -c"):
        read(path)


@pytest.mark.parametrize(
    "nonsense",
    [
        '{"type":"Feature"}',
        '{"type":"Feature","geometry":null,"properties":null}',
        "{",
        "[" * 5000,
        "{}",
        "null",
        feature({"type": "Point", "coordinates": ["9", None]}, **OSM),
        feature({"type": "Point"}, **OSM),
    ],
)
def test_a_line_of_nonsense_ends_no_import(tmp_path: Path, nonsense: str) -> None:
    path = tmp_path / "a.geojsonl"
    path.write_text(f"{feature(POINT, **OSM)}\n{nonsense}\n{feature(POINT, **OSM)}\n")
    assert read(path)[0] == [ROMA, ROMA]


def test_a_damaged_archive_is_named(tmp_path: Path) -> None:
    packed = bytearray(gzip.compress(b"lat,lon,street,number,city\n" * 500))
    packed[15:40] = b"\xff" * 25
    file = tmp_path / "addresses.csv.gz"
    file.write_bytes(packed)
    with pytest.raises(Unreadable, match=r"addresses\.csv\.gz"):
        list(rows(file, Counter()))
