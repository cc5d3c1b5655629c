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
            "Location of the journal",
            "Posizione del giornale",
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
            note="on a private network of the nodes (IPv4): messages are authenticated and not encrypted, so "
            "a public address is refused",
        ),
    ] = "127.0.0.1"
    join: Annotated[
        tuple[str, ...],
        doc(
            "Nodes of which one must be present",
            "Nodi di cui almeno uno deve essere presente",
            note="their addresses, at the start of this node (--join takes precedence); none: this node "
            "may be the first",
        ),
    ] = ()
    allow_public: Annotated[
        bool,
        doc(
            "Public address allowed",
            "Indirizzo pubblico permesso",
            note="only behind a firewall that admits the nodes alone",
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
        bool, doc("Recording", "Registrazione", note="the law requires a legal basis and information")
    ] = False
    trunks: Annotated[
        tuple[Name, ...],
        doc("Only on these trunks", "Solo su questi gruppi di linee", note='["public"]; empty: on all'),
    ] = ()
    parties: Annotated[
        Annotated[tuple[Literal["user", "operator", "psap"], ...], Meta(min_length=1)],
        doc("Recorded parties", "Parti registrate"),
    ] = ("user", "operator", "psap")
    format: Annotated[
        Literal["flac", "opus"],
        doc("Format", "Formato", note='"flac", lossless, or "opus", a third of its size'),
    ] = "flac"
    retention_days: Annotated[
        int,
        Meta(ge=1, le=36500),
        doc(
            "Time until a recording is deleted",
            "Tempo prima di cancellare una registrazione",
            note="each recording",
        ),
    ] = 30
    announce: Annotated[
        bool,
        doc(
            "An announcement informs the user",
            "Un annuncio avvisa l’utente",
            note="once, when the conversation begins",
        ),
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
        Days,
        doc("Time that positions are kept (0: for ever)", "Conservazione delle posizioni (0: per sempre)"),
    ] = 180
    """Positions reveal most of a person's life: kept until an inquiry into the rescue would begin."""
    words_days: Annotated[
        Days,
        doc(
            "Time that notes and texts are kept (0: for ever)",
            "Conservazione di note e testi (0: per sempre)",
        ),
    ] = 730
    """Notes and texts: evidence of knowledge and actions, in case of an inquiry."""
    numbers_days: Annotated[
        Days,
        doc(
            "Time that numbers are kept (0: for ever)",
            "Conservazione dei numeri (0: per sempre)",
            note="and devices: used to find earlier alerts of a person",
        ),
    ] = 730
    audit_days: Annotated[
        Days,
        doc(
            "Time that audit entries are kept (0: for ever)",
            "Conservazione del registro degli accessi (0: per sempre)",
            note="entries contain only ids",
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
