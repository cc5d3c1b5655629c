"""The words of a dossier, in Italian and English. Data.

What proves an alert, and what spoke against it, is told in the console's own words (`words/proof.js`).
"""

from __future__ import annotations

from typing import Final

from messages.ids import Channel, Doubt, Party, Proof

Pair = tuple[str, str]
WORDS: Final[dict[str, Pair]] = {
    "title": ("Allarme {alert}", "Alert {alert}"),
    "received": ("Ricevuto", "Received"),
    "raised": ("Lanciato, secondo il telefono", "Raised, by the phone"),
    "deadline": ("Scadenza", "Deadline"),
    "closed": ("Chiuso", "Closed"),
    "outcome": ("Esito", "Outcome"),
    "open": ("ancora aperto", "still open"),
    "corrected": ("Corretto in", "Corrected to"),
    "came_by": ("Arrivato per", "Came by"),
    "proof": ("Provenienza", "Origin"),
    "enrolled": ("telefono aggiunto il {at}", "phone enrolled on {at}"),
    "kind": ("Tipo", "Kind"),
    "real": ("vero", "real"),
    "test": ("PROVA", "TEST"),
    "silent": ("silenzioso", "silent"),
    "duress": ("PIN di costrizione", "duress PIN"),
    "person": ("Persona", "Person"),
    "unknown": ("non nota, o cancellata", "not known, or erased"),
    "number": ("Numero", "Number"),
    "device": ("Telefono dell’app", "Device"),
    "operators": ("Operatori", "Operators"),
    "removed": ("non più nel registro", "removed since"),
    "at_center": ("{utc} (al centro: {local})", "{utc} (at the center: {local})"),
    "positions": ("Posizioni", "Positions"),
    "position.received": ("ricevuta", "received"),
    "position.measured": ("misurata", "measured"),
    "north": ("nord", "north"),
    "east": ("est", "east"),
    "from": ("da", "from"),
    "scale": (
        "{metres} m; il nord è in alto; il quadrato è la prima",
        "{metres} m; north is up; the square is the first",
    ),
    "calls": ("Chiamate", "Calls"),
    "with": ("con", "with"),
    "call.number": ("numero", "number"),
    "line": ("linea", "line"),
    "headset": ("cuffie", "headset"),
    "nailed": ("chiamata del turno", "call of the shift"),
    "began": ("inizio", "began"),
    "answered": ("risposta", "answered"),
    "ended": ("fine", "ended"),
    "why": ("perché", "why"),
    "recorded": ("Che cosa è stato registrato", "What was recorded"),
    "file": ("file", "file"),
    "bytes": ("byte", "bytes"),
    "story": ("Che cosa è successo, e chi l’ha fatto", "What happened, and who did it"),
    "when": ("quando (UTC)", "when (UTC)"),
    "what": ("che cosa", "what"),
    "journal": ("giornale", "journal"),
    "none": ("nessuna", "none"),
    "nothing": ("nulla", "nothing"),
    "check": ("Come si verifica questo documento", "How this paper is checked"),
    "made": (
        "Fatto il {at} da securWoman {version}, dal giornale del centro. Le ore sono quelle dell’orologio "
        "del centro; dove non è scritto UTC, del suo fuso orario, {zone}. Gli eventi da cui tutto è ricavato "
        "sono allegati come events.jsonl, SHA-256 {sha256}. La firma accanto a questo file è una CMS "
        "separata (RFC 5652), che si verifica con",
        "Made at {at} by securWoman {version} from the center’s journal. Times are those of the center’s "
        "clock; where UTC is not said, of its time zone, {zone}. The events from which all of it is made are "
        "attached as events.jsonl, SHA-256 {sha256}. The signature beside this file is a detached CMS "
        "(RFC 5652), checked by",
    ),
    "fingerprint": (
        "Impronta SHA-256 del certificato che firma: {fingerprint}",
        "The signing certificate’s SHA-256 fingerprint: {fingerprint}",
    ),
}
CHANNELS: Final[dict[Channel, Pair]] = {
    Channel.DATA: ("Dati, app", "Data, app"),
    Channel.VOICE: ("Voce", "Voice"),
    Channel.SMS: ("SMS", "SMS"),
}
SOURCES: Final[dict[str, Pair]] = {
    "app": ("app", "app"),
    "gps": ("GPS", "GPS"),
    "wifi": ("Wi-Fi", "Wi-Fi"),
    "cell": ("rete del telefono", "phone network"),
    "network": ("rete del telefono", "phone network"),
    "aml": ("SMS (AML)", "SMS (AML)"),
}
"""Words for each source of a position; a source without words is printed by its name."""
PROOFS: Final[dict[Proof, Pair]] = {
    Proof.DEVICE: ("provato dal suo telefono", "proved by her phone"),
    Proof.APP: ("non provato: numero detto dall’app", "not proved: the number is what the app says"),
    Proof.NETWORK: (
        "non provato: numero detto dalla rete",
        "not proved: the number is what the network says",
    ),
}
DOUBTS: Final[dict[Doubt, Pair]] = {
    Doubt.CLOCK: ("firmato con un orologio sbagliato", "signed by a clock that is wrong"),
    Doubt.NONCE: ("una firma già usata", "a signature that was used before"),
    Doubt.YOUNG: (
        "firmato da un telefono aggiunto da meno di tre giorni",
        "signed by a phone added in the last three days",
    ),
    Doubt.UNKNOWN_KEY: (
        "firmato con una chiave che nessun telefono ha",
        "signed with a key that no phone has",
    ),
    Doubt.SIGNATURE: ("una firma che non vale", "a signature that does not hold"),
    Doubt.DIGEST: ("cambiato dopo la firma", "changed after it was signed"),
    Doubt.NUMBER: ("firmato dal telefono di un altro numero", "signed by another number’s phone"),
    Doubt.BUDGET: ("chi lo manda ne manda troppi", "whoever sends it sends too many"),
}
PARTIES: Final[dict[Party, Pair]] = {
    Party.OPERATOR: ("operatore", "operator"),
    Party.USER: ("utente", "user"),
    Party.PSAP: ("112", "112"),
    Party.LISTENER: ("supervisore", "supervisor"),
}
