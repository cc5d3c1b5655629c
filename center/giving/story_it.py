"""An alert's events in Italian, for a dossier: what `center.story` says in English. Pure.

Names, times and numbers as they stand. What is no event of an alert's own streams has no words here.
"""

from __future__ import annotations

from center.giving.dossier_words import CAUSES
from center.giving.report_words import OUTCOMES
from center.giving.story_words import (
    CARRIED,
    CHANNELS,
    CLAIMS,
    CLIPS,
    KINDS,
    ORDERS,
    PARTIES,
    PLACES,
    REACHED,
    REASONS,
    SAYING,
    UNPLAYED,
)
from center.times import day
from gateways.refusals import sentence
from messages import events as ev
from messages.base import Address, Position
from messages.events import Event
from messages.ids import Advice, LegId, Nearness, OperatorLine, Party, Proof
from messages.journal import AnyEvent, Unreadable
from model.alert.leg import place
from model.rules.calls.own_line import is_own, mode_of

_DIGITS = "0123456789"


def in_italian(event: AnyEvent) -> str | None:
    """Return what happened as one sentence without its end; None for what only the machinery needs."""
    match event:
        case ev.InboxRead() | ev.NumberRaised() | ev.SignalNamed() | ev.PageNamed() | ev.TextReferenced():
            return None
        case Unreadable():
            return f"{event.kind} NON SI PUÒ LEGGERE: {event.fault}"
        case _:
            return _signals(event) or _written(event) or _legs(event) or _operators(event) or _case(event)


def _signals(event: Event) -> str:
    match event:
        case ev.AlertReceived():
            who = event.phone or (f"telefono {event.device}" if event.device else "(cancellato)")
            by = CHANNELS[event.channel]
            if event.check is not None:
                return f"CONTROLLO del {event.check} ricevuto ({by})"
            kind = "PROVA" if event.test else "allarme silenzioso" if event.silent else "allarme"
            where = f", {_position(event.position)}" if event.position else ""
            doubt = f", non provato dalla firma ({event.doubt})" if event.doubt else ""
            proved = f", provato dal suo telefono{_since(event)}" if event.key else doubt
            return f"{kind} ricevuto ({by}) da {who}{where}{proved}"
        case ev.AlertSignalAdded():
            who = event.phone or f"telefono {event.device}"
            by = CHANNELS[event.channel]
            if not event.alias:
                return f"segnalato di nuovo ({by}) da {who}{_more(event.skipped)}"
            silent = ", chiedendo silenzio" if event.silent else ""
            where = f", {_position(event.position)}" if event.position else ""
            proved = f"un altro telefono dell’utente{_since(event)}" if event.key else "non provato"
            more = f"{silent}{_more(event.skipped)}{where}"
            return f"UN ALTRO MITTENTE ({proved}) dà un allarme ({by}) da {who}{more}"
        case ev.ClaimAdded():
            proved = "un altro telefono dell’utente" if event.proof is Proof.DEVICE else "non provato"
            said = _position(event.position) if event.position else event.text
            return f"un altro mittente ({proved}): {CLAIMS[event.kind]} {said}".rstrip() + _more(
                event.skipped
            )
        case ev.AlertBeside():
            return f"un altro allarme di questo numero è aperto, {event.alert}"
        case ev.PositionUpdated():
            return f"posizione {_position(event.position)}" if event.position else "posizione (cancellata)"
        case ev.AddressFound():
            return f"indirizzo della posizione: {_address(event.address)}"
        case ev.TextUnreadable():
            sender = event.sender or "un mittente illeggibile"
            raw = event.raw or "(cancellato)"
            return f"un SMS sulla linea {event.line} da {sender} NON SI PUÒ LEGGERE ({event.reason}): {raw}"
        case ev.PinRefused(none_set=True):
            return "chiesto di annullare; non c’è alcun PIN, quindi non prova nulla"
        case ev.PinRefused():
            return "scritto un PIN SBAGLIATO per annullare l’allarme"
        case ev.RingingSeen():
            return "l’app vede squillare il telefono"
        case ev.AlertCancelled():
            return "annullato con il PIN di COSTRIZIONE" if event.duress else "annullato dall’app"
        case ev.DeadlineMissed():
            return "SCADENZA PASSATA: l’utente non è stato raggiunto"
        case ev.AdviceChanged():
            what = "chiama il 112 ora" if event.advice is Advice.CALL_112_NOW else "attendi"
            return f"all’app si dice: {what}"
        case ev.AlertReopened():
            return f"{event.by} riapre l’allarme" + (", e il 112 va richiamato" if event.psap else "")
        case _:
            return ""


def _written(event: Event) -> str:
    match event:
        case ev.CommandGiven():
            to = f" a {event.to}" if event.to else ""
            return f"{event.by} ordina: {ORDERS[event.command]}{to}" + (
                f": {event.text}" if event.text else ""
            )
        case ev.CommandRefused():
            return f"{event.by}, ordine respinto: {ORDERS[event.command]} ({sentence(event.reason)})"
        case ev.NoteAdded():
            return f"{event.by or 'l’utente'} annota: {event.text}"
        case ev.DialogueSaid():
            verb = SAYING[event.channel]
            if event.spoken is not None:
                verb = (
                    "ha chiesto" + (" sottovoce" if event.spoken.softly else "") + ", con la voce del centro"
                )
            return f"{event.by or 'l’utente'} {verb}: {event.text}" + (" (sì o no?)" if event.asks else "")
        case ev.DialogueSeen():
            verb = "letto" if event.read else "ricevuto"
            return f"{event.by or 'l’utente'} ha {verb} i messaggi fino al {event.upto}"
        case ev.DialogueTextsOrdered():
            return f"{event.by} manda i messaggi per SMS, benché il telefono dell’utente suoni"
        case ev.DialogueTexted():
            return f"il messaggio {event.number} va per SMS"
        case ev.DialogueCarried():
            why = f" ({event.failure})" if event.failure else ""
            return f"messaggio {event.number} per SMS: {CARRIED[event.became]}{why}"
        case ev.BriefingFilled():
            return f"{event.by or 'l’utente'}, per il 112, {event.field}: {event.text or '(non più noto)'}"
        case ev.PageOpened():
            return f"{event.by} apre una pagina per il 112"
        case ev.PageViewed():
            return f"la pagina per il 112 è letta da {event.origin}"
        case ev.DataSent():
            return f"dati a {event.target}: {event.kind}, versione {event.version}"
        case ev.DataReceived():
            receipt = event.receipt or "cancellata"
            return f"{event.target} ha ricevuto la versione {event.version} dei dati ({receipt})"
        case ev.DataRefused():
            status = f" con {event.status}" if event.status else ""
            said = f": {event.reason}" if event.reason else ""
            return f"{event.target} RIFIUTA la versione {event.version} dei dati{status}{said}"
        case ev.ContactsTexted(names=names):
            told = f"SMS a {names or '(cancellato)'}: il 112 è stato chiamato"
            return told if event.texts else "nessuno dei contatti è più da avvisare"
        case ev.RecordingDeleted():
            return f"la registrazione {event.file} è cancellata ({event.reason})"
        case ev.AlertHeld():
            return f"{event.by} lo trattiene dalla cancellazione: {event.reason}"
        case ev.AlertHoldEnded():
            return f"{event.by} non lo trattiene più"
        case ev.AlertErased():
            kinds = ", ".join(KINDS[kind] for kind in event.kinds)
            return f"CANCELLATI: {kinds} ({event.reason})" + (f" da {event.by}" if event.by else "")
        case _:
            return ""


def _legs(event: Event) -> str:
    match event:
        case ev.LegOriginating():
            who = PARTIES[event.party]
            again = f", {event.attempt}º tentativo" if event.attempt > 1 else ""
            if event.call is not None:
                return f"{who} ha chiamato la linea {event.line}: si risponde"
            if event.operator is not None:
                who = f"{who} {event.operator} ({_place(event.leg)})"
            if is_own(event.line):
                name = "cuffie" if mode_of(event.line) is OperatorLine.HEADSET else "chiamata del turno"
                return f"chiamata: {who}, {name}{again}"
            return f"chiamata: {who} al {event.number} sulla linea {event.line}{again}"
        case ev.LegRinging():
            return f"{_place(event.leg)}: squilla"
        case ev.LegAnswered():
            return f"{_place(event.leg)}: risponde" + ("" if event.confirmed else ", non è certo")
        case ev.LegConfirmed():
            return f"{_place(event.leg)}: è davvero in linea ({REACHED.get(event.by, event.by)})"
        case ev.LegVoiceReady():
            return f"{_place(event.leg)}: la voce c’è"
        case ev.LegReleasing():
            why = f" ({REASONS.get(event.reason, event.reason)})" if event.reason else ""
            return f"{_place(event.leg)}: si riaggancia{why}"
        case ev.LegReleased():
            pair = CAUSES.get(event.cause)
            return f"{_place(event.leg)}: chiamata finita, {pair[0] if pair else f'causa {event.cause}'}"
        case ev.LegAdopted():
            return f"{_place(event.leg)}: la chiamata è stata ripresa"
        case ev.LegMuted():
            return f"{_place(event.leg)}: microfono spento"
        case ev.LegUnmuted():
            return f"{_place(event.leg)}: si sente di nuovo"
        case ev.VoicesWithheld():
            return f"{event.by}: l’utente non sente nessuno"
        case ev.VoicesGiven():
            return f"{event.by}: l’utente sente di nuovo gli altri"
        case ev.LegDigit():
            return f"{event.by} manda il tasto {event.digit} a {_place(event.leg)}"
        case ev.LegPressed():
            return f"{_place(event.leg)}: preme {event.digit}"
        case ev.LegUnheard():
            return f"{_place(event.leg)}: il modem non risponde, lo stato della chiamata non è noto"
        case ev.LegHeardAgain():
            return f"{_place(event.leg)}: il modem risponde di nuovo"
        case ev.LegSoundLost():
            return f"{_place(event.leg)}: NESSUN SUONO sulla linea {event.line}"
        case ev.LegSoundBack():
            return f"{_place(event.leg)}: di nuovo suono"
        case ev.AnnouncementPlayed():
            return f"{_place(event.leg)} ha sentito {_clip(event.clip)}"
        case ev.AnnouncementBegun():
            return f"comincia l’annuncio: {_clip(event.clip)}"
        case ev.AnnouncementFailed():
            return f"non sentito fino in fondo: {_clip(event.clip)} ({UNPLAYED[event.reason]})"
        case ev.AnnouncementRequested():
            return f"{event.by} fa dire al 112: {event.what}"
        case ev.BridgeJoined():
            return f"uniti: {', '.join(map(_place, event.legs))}"
        case ev.BridgeLeft():
            return f"fuori dalla conferenza: {', '.join(map(_place, event.legs))}"
        case ev.CheckHeard():
            return f"{_place(event.leg)}: si è sentita una voce"
        case ev.RecordingStarted():
            return f"si registra in {event.file}"
        case ev.RecordingStopped():
            return f"NON SI REGISTRA PIÙ: {event.reason}"
        case _:
            return ""


def _operators(event: Event) -> str:
    match event:
        case ev.OperatorReserved():
            return f"operatore {event.operator}: riservato"
        case ev.OperatorNotAnswering():
            return f"operatore {event.operator}: non risponde"
        case ev.OperatorWanted():
            return f"l’allarme {event.alert} chiede all’allarme {event.holder} l’operatore {event.operator}"
        case ev.OperatorJoined():
            return f"operatore {event.operator}: ha il caso"
        case ev.OperatorLeft():
            why = f" ({REASONS.get(event.reason, event.reason)})" if event.reason else ""
            return f"operatore {event.operator}: di nuovo libero{why}"
        case ev.AlertVouched():
            return f"{event.by}: l’allarme è vero"
        case ev.TakeRequested():
            return f"{event.by} prende il caso"
        case ev.ListenRequested():
            return f"{event.by} vuole ascoltare"
        case ev.ListenerLeft():
            why = f" ({REASONS.get(event.reason, event.reason)})" if event.reason else ""
            return f"{event.operator} non ascolta più{why}"
        case ev.WhisperBegun():
            return f"{event.by} parla solo all’operatore"
        case ev.WhisperEnded():
            return f"{event.by} di nuovo non è sentito da nessuno"
        case ev.HandOverRequested():
            return f"{event.by} passa il caso" + (f" a {event.to}" if event.to else "")
        case ev.HandOverEnded():
            return f"nessuno prende il caso ({event.reason})"
        case ev.MachineMarked():
            return f"{event.by} sente una segreteria"
        case ev.RedialRequested():
            return f"{event.by} fa richiamare l’utente"
        case ev.CallAloudRequested():
            return f"{event.by} fa chiamare l’utente di questo allarme silenzioso"
        case ev.AnotherLineRequested():
            return f"{event.by} fa richiamare {PARTIES[event.party]} su un’altra linea"
        case ev.FalseAlarmDeclared():
            return f"{event.by} dichiara un falso allarme"
        case ev.BriefingGiven():
            return f"{event.by} ha informato il 112"
        case ev.LeaveRequested():
            return f"{event.by} lascia la conferenza"
        case ev.CloseRequested():
            return f"{event.by} chiude l’allarme"
        case ev.OutcomeCorrected():
            outcome, why = OUTCOMES[event.outcome][0], event.reason or "(cancellato)"
            return f"{event.by} corregge l’esito in «{outcome}»: {why}"
        case ev.CallReviewed():
            return f"{event.by} ha valutato la chiamata di {event.operator}"
        case _:
            return ""


def _case(event: Event) -> str | None:
    match event:
        case ev.CaseOpened():
            return f"il caso è aperto da {event.crew} su {event.node}"
        case ev.CaseReturned():
            return "aspetta di nuovo: un allarme provato ha bisogno di chi lo serviva"
        case ev.UserIdentified():
            return f"l’utente è noto: {event.user}"
        case ev.UserUnknown():
            return "nessuno nel registro ha questo numero"
        case ev.UserRang():
            return "il telefono dell’utente squilla"
        case ev.UserReached():
            by = event.by or event.met_by
            return f"L’UTENTE È RAGGIUNTO ({REACHED.get(by, by)})"
        case ev.DialWithheld():
            return f"{event.number} non si chiama senza l’ordine di un operatore: {event.reason}"
        case ev.UserPresumedCallingPsap():
            return "l’utente sta probabilmente chiamando il 112"
        case ev.PsapRequested():
            return f"il 112 è da chiamare al {event.number}" + (f", dice {event.by}" if event.by else "")
        case ev.PsapLineLacking():
            return f"NESSUNA LINEA PUÒ CHIAMARE IL 112: {event.reason}"
        case ev.PsapCalledElsewhere():
            return f"{event.by} ha chiamato e informato il 112 da un altro telefono"
        case ev.PsapWithdrawn():
            return f"{event.by} annulla la chiamata al 112"
        case ev.PsapJoined():
            return "il 112 è nella conferenza"
        case ev.ConferenceBroken():
            who = "dell’utente" if event.party is Party.USER else "del 112"
            return f"la chiamata {who} è finita poco dopo che l’operatore aveva lasciato"
        case ev.ConferenceSettled():
            return "l’utente e il 112 continuano a parlare; non si cerca più un operatore"
        case ev.AlertClosed():
            return f"chiuso: {OUTCOMES[event.outcome][0]}"
        case _:
            return None


def _since(event: ev.AlertReceived | ev.AlertSignalAdded) -> str:
    at = event.key_enrolled_at
    return "" if at is None else f" {event.key}, aggiunto il {day(at)}"


def _more(skipped: int) -> str:
    return f", e altri {skipped} segnali prima che non si sono conservati" if skipped else ""


def _clip(clip: str) -> str:
    return CLIPS.get(clip.partition(":")[0], f"l’annuncio {clip}")


def _place(leg: LegId) -> str:
    """Return whose call the leg is, with its number among several: `operatore 2`."""
    named = place(leg)
    stem = named.rstrip(_DIGITS)
    number = named.removeprefix(stem)
    return " ".join(filter(None, (PLACES.get(stem, stem), number)))


def _address(address: Address | None) -> str:
    if address is None:
        return "(cancellato)"
    match address.nearness:
        case Nearness.NUMBER:
            named = f"{address.street} {address.number}"
        case Nearness.STREET:
            named = f"{address.street}, numero non certo"
        case Nearness.NEAR:
            named = f"vicino a {address.street}"
    return f"{named}{address.town and f', {address.town}'} (a {address.distance_m} m)"


def _position(position: Position) -> str:
    accuracy = f" ±{position.accuracy_m:.0f} m" if position.accuracy_m is not None else ""
    return f"{position.lat:.5f} {position.lon:.5f}{accuracy}"
