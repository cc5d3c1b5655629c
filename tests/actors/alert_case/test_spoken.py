"""Questions that the center speaks into the user's call: to whom, when not, and what comes of each."""

from __future__ import annotations

import shutil

import pytest
from msgspec.structs import replace

from actors.alert_case.wishes import desired_bridge
from application.settings.protocols import Question, named, protocols_of
from gateways.http.wire.bodies import QUESTION_MAX
from media.conference.sounds import Sounds
from media.conference.speaks import SPEAKER, languages, speakable
from media.sound.frames import RATE_HZ
from messages import events as ev
from messages.base import Joins
from messages.bridge import BridgeReport, Clip, Press
from messages.calls import CallState
from messages.ids import SECOND, BriefingField, Channel, Instant, LegId, OperatorCommand, Party, Unplayed
from model.alert.evolve import fold
from model.orders.effects import refusal
from model.orders.refusals import Refusal
from model.rules.messages.announcements import PRESS_KEYS, QuestionProgress, clip_names_for, question_progress
from tests.actors.alert_case.book import EVERYONE, SETTINGS, Book
from tests.support.each import each

ASK, SOFTLY = OperatorCommand.ASK_SPOKEN, OperatorCommand.ASK_SOFTLY


def ask(book: Book, *, softly: bool = False, text: str = "Ci sono armi?") -> int:
    """As the web writes what is allowed; the question's number."""
    assert book.why_not(SOFTLY if softly else ASK) is None
    user = book.case.answered(Party.USER)
    assert user is not None
    said = ev.DialogueSaid(
        id=f"q{len(book.case.dialogue)}",
        by=EVERYONE[0],
        channel=Channel.VOICE,
        text=text,
        asks=True,
        fills=BriefingField.WEAPONS,
        yes="A knife",
        spoken=ev.Spoken(attempt=user.attempt, language="it", softly=softly),
        question="unknown-4",
    )
    book.fact(said)
    return len(book.case.dialogue)


def clip(book: Book) -> Clip | None:
    """The question that is to be played."""
    return next((one for one in desired_bridge(book.case).playing if one.once), None)


def reports(book: Book, **said: object) -> None:
    """What the bridge says of the question, with everybody joined."""
    joined = tuple(leg.leg for leg in book.case.legs.values() if leg.answered)
    book.go_on(BridgeReport(bridge=desired_bridge(book.case).bridge, joined=joined, **said))  # type: ignore[arg-type]


def how(book: Book, number: int) -> QuestionProgress | None:
    return question_progress(book.case, book.case.dialogue[number - 1])


def hidden() -> Book:
    """The user has called in, in a silent alert."""
    book = Book(silent=True).attended().order(OperatorCommand.CALL_ALOUD)
    book.order(OperatorCommand.WITHHOLD_VOICES).answers(Party.USER)
    return book


def test_a_question_is_for_the_user_alone_in_the_own_language_with_the_keys_after_it() -> None:
    book = Book().to_talking()
    number = ask(book)
    asked = clip(book)
    assert asked is not None
    assert (asked.to, asked.names) == ((book.leg(Party.USER).leg,), ("ask:unknown-4", "press_keys"))
    assert (asked.text, asked.language, asked.softly) == ("Ci sono armi?", "it", False)
    assert clip_names_for(book.case, book.leg(Party.USER).leg) == ("question",)
    assert how(book, number) is QuestionProgress.WAITING
    assert fold(book.recorded) == book.case


def test_from_its_beginning_to_the_key_that_answers_it() -> None:
    book = Book().to_talking()
    number, user = ask(book), book.leg(Party.USER).leg
    name = f"question:{number}"
    reports(book, begun={name: book.now})
    assert how(book, number) is QuestionProgress.SPEAKING
    begun = clip(book)
    assert begun is not None
    assert begun.begun, "a successor of the bridge is not to begin it again"
    reports(book, begun={name: book.now}, played=(name,))
    reports(book, begun={name: book.now}, played=(name,))
    assert (how(book, number), clip(book)) == (QuestionProgress.HEARD, None)
    assert [one.clip for one in book.all_of(ev.AnnouncementPlayed) if one.clip == name] == [name]
    assert len(book.all_of(ev.AnnouncementBegun)) == 1
    book.pass_time(3)
    reports(book, played=(name,), pressed={user: (Press(at=book.now, digit="1"),)})
    assert book.case.dialogue[number - 1].answer == "yes"
    assert book.sheet.briefing[BriefingField.WEAPONS].text == "A knife"
    assert fold(book.recorded) == book.case


@pytest.mark.parametrize("why", [Unplayed.NO_SOUND, Unplayed.CUT_OFF])
def test_what_was_not_heard_to_its_end_is_said_to_be_so_and_not_begun_again(why: Unplayed) -> None:
    book = Book().to_talking()
    number = ask(book)
    name = f"question:{number}"
    reports(book, unplayed={name: why}, played=(name,))
    reports(book, unplayed={name: why}, played=(name,))
    assert (how(book, number), clip(book)) == (QuestionProgress(why), None)
    assert [one.reason for one in book.all_of(ev.AnnouncementFailed)] == [why]
    assert [one for one in book.all_of(ev.AnnouncementPlayed) if one.clip == name] == []


def test_a_key_answers_the_question_that_had_begun_by_then() -> None:
    book = Book().to_talking()
    user = book.leg(Party.USER).leg
    first = ask(book)
    reports(book, begun={f"question:{first}": book.now}, played=(f"question:{first}",))
    book.pass_time(2)
    second = ask(book, text="Sei ferita?")
    pressed_at = book.now
    book.pass_time(1)
    begun = {f"question:{second}": book.now}
    reports(book, begun=begun, pressed={user: (Press(at=pressed_at, digit="2"),)})
    assert [one.answer for one in book.case.dialogue] == ["no", ""]
    later = Press(at=Instant(book.now + SECOND), digit="1")
    book.pass_time(2)
    reports(book, begun=begun, pressed={user: (Press(at=pressed_at, digit="2"), later)})
    assert [one.answer for one in book.case.dialogue] == ["no", "yes"]


def test_the_next_question_takes_the_place_of_one_that_is_not_over() -> None:
    book = Book().to_talking()
    first = ask(book)
    reports(book, begun={f"question:{first}": book.now})
    second = ask(book, text="Sei ferita?")
    asked = clip(book)
    assert asked is not None
    assert (asked.id, asked.text) == (f"question:{second}", "Sei ferita?")
    assert how(book, first) is QuestionProgress.REPLACED


def test_it_is_of_one_call_and_not_asked_in_the_next() -> None:
    book = Book().to_talking()
    number = ask(book)
    book.ends(Party.USER)
    assert how(book, number) is QuestionProgress.HUNG_UP
    book.answers(Party.USER)
    assert (how(book, number), clip(book)) == (QuestionProgress.HUNG_UP, None)


def test_who_hides_is_asked_softly_by_an_order_of_its_own_and_not_else() -> None:
    book = hidden()
    assert book.why_not(ASK) is Refusal.VOICES_WITHHELD
    ask(book, softly=True)
    asked = clip(book)
    assert asked is not None
    assert asked.softly
    assert clip_names_for(book.case, book.leg(Party.USER).leg) == ("question",), "the tone waits"
    book.order(OperatorCommand.GIVE_VOICES)
    assert book.why_not(SOFTLY) is Refusal.VOICES_GIVEN
    assert book.why_not(ASK) is None


@pytest.mark.parametrize("then", ["withheld", "duress"])
def test_a_question_ends_when_the_user_is_to_hear_nobody(then: str) -> None:
    book = Book().to_talking()
    number = ask(book)
    reports(book, begun={f"question:{number}": book.now})
    if then == "duress":
        book.fact(ev.AlertCancelled(duress=True))
    else:
        book.order(OperatorCommand.WITHHOLD_VOICES)
    assert (clip(book), how(book, number)) == (None, QuestionProgress.WITHHELD)


@pytest.mark.parametrize("voices", [None, OperatorCommand.GIVE_VOICES])
def test_under_duress_nothing_is_spoken_by_whatever_order(voices: OperatorCommand | None) -> None:
    book = hidden()
    number = ask(book, softly=True)
    book.fact(ev.AlertCancelled(duress=True))
    if voices is not None:
        book.order(voices)
    assert (book.why_not(ASK), book.why_not(SOFTLY)) == (Refusal.DURESS, Refusal.DURESS)
    assert (clip(book), how(book, number)) == (None, QuestionProgress.WITHHELD)


def test_nobody_is_asked_who_is_not_there_or_hears_nothing_of_ours() -> None:
    book = Book().attended()
    assert book.why_not(ASK) is Refusal.USER_ABSENT
    book.report(book.leg(Party.USER), CallState.ANSWERED, confirmed=False)
    assert book.why_not(ASK) is Refusal.USER_NOT_ANSWERED
    book = Book().to_talking()
    user = book.leg(Party.USER)
    case = replace(book.case, legs=book.case.legs | {user.leg: replace(user, joins=Joins.NETWORK)})
    assert refusal(case, ASK, EVERYONE[0], SETTINGS) is Refusal.LINE_WITHOUT_PLAYING


def test_nobody_else_hears_it() -> None:
    book = Book().to_conference()
    ask(book)
    others: set[LegId] = {leg.leg for leg in book.case.legs.values() if leg.party is not Party.USER}
    assert all("question" not in clip_names_for(book.case, leg) for leg in others)


QUESTIONS = [
    (name, question, language) for name, question in named(protocols_of("")) for language in ("it", "en")
]


@each(("name", "question", "language"), QUESTIONS)
def test_each_question_of_ours_is_spoken_and_each_answer_fills_its_field(
    name: str, question: Question, language: str
) -> None:
    text = question.ask[language]
    assert 0 < len(text) <= QUESTION_MAX
    if shutil.which(SPEAKER) is not None:
        sounds = Sounds()
        seconds = len(sounds.load(f"ask:{name}", language, text)) / RATE_HZ
        keys = len(sounds.load(PRESS_KEYS, language, "")) / RATE_HZ
        assert 0.5 < seconds < 4.0, "nobody who is in danger listens for longer"
        assert speakable(None, name, question.ask, languages()) == ["en", "it"]
        assert seconds + keys < 6.5
    for key, known in (("1", question.yes), ("2", question.no)):
        book = Book().to_talking()
        said = ev.DialogueSaid(
            id="q1",
            by=EVERYONE[0],
            channel=Channel.VOICE,
            text=text,
            asks=True,
            fills=question.fills,
            yes=question.yes.get(language, ""),
            no=question.no.get(language, ""),
            spoken=ev.Spoken(attempt=1, language=language),
            question=name,
        )
        book.write("inbox-a1", said)
        asked = clip(book)
        assert asked is not None
        assert (asked.names[0], asked.text, asked.language) == (f"ask:{name}", text, language)
        user = asked.to[0]
        begun = {asked.id: book.now}
        book.pass_time(3)
        reports(book, begun=begun, played=(asked.id,), pressed={user: (Press(at=book.now, digit=key),)})
        assert book.case.dialogue[0].answer == ("yes" if key == "1" else "no")
        filled = {field: one.text for field, one in book.sheet.briefing.items()}
        assert filled == ({question.fills: known[language]} if known else {})
