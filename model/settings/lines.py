"""Settings of lines: trunks, and the modem of each line."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from messages.base import Gains
from messages.ids import E164, LineId, TrunkId
from model.credit import AMOUNT
from model.settings.fields import (
    NAME_PATTERN,
    NAME_WORDS,
    RESOLVED,
    FilePath,
    GainDb,
    Name,
    OptionalPhoneNumber,
    OptionalPsapNumber,
    Table,
    doc,
    text,
)

TrunkName = Annotated[TrunkId, text(NAME_PATTERN, NAME_WORDS)]


class Trunk(Table, frozen=True, kw_only=True):
    """A group of lines of one kind."""

    name: Annotated[TrunkName, doc("Name of the trunk", "Nome del gruppo di linee", example="public")]
    emergency: Annotated[
        bool,
        doc(
            "The lines carry calls to 112 and nothing else",
            "Le linee servono solo per le chiamate al 112",
            note="switch 1 for the real 112, which needs psap.live as well",
        ),
    ] = False


class CreditSettings(Table, frozen=True, kw_only=True):
    """Request to the network for the credit left on a SIM: by a code, or by an SMS with a reply."""

    ussd: Annotated[
        str,
        Meta(pattern=r"^([*#][0-9*#]{1,30}#)?$(?!\n)"),
        doc(
            "Code for the SIM's credit",
            "Codice per il credito della SIM",
            note='"*123#"; `securwoman modem credit milano1` tries it',
        ),
    ] = ""
    sms_to: Annotated[
        OptionalPsapNumber,
        doc(
            "Or a number that answers the credit by SMS",
            "O un numero che risponde per SMS con il credito",
            note='"4155"; its answer is never an alert',
        ),
    ] = E164("")
    words: Annotated[
        str,
        Meta(max_length=70),
        doc("Text of the SMS to that number", "Testo dell’SMS a quel numero", note='"CREDITO"'),
    ] = ""
    pattern: Annotated[
        str,
        Meta(min_length=1, max_length=200),
        doc(
            "Position of the amount in the answer",
            "Posizione dell’importo nella risposta",
            note='in the group, beside words: "restano ([0-9.,]+) *euro", "residuo.*?([0-9.,]+)" (others '
            "between); no other regular expressions",
        ),
    ] = AMOUNT
    least: Annotated[
        float,
        Meta(ge=0, le=1e6),
        doc("Lowest sufficient credit", "Credito minimo sufficiente", note="0: any credit is enough"),
    ] = 0.0

    @property
    def asked(self) -> bool:
        """True if the network is queried at all."""
        return bool(self.ussd or self.sms_to)


class Modem(Table, frozen=True, kw_only=True):
    """A modem: a line. Without a modem the centre starts with the simulated carrier
    (config/simulation.toml).
    """

    name: Annotated[
        Name,
        doc(
            "Name of the line everywhere",
            "Nome della linea",
            note="never change it while alerts are open",
            example="milano1",
        ),
    ]
    trunk: Annotated[TrunkName, doc("Trunk of the line", "Gruppo della linea", example="public")]
    imei: Annotated[
        str,
        text(r"([0-9]{15})?", "an IMEI of 15 digits"),
        doc(
            "IMEI, which finds the modem at any port",
            "IMEI, con cui si trova il modem su qualsiasi porta",
            note="`securwoman modem probe` prints it",
            example="356938035643809",
        ),
    ] = ""
    port: Annotated[
        str,
        doc(
            "Or the socket of the modem",
            "Oppure la presa del modem",
            note='"usb:1-2.3:1.0" (`securwoman modem list`), a path of its AT port (/dev/ttyUSB2, '
            "/dev/ttyACM0, a serial port: /dev/ttyS0, /dev/ttyAMA0, /dev/ttymxc1), or "
            '"socket://HOST:PORT": an AT modem over TCP, without voice to the host',
        ),
    ] = ""
    voice_port: Annotated[
        str,
        doc(
            "Port of the voice",
            "Porta della voce",
            note='empty: as the dialect says; "alsa": the modem\'s own sound card (USB audio), found by '
            'itself, or "alsa:NAME": a card that is wired to its analogue pins (`aplay -l`), or any name '
            "of ALSA's own",
        ),
    ] = ""
    gain_in_db: Annotated[
        GainDb,
        doc(
            "Gain of the line’s voice",
            "Amplificazione della voce della linea",
            note="−20 to 30 dB, never beyond full scale: EC25 by USB audio 24; the console's equipment page "
            "shows the level of the last call, `securwoman modem call PORT NUMBER --voice` that of a trial",
        ),
    ] = 0.0
    gain_out_db: Annotated[
        GainDb, doc("Gain of the voice sent to the line", "Amplificazione della voce verso la linea")
    ] = 0.0
    agc: Annotated[
        bool,
        doc(
            "Quiet voices become slowly louder",
            "Le voci basse vengono alzate gradualmente",
            note="by at most 18 dB, and only voices",
        ),
    ] = False
    dialect: Annotated[
        str,
        Meta(pattern=r"^[a-z0-9][a-z0-9_.-]{0,31}$(?!\n)"),
        doc(
            "Dialect of the modem",
            "Dialetto del modem",
            note='a file in config/dialects, without .toml; "auto" asks the modem',
        ),
    ] = "auto"
    number: Annotated[
        OptionalPhoneNumber, doc("The SIM’s own number", "Numero della SIM", example="+390200000001")
    ] = E164("")
    inbound: Annotated[
        bool,
        doc("Users may call it", "Gli utenti possono chiamare la linea", note="never on an emergency trunk"),
    ] = True
    pin_file: Annotated[
        FilePath,
        doc(
            "File with the SIM’s PIN",
            "File con il PIN della SIM",
            note="readable by the centre alone; the PIN is sent once (beside this file, if relative)",
        ),
    ] = ""
    credit: CreditSettings = CreditSettings()
    emergency: Annotated[bool, RESOLVED] = False
    """True if the trunk is reserved for 112; only a line of such a trunk may dial an emergency number,
    unless `psap.last_resort` permits public lines."""

    @property
    def line(self) -> LineId:
        """Line of this modem."""
        return LineId(self.name)

    @property
    def takes_calls(self) -> bool:
        """True if users may call the number of this line. Always False on an emergency trunk."""
        return self.inbound and not self.emergency

    @property
    def gains(self) -> Gains:
        """Gain of the voice in both directions."""
        return Gains(in_db=self.gain_in_db, out_db=self.gain_out_db, agc=self.agc)
