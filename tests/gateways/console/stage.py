"""What a state of the console is made of: a web, a journal that can be set back, a page."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from playwright.sync_api import Page, Route, expect

from messages.ids import (
    E164,
    SECOND,
    Instant,
)
from store.journal.journal import Journal
from store.registry.registry import Registry
from tests.gateways.console.voices import Voices
from tests.gateways.http.place import CLOCK, GIULIA, Place, WebThread
from tests.gateways.story import Story, on_shift


class Past:
    """A journal's clock that can be set back, so that a story has its times."""

    def __init__(self) -> None:
        self.ago_s = 0.0

    def __call__(self) -> Instant:
        """Microseconds UTC."""
        return Instant(CLOCK.now_us() - int(self.ago_s * SECOND))


@dataclass(kw_only=True)
class Stage:
    """What a state is made of."""

    page: Page
    place: Place
    journal: Journal
    past: Past
    """The journal's clock."""
    url: str
    stop: Callable[[], object]
    """Ends the web."""
    voices: Voices
    lang: str = "en"

    @classmethod
    @contextmanager
    def of(cls, page: Page, place: Place, lang: str = "en") -> Iterator[Stage]:
        """With a web of its own, and a page that has not yet been opened."""
        web, past, voices = WebThread(place), Past(), Voices(place.state / "run")
        journal = place.journal(clock=past)
        try:
            yield cls(
                page=page,
                place=place,
                journal=journal,
                past=past,
                url=web.url,
                stop=web.stop,
                voices=voices,
                lang=lang,
            )
        finally:
            voices.stop()
            journal.close()
            web.stop()

    def signed_on(self, shift: bool = True) -> Page:
        """Marta at the console."""
        if shift:
            self.past.ago_s = 0
            on_shift(self.journal, self.place.marta)
        self.page.goto(f"{self.url}/console/?lang={self.lang}#token={self.place.marta_token}")
        expect(self.page.locator(".bar__health [data-link=live]")).to_be_visible()
        return self.page

    def ago(self, seconds: float) -> None:
        """What is written from now on happened so long ago."""
        self.past.ago_s = seconds

    def alert(self, ago_s: float = 9, *, test: bool = False, silent: bool = False) -> Story:
        """Giulia's, with Marta's phone ringing."""
        giulia = Registry(self.journal).user_by_phone(E164(GIULIA))
        assert giulia is not None
        self.ago(ago_s - 0.02)
        story = Story(self.journal, CLOCK.now_us(), ago_s=ago_s, test=test, silent=silent)
        story.opened().identified(giulia.id)
        self.ago(ago_s - 0.9)
        return story.operator_called(self.place.marta)

    def mine(self, ago_s: float = 12) -> Story:
        """The same, answered after four seconds."""
        story = self.alert(ago_s)
        self.ago(ago_s - 4.1)
        story.operator_joined(self.place.marta)
        self.ago(ago_s - 6.8)
        return story

    def talked(self, ago_s: float, answered_s: float) -> Story:
        """And the user has answered so many seconds after the alert."""
        story = self.mine(ago_s).user_called()
        self.ago(ago_s - answered_s)
        return story.user_answered()

    def shown(self, selector: str, is_: str) -> None:
        """Wait until the party's tile is at this."""
        expect(self.page.locator(selector)).to_have_attribute("data-is", is_)


State = Callable[[Stage], None]


@dataclass(frozen=True)
class After:
    """A state that is brought about from another one, on the page where that one is."""

    before: State
    step: State

    def __call__(self, stage: Stage) -> None:
        self.before(stage)
        self.step(stage)


def after(before: State) -> Callable[[State], After]:
    """What is decorated goes on from there."""
    return lambda step: After(before, step)


def hold(held: list[Route], route: Route) -> None:
    """Keep a request from being sent, until the test lets it."""
    held.append(route)
