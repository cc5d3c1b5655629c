"""Settings of the web, sign-on, announcements and questions."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from msgspec import Meta

from model.settings.fields import FilePath, Table, doc


class SecondFactor(StrEnum):
    """Roles that need a second factor at the console, if signed on by password."""

    NONE = "none"
    SUPERVISOR = "supervisor"
    """Supervisors and administrators."""
    ALL = "all"


class HttpSettings(Table, frozen=True, kw_only=True):
    """The web: the intake of alerts, the console, the app's page."""

    host: Annotated[
        str,
        Meta(min_length=1, max_length=255),
        doc(
            "Address of the web server",
            "Indirizzo del server web",
            note="beyond this machine it needs a certificate, or behind_proxy; --host takes precedence",
        ),
    ] = "127.0.0.1"
    port: Annotated[
        int, Meta(ge=0, le=65535), doc("Port", "Porta", note="0: any free port; --port takes precedence")
    ] = 8112
    certificate: Annotated[
        FilePath,
        doc(
            "Certificate (PEM)",
            "Certificato (PEM)",
            note="with its chain: the centre's own TLS. Read again after each change of the files, "
            "without losing a connection (beside this file, if relative); `securwoman certificate make` "
            "makes a pair",
        ),
    ] = ""
    key: Annotated[FilePath, doc("Key of the certificate", "Chiave del certificato")] = ""
    public_url: Annotated[
        Annotated[
            str,
            Meta(
                pattern=r"^(https?://[^/ ]+)?$(?!\n)",
                max_length=300,
                extra={"expected": 'an address as "https://center.example.org", with nothing after the host'},
            ),
        ],
        doc(
            "Address for browsers",
            "Indirizzo per i browser",
            note='"https://centre.example.org": cookies are then for https only (Secure, __Host-), and '
            "browsers must use https (HSTS)",
        ),
    ] = ""
    behind_proxy: Annotated[
        bool,
        doc(
            "Behind a proxy with TLS",
            "Dietro un proxy con TLS",
            note="your own proxy: host may be an address that only the proxy reaches",
        ),
    ] = False
    trusted_proxies: Annotated[
        tuple[Annotated[str, Meta(max_length=64)], ...],
        doc(
            "Trusted proxies",
            "Proxy fidati",
            note='these may name the client of a request: your own addresses or networks, ["127.0.0.1", '
            '"10.0.0.0/24"]',
        ),
    ] = ()
    metrics: Annotated[
        str,
        Meta(max_length=64),
        doc(
            "Address of metrics",
            "Indirizzo delle metriche",
            note='"127.0.0.1:9112": /metrics and /schema there (plain HTTP, this machine or a private '
            "network), and not at `port`; empty: at `port`, for this machine only, and not behind a "
            "proxy",
        ),
    ] = ""

    def take_url(self, callout: str) -> str | None:
        """Return the URL that shows a callout, to be taken after a sign-on; None without a public address."""
        return f"{self.public_url}/console/#callout={callout}" if self.public_url else None


class SignOnSettings(Table, frozen=True, kw_only=True):
    """Sign-on at the console."""

    passkeys: Annotated[
        SecondFactor,
        doc(
            "Roles that need a passkey: supervisor (and admins), all, none",
            "Ruoli che richiedono una passkey: supervisor (e admin), all, none",
            note="or an authenticator app with a password; an operator with neither signs on, and is "
            "reminded",
        ),
    ] = SecondFactor.SUPERVISOR
    idle_minutes: Annotated[
        int,
        Meta(ge=0, le=960),
        doc(
            "Time until an unused session ends (0: never)",
            "Tempo prima che una sessione inutilizzata termini (0: mai)",
            note="unused: the page is closed, or a supervisor is neither ready nor active; never with an "
            "open alert",
        ),
    ] = 30


class AnnouncementsSettings(Table, frozen=True, kw_only=True):
    """Announcements of the centre (media/announcements); see docs/operations/operators.md."""

    folder: Annotated[
        FilePath,
        doc(
            "Folder of own announcements",
            "Cartella degli annunci personalizzati",
            note="WAV files that replace the shipped ones (beside this file, if relative); empty: only the "
            "shipped ones",
        ),
    ] = ""
    names: Annotated[
        bool,
        doc(
            "The operator hears the user's name",
            "L’operatore sente il nome dell’utente",
            note="if espeak-ng is installed",
        ),
    ] = True


class ProtocolsSettings(Table, frozen=True, kw_only=True):
    """Operators' questions by kind of trouble (config/protocols); see docs/operations/users.md."""

    folder: Annotated[
        FilePath,
        doc(
            "Folder of own questions",
            "Cartella delle domande personalizzate",
            note="which replace the shipped ones of the same name (beside this file, if relative); empty: "
            "ours alone",
        ),
    ] = ""
