"""The words that an alert's story in Italian is made of. Data."""

from __future__ import annotations

from typing import Final

from messages.ids import Carried, Channel, ClaimKind, OperatorCommand, Party, PersonalKind, Unplayed
from model.alert.reasons import LeaveReason, ReleaseReason

PARTIES: Final[dict[Party, str]] = {
    Party.OPERATOR: "l’operatore",
    Party.USER: "l’utente",
    Party.PSAP: "il 112",
    Party.LISTENER: "un supervisore",
}
PLACES: Final = {"op": "operatore", "user": "utente", "psap": "112"}
CHANNELS: Final[dict[Channel, str]] = {
    Channel.DATA: "dati, app",
    Channel.VOICE: "voce",
    Channel.SMS: "SMS",
}
SAYING: Final[dict[Channel, str]] = {
    Channel.DATA: "scrive",
    Channel.SMS: "scrive per SMS",
    Channel.VOICE: "chiede in linea",
}
CLAIMS: Final[dict[ClaimKind, str]] = {
    ClaimKind.SIGNAL: "un allarme",
    ClaimKind.POSITION: "posizione",
    ClaimKind.WORDS: "scrive:",
    ClaimKind.RINGS: "il telefono squilla",
    ClaimKind.CANCELS: "chiede di annullare; nessun PIN è stato guardato",
}
CARRIED: Final[dict[Carried, str]] = {
    Carried.SENT: "la rete lo ha preso",
    Carried.FAILED: "rinunciato",
    Carried.WAITS: "il telefono ora non è raggiungibile, la rete continua a provare",
    Carried.DELIVERED: "il telefono lo ha ricevuto",
    Carried.UNDELIVERED: "la rete non ha potuto consegnarlo",
}
CLIPS: Final = {
    "whisper": "il nome dell’utente",
    "hand_over": "chi passa il caso, e di chi è l’allarme",
    "recorded": "che la chiamata è registrata",
    "cannot_speak": "che l’utente non può parlare",
    "psap_again": "che è l’allarme della chiamata di prima",
    "question": "una domanda",
}
UNPLAYED: Final[dict[Unplayed, str]] = {
    Unplayed.NO_SOUND: "qui nulla può pronunciarlo",
    Unplayed.CUT_OFF: "è stato interrotto",
}
KINDS: Final[dict[PersonalKind, str]] = {
    PersonalKind.NUMBER: "numeri",
    PersonalKind.POSITION: "posizioni",
    PersonalKind.WORDS: "note e testi",
}
ORDERS: Final[dict[OperatorCommand, str]] = {
    OperatorCommand.TAKE: "prendere il caso",
    OperatorCommand.DECLARE_FALSE_ALARM: "falso allarme",
    OperatorCommand.CALL_PSAP: "chiamare il 112",
    OperatorCommand.LEAVE: "lasciare la conferenza",
    OperatorCommand.REDIAL_USER: "richiamare l’utente",
    OperatorCommand.MARK_MACHINE: "segreteria",
    OperatorCommand.BRIEFING_GIVEN: "112 informato",
    OperatorCommand.MUTE: "spegnere il proprio microfono",
    OperatorCommand.UNMUTE: "riaccendere il proprio microfono",
    OperatorCommand.LISTEN: "ascoltare",
    OperatorCommand.STOP_LISTENING: "smettere di ascoltare",
    OperatorCommand.WHISPER: "parlare solo all’operatore",
    OperatorCommand.STOP_WHISPERING: "tornare a tacere",
    OperatorCommand.NOTE: "nota",
    OperatorCommand.CLOSE: "chiudere",
    OperatorCommand.HAND_OVER: "passare il caso",
    OperatorCommand.KEEP: "tenere il caso",
    OperatorCommand.ANOTHER_LINE: "un’altra linea",
    OperatorCommand.CONFIRM_ANSWER: "confermare la risposta",
    OperatorCommand.SEND_DIGIT: "mandare un tasto",
    OperatorCommand.ANNOUNCE: "un annuncio al 112",
    OperatorCommand.CALL_ALOUD: "chiamare benché l’allarme sia silenzioso",
    OperatorCommand.REOPEN: "riaprire",
    OperatorCommand.CALLED_ELSEWHERE: "112 chiamato da un altro telefono",
    OperatorCommand.WITHDRAW_PSAP: "annullare la chiamata al 112",
    OperatorCommand.WITHHOLD_VOICES: "nessuna voce all’utente",
    OperatorCommand.GIVE_VOICES: "di nuovo le voci all’utente",
    OperatorCommand.VOUCH: "l’allarme è vero",
    OperatorCommand.PUT_AWAY: "mettere da parte",
    OperatorCommand.OPEN_PAGE: "la pagina per il 112",
    OperatorCommand.WRITE: "scrivere all’utente",
    OperatorCommand.WRITE_BY_SMS: "scrivere per SMS",
    OperatorCommand.ASK_ALOUD: "una domanda ad alta voce",
    OperatorCommand.ASK_SPOKEN: "una domanda con la voce del centro",
    OperatorCommand.ASK_SOFTLY: "una domanda sottovoce",
    OperatorCommand.HAVE_READ: "letto",
    OperatorCommand.BRIEF: "per il 112",
}
REASONS: Final[dict[str, str]] = {
    ReleaseReason.NO_ANSWER: "non risponde",
    ReleaseReason.SILENT: "il 112 non risponde",
    ReleaseReason.NOT_JOINED: "ha risposto, e non se n’è sentito nulla",
    ReleaseReason.ANOTHER_ANSWERED: "ha risposto un altro operatore",
    ReleaseReason.HANDED_OVER: "passato",
    ReleaseReason.GIVEN_UP: "lasciato a un allarme provato",
    ReleaseReason.ANOTHER_LINE: "si richiama su un’altra linea",
    ReleaseReason.APART: "non si può unire all’utente: si richiama",
    ReleaseReason.TAKEN_BACK: "la prima chiamata è tornata",
    ReleaseReason.REPLACED: "l’utente ha chiamato",
    ReleaseReason.PREEMPTED: "la linea serve a un allarme vero",
    ReleaseReason.PSAP_FIRST: "prima il 112",
    ReleaseReason.MACHINE: "segreteria",
    ReleaseReason.DURESS: "PIN di costrizione",
    ReleaseReason.HUSHED: "deve restare muto",
    ReleaseReason.OUTRANKED: "lo chiama un allarme provato",
    ReleaseReason.WITHDRAWN: "annullata dall’operatore",
    ReleaseReason.CALLED_ELSEWHERE: "112 chiamato da un altro telefono",
    ReleaseReason.STOPPED: "non ascolta più",
    ReleaseReason.LEFT: "ha lasciato",
    ReleaseReason.FALSE_ALARM: "falso allarme",
    ReleaseReason.CLOSED: "chiuso",
    ReleaseReason.OVER: "non c’è più nessuno da ascoltare",
    ReleaseReason.PSAP_HUNG_UP: "il 112 ha riagganciato",
    ReleaseReason.USER_HUNG_UP: "l’utente ha riagganciato",
    LeaveReason.LOST: "la chiamata è caduta",
    LeaveReason.NOT_NEEDED: "non serve più",
    LeaveReason.LINE_FAILED: "la linea è caduta",
}
REACHED: Final = {
    "answered": "ha risposto",
    "answer": "ha risposto",
    "inbound": "ha chiamato",
    "app": "lo dice l’app",
    "voice": "si sente la sua voce",
    "digit": "ha premuto un tasto",
    "operator": "lo dice l’operatore",
    "word": "lo dice l’operatore",
    "network": "unito dalla rete",
}
