"""Settings of what is kept, and for how long: journal, nodes that share it, recordings."""

from __future__ import annotations

from typing import Annotated, Final, Literal

from msgspec import Meta

from messages.ids import Party, PersonalKind
from model.settings.fields import Days, Name, Origin, Table, doc

RECORDED: Final = (Party.USER, Party.OPERATOR, Party.PSAP)
"""Whose voices can be recorded. A listener's never is."""


class JournalSettings(Table, frozen=True, kw_only=True):
    """The database of everything that happens."""

    url: Annotated[
        str,
        doc(
            "Where the journal is",
            "Dove sta il giornale",
            note='empty: journal.db in the state directory; or "postgresql://user@host/securwoman", with '
            'several servers "postgresql://user@one,two/securwoman"; see docs/operations/nodes.md',
        ),
    ] = ""


class ClusterSettings(Table, frozen=True, kw_only=True):
    """Several nodes that share a journal in PostgreSQL; see docs/operations/nodes.md."""

    address: Annotated[
        str,
        doc(
            "Address for the other nodes",
            "Indirizzo per gli altri nodi",
            note="on a network that the nodes alone reach (IPv4): what goes over it is proved and not "
            "encrypted, so a public one is refused",
        ),
    ] = "127.0.0.1"
    join: Annotated[
        tuple[str, ...],
        doc(
            "Nodes of which one has to be there",
            "Nodi di cui uno deve esserci",
            note="their addresses, when this one starts (--join wins); none: it may be the first",
        ),
    ] = ()
    allow_public: Annotated[
        bool,
        doc(
            "Public address allowed",
            "Indirizzo pubblico permesso",
            note="all the same: behind a firewall that lets the nodes alone in",
        ),
    ] = False
    web: Annotated[
        Origin,
        doc(
            "Web of this node for browsers and apps",
            "Pagina di questo nodo per browser e app",
            note='"https://centre1.example.org"',
        ),
    ] = ""


class RecordingSettings(Table, frozen=True, kw_only=True):
    """What is said in a conference, a track for each party; see docs/operations/kept.md before."""

    enabled: Annotated[
        bool, doc("Recording", "Si registra", note="the law asks for a reason, and that people are told")
    ] = False
    trunks: Annotated[
        tuple[Name, ...],
        doc("On these trunks alone", "Solo su questi gruppi di linee", note='["public"]; empty: on all'),
    ] = ()
    parties: Annotated[
        Annotated[tuple[Literal["user", "operator", "psap"], ...], Meta(min_length=1)],
        doc("Whose voices", "Di chi"),
    ] = ("user", "operator", "psap")
    format: Annotated[
        Literal["flac", "opus"],
        doc("Format", "Formato", note='"flac", bit by bit what was said, or "opus", a third of its size'),
    ] = "flac"
    retention_days: Annotated[
        int, Meta(ge=1, le=36500), doc("Then it is deleted", "Poi si cancella", note="each recording")
    ] = 30
    announce: Annotated[
        bool, doc("The user is told so", "L’utente ne è avvisato", note="once, when the conversation begins")
    ] = True

    @property
    def tracks(self) -> tuple[Party, ...]:
        """Who is on which track of a file: the same order in every file."""
        return tuple(party for party in RECORDED if party.value in self.parties)


class RetentionSettings(Table, frozen=True, kw_only=True):
    """Days that what is personal in an ended alert is kept; see docs/operations/kept.md, "Forgetting".

    0: until the person is erased. Which times are lawful the controller says; there is a reason for these.
    """

    positions_days: Annotated[
        Days, doc("Positions, then forgotten (0: never)", "Posizioni, poi dimenticate (0: mai)")
    ] = 180
    """Where somebody was says most of that life: as long as an inquiry into the rescue begins."""
    words_days: Annotated[
        Days, doc("Notes and texts, then forgotten (0: never)", "Note e testi, poi dimenticati (0: mai)")
    ] = 730
    """Notes and texts: what was known and done, should it be asked for."""
    numbers_days: Annotated[
        Days,
        doc(
            "Numbers, then forgotten (0: never)",
            "Numeri, poi dimenticati (0: mai)",
            note="and devices: by them earlier alerts of a person are found",
        ),
    ] = 730
    audit_days: Annotated[
        Days,
        doc(
            "The audit (0: for ever)",
            "Registro accessi (0: per sempre)",
            note="entries, which name ids alone",
        ),
    ] = 1095
    """Counted from each entry: access may be asked about when all else of the alert is gone."""

    def days(self, kind: PersonalKind) -> int:
        """Of this kind."""
        match kind:
            case PersonalKind.NUMBER:
                return self.numbers_days
            case PersonalKind.POSITION:
                return self.positions_days
            case PersonalKind.WORDS:
                return self.words_days
