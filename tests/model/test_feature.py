"""What a feature adds is there; what it has written is read also where it is left out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Annotated, ClassVar, Final

import msgspec
import pytest

from application.errors import SettingsError
from application.settings.file import parse
from application.settings.template import template
from center import features
from gateways.http.settings import WebSettings, decoded
from messages.base import FeatureEvent
from messages.ids import NodeId
from messages.journal import DecodeError, decode_event, encode_event
from messages.rows import Sentence
from model.feature import Feature, FeatureTable, install
from model.settings import Settings
from model.settings.fields import doc


class LampSettings(FeatureTable, frozen=True, kw_only=True):
    """A lamp."""

    table: ClassVar[str] = "lamp"

    color: Annotated[str, doc("Its color", "Il suo colore")] = "red"


class LampLit(FeatureEvent, frozen=True, kw_only=True, tag="lamp.lit"):
    color: str


def faults(settings: Settings) -> Iterable[str]:
    if LampSettings.of(settings).color == "black":
        yield "lamp.color: nobody sees a black lamp"


LAMP: Final = Feature(
    name="lamp",
    does=Sentence("A lamp is lit", "Si accende una lampada"),
    events=(LampLit,),
    settings=(LampSettings,),
    faults=faults,
)


@pytest.fixture(params=[(), ("lamp",)], ids=["there", "left_out"], autouse=True)
def _installed(request: pytest.FixtureRequest) -> Iterator[None]:
    install([LAMP], request.param)
    yield
    features.install()


def test_its_table_is_read_and_handed_to_the_web() -> None:
    settings = parse('[lamp]\ncolor = "blue"\n')
    assert LampSettings.of(settings).color == "blue"
    assert LampSettings.of(parse("")) == LampSettings.of(Settings()) == LampSettings()
    web = WebSettings(node=NodeId("n"), state="", journal="", anchor_us=0, center=settings)
    assert LampSettings.of(decoded(msgspec.json.encode(web)).center).color == "blue"


@pytest.mark.parametrize("text", ['[lamp]\ncolour = "blue"', '[lamp]\ncolor = "black"', "[lamp]\ncolor = 1"])
def test_what_is_wrong_in_it_is_refused(text: str) -> None:
    with pytest.raises(SettingsError, match=r"lamp\.colou?r: "):
        parse(text)


def test_its_table_is_in_the_file_as_shipped() -> None:
    lines = [line.split("  ")[0] for line in template().splitlines()]
    assert lines[-2:] == ["[lamp]", '# color = "red"']


def test_its_events_are_read_and_without_it_they_are_not() -> None:
    said = encode_event(LampLit(color="red"))
    assert decode_event(said) == LampLit(color="red")
    features.install()
    with pytest.raises(DecodeError):
        decode_event(said)
