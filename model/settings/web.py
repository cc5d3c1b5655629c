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
            "Address it listens on",
            "Indirizzo su cui ascolta",
            note="beyond this machine: needs a certificate, or behind_proxy; --host wins",
        ),
    ] = "127.0.0.1"
    port: Annotated[
        int, Meta(ge=0, le=65535), doc("Port", "Porta", note="0: any that is free; --port wins")
    ] = 8112
    certificate: Annotated[
        FilePath,
        doc(
            "Certificate (PEM)",
            "Certificato (PEM)",
            note="with the chain in it: TLS of the centre's own. Read again whenever the files change, "
            "with no connection lost (beside this file, if relative); `securwoman certificate make` makes "
            "a pair",
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
            note='"https://centre.example.org": cookies are then for https alone (Secure, __Host-), and '
            "browsers are told to keep to it (HSTS)",
        ),
    ] = ""
    behind_proxy: Annotated[
        bool,
        doc(
            "Behind a proxy that has TLS",
            "Dietro un proxy con TLS",
            note="of yours: host may be an address that only that one reaches",
        ),
    ] = False
    trusted_proxies: Annotated[
        tuple[Annotated[str, Meta(max_length=64)], ...],
        doc(
            "Proxies that are believed",
            "Proxy creduti",
            note='about whom they ask for: addresses or networks of your own, ["127.0.0.1", "10.0.0.0/24"]',
        ),
    ] = ()
    metrics: Annotated[
        str,
        Meta(max_length=64),
        doc(
            "Where figures are read",
            "Dove si leggono le misure",
            note='"127.0.0.1:9112": /metrics and /schema there (plain HTTP, this machine or a private '
            "network), and not at `port`; empty: at `port`, for this machine alone, and for nobody behind "
            "a proxy",
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
            "Who needs a passkey: supervisor (and admins), all, none",
            "A chi serve una passkey: supervisor (e admin), all, none",
            note="or an authenticator app, where a password signs on; who has neither yet comes in, and "
            "is told",
        ),
    ] = SecondFactor.SUPERVISOR
    idle_minutes: Annotated[
        int,
        Meta(ge=0, le=960),
        doc(
            "Unused, then a session ends (0: never)",
            "Senza uso, poi la sessione finisce (0: mai)",
            note="the page is gone, or a supervisor is not ready and does nothing; never with an open alert",
        ),
    ] = 30


class AnnouncementsSettings(Table, frozen=True, kw_only=True):
    """Announcements of the centre (media/announcements); see docs/operations/operators.md."""

    folder: Annotated[
        FilePath,
        doc(
            "Folder of own announcements",
            "Cartella dei propri annunci",
            note="WAVs, which take the place of ours (beside this file, if relative); empty: ours alone",
        ),
    ] = ""
    names: Annotated[
        bool,
        doc(
            "The operator is told who it is about",
            "All’operatore si dice di chi si tratta",
            note="where espeak-ng is installed",
        ),
    ] = True


class ProtocolsSettings(Table, frozen=True, kw_only=True):
    """Operators' questions by kind of trouble (config/protocols); see docs/operations/users.md."""

    folder: Annotated[
        FilePath,
        doc(
            "Folder of own questions",
            "Cartella delle proprie domande",
            note="which take the place of ours of the same name (beside this file, if relative); empty: "
            "ours alone",
        ),
    ] = ""
