"""Settings for stored data and its retention: journal, nodes that share the journal, recordings."""

from __future__ import annotations

from typing import Annotated, Final, Literal

from msgspec import Meta

from messages.ids import Party, PersonalKind
from model.settings.fields import Days, Name, Origin, Table, doc

RECORDED: Final = (Party.USER, Party.OPERATOR, Party.PSAP)
"""Parties with voices that can be recorded; a listener's voice never is."""


class JournalSettings(Table, frozen=True, kw_only=True):
    """Database of all events."""

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
    """Recording of conferences, a track for each party; read docs/operations/kept.md before."""

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
        """Parties by track of a file: the order is the same in every file."""
        return tuple(party for party in RECORDED if party.value in self.parties)


class RetentionSettings(Table, frozen=True, kw_only=True):
    """Days for which personal data of an ended alert is kept; see docs/operations/kept.md, "Forgetting".

    0: until the person is erased. The controller decides which times are lawful; the defaults have reasons.
    """

    positions_days: Annotated[
        Days, doc("Positions, then forgotten (0: never)", "Posizioni, poi dimenticate (0: mai)")
    ] = 180
    """Positions reveal most of a person's life: kept until an inquiry into the rescue would begin."""
    words_days: Annotated[
        Days, doc("Notes and texts, then forgotten (0: never)", "Note e testi, poi dimenticati (0: mai)")
    ] = 730
    """Notes and texts: evidence of knowledge and actions, in case of an inquiry."""
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
    """Counted from each entry: questions about access may come after all other data is erased."""

    def days(self, kind: PersonalKind) -> int:
        """Return the retention of this kind in days."""
        match kind:
            case PersonalKind.NUMBER:
                return self.numbers_days
            case PersonalKind.POSITION:
                return self.positions_days
            case PersonalKind.WORDS:
                return self.words_days
