"""What is handed out: a person's own data, a dossier that is checked without us."""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest

from application.errors import NotFound, UsageError
from application.paper.sheet import OUTCOMES
from application.signature import Signer
from application.state.state_dir import StateDir
from features.privacy import dossier, persons_data
from features.privacy.dossier_paper import CHANNELS, DOUBTS, PARTIES, PROOFS
from features.privacy.facts import told_outside
from media.sound.sound_file import SoundWriter
from messages import events as ev
from messages.base import Position
from messages.ids import (
    E164,
    AlertId,
    Assurance,
    Channel,
    Doubt,
    Instant,
    LegId,
    LineId,
    NodeId,
    OperatorCommand,
    OperatorId,
    Outcome,
    Party,
    UserId,
    WorkerId,
)
from model.record import Contact, DangerousPerson, PersonRecord
from store import streams
from store.audit.entry import Action, EntryContent
from store.audit.trail import Trail
from store.journal.journal import Append, Journal, Transaction
from store.journal.notify import LocalNotifier
from store.registry.people import Person, User
from store.registry.registry import Registry
from store.registry.users import records
from store.streams import StreamKind
from tests.support.journals import empty_journal
from tests.support.papers import pages_made
from tests.support.pictures import GREY

ALERT, OTHERS = AlertId("01k-own"), AlertId("01k-others")
OPERATOR, OPERATORS_NUMBER = OperatorId("marta-bianchi"), E164("+393200000001")
NAME = "Giulia Œdipe Ștefănescu"
TRACKS = (Party.USER, Party.OPERATOR)
CONSOLE = Path(__file__).resolve().parents[3] / "gateways" / "console"


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    clock = iter(range(1_780_000_000_000_000, 2**62, 1_000_000))
    opened = Journal.open(
        empty_journal(tmp_path / "journal.db"),
        node=NodeId("n1"),
        clock=lambda: Instant(next(clock)),
        notify=LocalNotifier(),
    )
    with_one(opened, OTHERS, E164("+393339999999"), None)
    yield opened
    opened.close()


@pytest.fixture
def user(journal: Journal) -> User:
    giulia = Registry(journal).add_user(
        Person(phones=("+393331112223",), first_name="Giulia", last_name="Œdipe Ștefănescu"), by="test"
    )
    with_one(journal, ALERT, giulia.phones[0], giulia.id)
    return giulia


def with_one(journal: Journal, alert: AlertId, phone: E164, user: UserId | None) -> None:
    """An alert that is over, with an operator who has called, written and been called by name."""
    at = journal.now_us()
    here = Position(lat=45.46427, lon=9.18951, at=at, accuracy_m=12.0)
    inbox = (
        ev.AlertReceived(
            channel=Channel.DATA,
            proof=Assurance.APP,
            raised_at=at,
            received_at=at,
            deadline_at=at,
            phone=phone,
            position=here,
        ),
        ev.PositionUpdated(position=Position(lat=45.46501, lon=9.19002, at=at, accuracy_m=5.0)),
        ev.CommandGiven(command=OperatorCommand.CALL_PSAP, by=OPERATOR),
        ev.NoteAdded(by=OPERATOR, text="a door <slams>"),
    )
    operator, leg = LegId("op1"), LegId("user")
    case = (
        ev.CaseOpened(node=NodeId("n1"), worker=WorkerId("c00"), incarnation=1),
        ev.UserUnknown() if user is None else ev.UserIdentified(user=user, phone=phone),
        ev.LegOriginating(
            leg=operator, party=Party.OPERATOR, number=OPERATORS_NUMBER, line=LineId("sim1"), attempt=1,
            operator=OPERATOR,
        ),
        ev.LegOriginating(leg=leg, party=Party.USER, number=phone, line=LineId("sim2"), attempt=1),
        ev.LegAnswered(leg=leg, attempt=1),
        ev.LegReleased(leg=leg, attempt=1, cause=16),
        ev.AlertClosed(outcome=Outcome.HANDED_OVER),
    )  # fmt: skip

    def work(tx: Transaction) -> None:
        tx.append(
            Append(tx.stream_of(StreamKind.NUMBER, phone), 0, (ev.NumberRaised(alert=alert),)),
            Append(streams.inbox(alert), 0, inbox),
            Append(streams.case(alert), 0, case),
        )

    journal.transact(work)


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    """Recordings of both alerts: the user's track is 100 all along, the operator's 200."""
    StateDir(tmp_path).create()
    folder = tmp_path / "recordings"
    for alert in (ALERT, OTHERS):
        writer = SoundWriter(folder / f"{alert}.1.flac", 2)
        writer.write(np.tile(np.array([100, 200], dtype=np.int16), (20_000, 1)))
        writer.close()
    return folder


class _Text(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.said: list[str] = []

    def handle_data(self, data: str) -> None:
        self.said.append(data)


def test_a_person_gets_all_of_the_own_data_and_nobody_else_s(
    journal: Journal, user: User, kept: Path, tmp_path: Path
) -> None:
    to, trail = tmp_path / "given", Trail(tmp_path)
    seen = EntryContent(
        actor=OPERATOR, origin="cli", action=Action.READ_ALERT, subjects=(ALERT,), detail="story"
    )
    journal.transact(lambda tx: trail.append(tx, seen))
    given = persons_data.export_person(journal, user, kept, TRACKS, to)
    assert [one.alert for one in given.alerts] == [ALERT]
    assert [(one.action, one.detail) for one in given.readings] == [(Action.READ_ALERT, "story")]
    text = _Text()
    text.feed((to / persons_data.PAGE).read_text())
    data = json.loads((to / persons_data.DATA).read_text())
    page = "".join(text.said)
    for told in (page, json.dumps(data, ensure_ascii=False)):
        assert all(own in told for own in (user.phones[0], "Ștefănescu", "a door <slams>", "handed_over"))
        assert not any(other in told for other in (OPERATOR, OPERATORS_NUMBER, "+393339999999", OTHERS))
    assert "45.465010" in page
    assert "an operator orders call_psap" in page
    assert {path.name for path in to.rglob("*") if path.is_file()} == {
        persons_data.PAGE, persons_data.DATA, f"{ALERT}.1.flac"
    }  # fmt: skip
    assert all(path.stat().st_mode & 0o077 == 0 for path in (to, *to.rglob("*")))


def test_a_person_gets_the_own_record_with_its_pictures(journal: Journal, user: User, tmp_path: Path) -> None:
    def work(tx: Transaction) -> None:
        face = records.add_picture(tx, user.id, GREY)
        known = PersonRecord(
            photo=face,
            safe_word="blue umbrella",
            dangerous=(DangerousPerson(name="Marco <Neri>"),),
            contacts=(Contact(name="Anna", number="+393471234567", tell=True),),
        )
        records.write_record(tx, user.id, known, expected=None, by="test", region="IT")

    journal.transact(work)
    to = tmp_path / "given"
    given = persons_data.export_person(journal, user, tmp_path, (), to)
    told = json.loads((to / persons_data.DATA).read_text())
    assert told["record"]["safe_word"] == "blue umbrella"
    assert (to / given.pictures[0]).read_bytes() == GREY
    page = (to / persons_data.PAGE).read_text()
    for said in ("blue umbrella", "Marco &lt;Neri&gt;", "+393471234567", given.pictures[0]):
        assert said in page


def test_of_a_recording_a_person_gets_the_own_voice_alone(
    journal: Journal, user: User, kept: Path, tmp_path: Path
) -> None:
    from soundfile import SoundFile

    (sound,) = persons_data.export_person(journal, user, kept, TRACKS, tmp_path / "given").recordings
    file = tmp_path / "given" / sound.file
    assert hashlib.sha256(file.read_bytes()).hexdigest() == sound.sha256
    heard = SoundFile(str(file)).read(dtype="int16", always_2d=True)
    assert heard.shape == (20_000, 1)
    assert set(heard[:, 0]) == {100}
    assert not persons_data.export_person(
        journal, user, kept, (Party.OPERATOR,), tmp_path / "not recorded"
    ).recordings


def test_how_the_center_judges_its_own_work_is_told_to_nobody(journal: Journal, user: User) -> None:
    judged = ev.CallReviewed(by=OPERATOR, operator=OPERATOR, marks="greeted=1", text="said Via Roma")
    journal.append(Append(streams.inbox(ALERT), None, (judged,)))
    told = told_outside(journal.read_streams(streams.inbox(ALERT), streams.case(ALERT)))
    assert told
    assert not any(isinstance(one.event, ev.CallReviewed) for one in told)


def test_what_fails_leaves_nothing_and_what_is_there_stays(
    journal: Journal, user: User, kept: Path, tmp_path: Path
) -> None:
    (kept / f"{ALERT}.1.flac").write_bytes(b"no sound")
    before = sorted(tmp_path.iterdir())
    with pytest.raises(Exception, match="flac"):
        persons_data.export_person(journal, user, kept, TRACKS, tmp_path / "given")
    assert sorted(tmp_path.iterdir()) == before
    with pytest.raises(UsageError, match="exists already"):
        persons_data.export_person(journal, user, kept, TRACKS, kept)


def test_a_dossier_is_checked_by_openssl_and_holds_the_events(
    journal: Journal, user: User, kept: Path, tmp_path: Path
) -> None:
    state, to = StateDir(tmp_path), tmp_path / "alert.pdf"
    (kept / f"{ALERT}.2.flac.part").write_bytes(b"still being written")
    made = dossier.make(journal, state, ALERT, to, "it")
    assert state.signing.stat().st_mode & 0o077 == 0
    check = ("openssl", "cms", "-verify", "-binary", "-inform", "DER", "-noverify")
    check = (*check, "-in", made.signature, "-out", "/dev/null", "-content")
    assert shutil.which("openssl")
    assert subprocess.run((*check, made.file), capture_output=True, check=False).returncode == 0
    forged = tmp_path / "forged.pdf"
    forged.write_bytes(to.read_bytes().replace(b"%%EOF", b"%%EOf"))
    assert subprocess.run((*check, str(forged)), capture_output=True, check=False).returncode != 0
    assert Signer(state.signing).fingerprint == made.fingerprint
    (copy,) = made.recordings
    assert {Path(one).stat().st_mode & 0o777 for one in (copy, made.file, made.signature)} == {0o600}
    assert Path(copy).read_bytes() == (kept / f"{ALERT}.1.flac").read_bytes()


def shown(
    journal: Journal, kept: Path, to: Path, monkeypatch: pytest.MonkeyPatch, language: str
) -> list[str]:
    """The text of each page of a dossier."""
    pages = pages_made(monkeypatch)
    dossier.make(journal, StateDir(kept.parent), ALERT, to, language)
    return pages


@pytest.mark.parametrize(("language", "said"), [
    ("it", ("Allarme", "Dati, app", "non provato: numero detto dall’app", "affidato al 112",
        "chiamata finita, riagganciato")),
    ("en", ("Alert", "not proved: the number is what the app says", "handed over to 112", "hung up")),
])  # fmt: skip
def test_a_dossier_says_of_proof_what_the_console_says_and_each_sheet_which_it_is(
    journal: Journal,
    user: User,
    kept: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    language: str,
    said: tuple[str, ...],
) -> None:
    notes = tuple(ev.NoteAdded(by=OPERATOR, text=f"note {n}") for n in range(80))
    journal.append(Append(streams.inbox(ALERT), None, notes))
    pages = shown(journal, kept, tmp_path / "alert.pdf", monkeypatch, language)
    whole = "".join(pages)
    assert [one for one in said if one not in whole] == []
    assert "proved by" not in whole
    assert "handed_over" not in whole
    assert len(pages) > 2
    word = {"it": "pagina", "en": "page"}[language]
    for n, text in enumerate(pages, 1):
        assert f"{ALERT} · {word} {n} di".replace("di", {"it": "di", "en": "of"}[language]) in text


def test_every_outcome_has_words_in_both_languages() -> None:
    assert set(OUTCOMES) == set(Outcome)
    assert all(len(both) == 2 and all(both) for both in OUTCOMES.values())


def test_the_paper_s_words_are_whole_and_those_of_proof_are_the_console_s() -> None:
    english = (CONSOLE / "static" / "js" / "words" / "assurance.js").read_text()
    italian = json.loads((CONSOLE / "words" / "it" / "words.json").read_text())
    for table, keys in ((PROOFS, Assurance), (DOUBTS, Doubt), (CHANNELS, Channel), (PARTIES, Party)):
        assert set(table) == set(keys)
    for it, en in (*PROOFS.values(), *DOUBTS.values()):
        assert f"phrase`{en}`" in english
        assert italian[en] == it


def test_a_dossier_of_no_alert_or_over_a_file_is_refused(
    journal: Journal, kept: Path, tmp_path: Path
) -> None:
    with pytest.raises(NotFound, match="no alert has the id x"):
        dossier.make(journal, StateDir(kept.parent), AlertId("x"), tmp_path / "x.pdf", "en")
    (tmp_path / "there.pdf").touch()
    with pytest.raises(UsageError, match="exists already"):
        dossier.make(journal, StateDir(kept.parent), OTHERS, tmp_path / "there.pdf", "en")


def test_the_paper_is_written_whatever_the_positions_are(
    journal: Journal, user: User, kept: Path, tmp_path: Path
) -> None:
    at = journal.now_us()
    far = tuple(
        ev.PositionUpdated(position=Position(lat=lat, lon=lon, at=at, accuracy_m=accuracy))
        for lat, lon, accuracy in ((90.0, 180.0, None), (-90.0, -180.0, 0.0), (0.0, 0.0, 3e7))
    )
    journal.append(Append(streams.inbox(ALERT), None, far))
    made = dossier.make(journal, StateDir(kept.parent), ALERT, tmp_path / "far.pdf", "en")
    assert Path(made.file).read_bytes().startswith(b"%PDF-")
