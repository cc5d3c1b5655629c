"""Settings of a center: the kernel's tables of `config/center.toml`, each key defined once. Pure.

The file is read into these structs (`application.settings.file`), and actors and web receive them. Names of
keys are permanent, and contain the unit, except for the one name fixed by the interface without a unit.
"""

from __future__ import annotations

from typing import Annotated

from msgspec.structs import replace

from messages.ids import LineId
from model.settings.alerts import (
    AlertSettings,
    DeadlineSettings,
    DiallingSettings,
    Duress,
    LimitsSettings,
    OperatorSettings,
    SmsSettings,
    UserSettings,
    VoiceAlert,
)
from model.settings.fields import Country, Language, OptionalName, Table, doc
from model.settings.lines import Modem, Trunk
from model.settings.monitoring import DrillSettings, DutySettings
from model.settings.psap import PsapSettings
from model.settings.storage import (
    ClusterSettings,
    JournalSettings,
    RecordingSettings,
    RetentionSettings,
)
from model.settings.web import (
    AnnouncementsSettings,
    HttpSettings,
    ProtocolsSettings,
    SignOnSettings,
)


class Settings(Table, frozen=True, kw_only=True):
    """The whole file. An empty file is valid: no modem, PSAP not live."""

    node: Annotated[
        OptionalName,
        doc(
            "Name of this machine in the journal",
            "Nome di questa macchina nel giornale",
            note="empty: its host name",
        ),
    ] = ""
    region: Annotated[
        Country,
        doc("Country of numbers written without +", "Paese dei numeri scritti senza +", note="ISO 3166"),
    ] = "IT"
    language: Annotated[
        Language,
        doc(
            "Language for users whose language is unknown",
            "Lingua per gli utenti la cui lingua non è nota",
            note="ISO 639-1",
        ),
    ] = "it"
    voice_alert: Annotated[
        VoiceAlert,
        doc(
            "A user calls in: answered (answer), or called back (callback)",
            "Un utente telefona: si risponde (answer) o si richiama (callback)",
            note='"callback" declines the call',
        ),
    ] = VoiceAlert.ANSWER
    duress: Annotated[
        Duress,
        doc(
            "Cancelled with the duress PIN: 112 at once (psap_first), or the user is called (call)",
            "Annullato con il PIN di costrizione: subito il 112 (psap_first), o si chiama l’utente (call)",
        ),
    ] = Duress.PSAP_FIRST
    features_off: Annotated[
        tuple[str, ...],
        doc(
            "Features to leave out, by the names of their folders",
            "Funzioni da escludere, con i nomi delle loro cartelle",
            note='such as "psap_data"',
        ),
    ] = ()
    psap: PsapSettings = PsapSettings()
    deadline: DeadlineSettings = DeadlineSettings()
    limits: LimitsSettings = LimitsSettings()
    journal: JournalSettings = JournalSettings()
    cluster: ClusterSettings = ClusterSettings()
    operator: OperatorSettings = OperatorSettings()
    user: UserSettings = UserSettings()
    alert: AlertSettings = AlertSettings()
    dialling: DiallingSettings = DiallingSettings()
    recording: RecordingSettings = RecordingSettings()
    retention: RetentionSettings = RetentionSettings()
    sms: SmsSettings = SmsSettings()
    announcements: AnnouncementsSettings = AnnouncementsSettings()
    protocols: ProtocolsSettings = ProtocolsSettings()
    http: HttpSettings = HttpSettings()
    sign_on: SignOnSettings = SignOnSettings()
    drill: DrillSettings = DrillSettings()
    duty: DutySettings = DutySettings()
    trunk: tuple[Trunk, ...] = ()
    modem: tuple[Modem, ...] = ()

    @property
    def lines(self) -> tuple[Modem, ...]:
        """Modems in the order of the file, with those of an emergency trunk marked."""
        emergency = {one.name for one in self.trunk if one.emergency}
        return tuple(replace(one, emergency=True) if one.trunk in emergency else one for one in self.modem)

    @property
    def spoken(self) -> str:
        """Language of the center's own texts: Italian if the setting is Italian, else English."""
        return self.language if self.language == "it" else "en"

    @property
    def lines_not_recorded(self) -> frozenset[LineId]:
        """Lines of trunks that are not recorded."""
        trunks = self.recording.trunks
        return frozenset(one.line for one in self.modem if trunks and one.trunk not in trunks)
