"""Alarms about a line: a modem with its SIM, repaired by the person who runs the machine. Data."""

from __future__ import annotations

from typing import Final

from model.alarms.kind import AlarmKind, Priority, Responder, SubjectKind, Wakes, Words

_FEW_LEFT: Final = "where few lines are left one more loss before the morning may be the last"

OF_LINES: Final = (
    AlarmKind(
        name="line.out_of_service",
        priority=Priority.SOON,
        acts=Responder.MACHINE,
        because="no call is lost while other lines stand, and it is mended at the machine",
        wakes=Wakes.FEW_LEFT,
        wakes_because=_FEW_LEFT,
        about=SubjectKind.LINE,
        it=Words(
            "Linea {s} fuori uso",
            "La linea {s} non porta chiamate: modem spento, staccato o senza rete",
            "Guardare la spina USB e la spia del modem; staccarlo e riattaccarlo",
        ),
        en=Words(
            "Line {s} down",
            "Line {s} carries no calls: its modem is off, unplugged or without a network",
            "Check the USB plug and the modem’s light; unplug the modem and plug it in again",
        ),
    ),
    AlarmKind(
        name="line.quarantined",
        priority=Priority.SOON,
        acts=Responder.MACHINE,
        because="no call is lost while other lines stand, and it is mended at the machine",
        wakes=Wakes.FEW_LEFT,
        wakes_because=_FEW_LEFT,
        about=SubjectKind.LINE,
        it=Words(
            "Linea {s} esclusa",
            "La linea {s} è esclusa: il modem non risponde, qualunque cosa si tenti",
            "Staccare il modem, aspettare dieci secondi, riattaccarlo; se resta così, cambiarlo",
        ),
        en=Words(
            "Line {s} taken out",
            "Line {s} is taken out: its modem does not answer after every kind of reset",
            "Unplug the modem, wait ten seconds, plug it in; if that does not help, replace it",
        ),
    ),
    AlarmKind(
        name="line.wrong_modem",
        priority=Priority.SOON,
        acts=Responder.MACHINE,
        because="no call is lost while other lines stand, and it is mended at the machine",
        wakes=Wakes.FEW_LEFT,
        wakes_because=_FEW_LEFT,
        about=SubjectKind.LINE,
        it=Words(
            "Linea {s}: altro modem",
            "La linea {s} non porta chiamate: alla sua porta c’è un altro modem (IMEI diverso)",
            "Rimettere il suo, o correggere le impostazioni",
        ),
        en=Words(
            "Line {s}: other modem",
            "Line {s} carries no calls: another modem (another IMEI) is at its port",
            "Plug in the line’s own modem, or correct the settings",
        ),
    ),
    AlarmKind(
        name="line.pin_needed",
        priority=Priority.SOON,
        acts=Responder.MACHINE,
        because="no call is lost while other lines stand, and it is mended at the machine",
        wakes=Wakes.FEW_LEFT,
        wakes_because=_FEW_LEFT,
        about=SubjectKind.LINE,
        it=Words(
            "Linea {s}: manca il PIN",
            "La linea {s} non porta chiamate: la SIM è chiusa e il suo PIN manca o è stato rifiutato",
            "Mettere il PIN giusto nel suo file: non viene ritentato da solo",
        ),
        en=Words(
            "Line {s}: PIN needed",
            "Line {s} carries no calls: its SIM needs a PIN, which is missing or was refused",
            "Write the right PIN to the line’s pin_file: a refused PIN is not tried again",
        ),
    ),
    AlarmKind(
        name="line.puk_needed",
        priority=Priority.SOON,
        acts=Responder.MACHINE,
        because="no call is lost while other lines stand, and it is mended at the machine",
        wakes=Wakes.FEW_LEFT,
        wakes_because=_FEW_LEFT,
        about=SubjectKind.LINE,
        it=Words(
            "Linea {s}: SIM bloccata",
            "La linea {s} non porta chiamate: la SIM è bloccata e chiede il PUK",
            "Sbloccarla in un telefono",
        ),
        en=Words(
            "Line {s}: SIM locked",
            "Line {s} carries no calls: its SIM is locked and needs its PUK",
            "Unlock the SIM in a telephone, with its PUK",
        ),
    ),
    AlarmKind(
        name="line.no_sim",
        priority=Priority.SOON,
        acts=Responder.MACHINE,
        because="no call is lost while other lines stand, and it is mended at the machine",
        wakes=Wakes.FEW_LEFT,
        wakes_because=_FEW_LEFT,
        about=SubjectKind.LINE,
        it=Words(
            "Linea {s}: manca la SIM",
            "La linea {s} non porta chiamate: la SIM manca, è mal inserita o guasta",
            "Toglierla e rimetterla; se non basta, cambiarla",
        ),
        en=Words(
            "Line {s}: no SIM",
            "Line {s} carries no calls: its SIM is missing, badly inserted or broken",
            "Take the SIM out and insert it again; if that does not help, replace it",
        ),
    ),
    AlarmKind(
        name="line.no_network",
        priority=Priority.SOON,
        acts=Responder.MACHINE,
        because="no call is lost while other lines stand, and it is mended at the machine",
        wakes=Wakes.FEW_LEFT,
        wakes_because=_FEW_LEFT,
        about=SubjectKind.LINE,
        it=Words(
            "Linea {s} senza rete",
            "La linea {s} non porta chiamate: il modem non è registrato in rete",
            "Controllare antenna e SIM; chiedere al gestore se la rete è giù",
        ),
        en=Words(
            "Line {s}: no network",
            "Line {s} carries no calls: its modem is in no network",
            "Check antenna and SIM; ask the carrier if its network is down",
        ),
    ),
    AlarmKind(
        name="line.no_voice_service",
        priority=Priority.SOON,
        acts=Responder.MACHINE,
        because="no call is lost while other lines stand, and it is mended at the machine",
        wakes=Wakes.FEW_LEFT,
        wakes_because=_FEW_LEFT,
        about=SubjectKind.LINE,
        it=Words(
            "Linea {s}: solo dati",
            "La linea {s} è registrata solo per i dati e non può chiamare: mancano VoLTE e 2G",
            "Far attivare VoLTE dal gestore, o mettere una SIM con voce",
        ),
        en=Words(
            "Line {s}: data only",
            (
                "Line {s} is registered for data only: no voice call can be placed; there is neither "
                "VoLTE nor 2G"
            ),
            "Have the carrier enable VoLTE, or insert a SIM with voice",
        ),
    ),
    AlarmKind(
        name="line.failing",
        priority=Priority.SOON,
        acts=Responder.MACHINE,
        because="no call is lost while other lines stand, and it is mended at the machine",
        wakes=Wakes.FEW_LEFT,
        wakes_because=_FEW_LEFT,
        about=SubjectKind.LINE,
        it=Words(
            "Linea {s}: non chiama",
            "La linea {s} non riesce a chiamare: il modem o la sua rete rifiuta ogni chiamata",
            "Controllare SIM e contratto (credito, blocchi, voce, VoLTE)",
        ),
        en=Words(
            "Line {s}: cannot call",
            "Line {s} makes no calls: its modem or its network refuses every call",
            "Check its SIM and its plan (credit, barring, voice, VoLTE)",
        ),
    ),
    AlarmKind(
        name="line.no_sound",
        priority=Priority.SOON,
        acts=Responder.MACHINE,
        because="who is called on it hears nothing, until it is tried at the machine",
        wakes=Wakes.FEW_LEFT,
        wakes_because="if few lines are left, the next user may be called on this line, without audio",
        about=SubjectKind.LINE,
        it=Words(
            "Linea {s} senza suono",
            "Dalla porta voce del modem della linea {s} non è venuto suono in due allarmi di seguito",
            "Provarla con una chiamata; controllare la porta voce e il comando che la accende",
        ),
        en=Words(
            "Line {s}: no sound",
            "No sound came from the voice port of line {s}’s modem in two alerts in a row",
            "Test the line with a call; check its voice port and the command that switches audio on",
        ),
    ),
    AlarmKind(
        name="line.weak_signal",
        priority=Priority.LATER,
        acts=Responder.MACHINE,
        because="calls still stand; an aerial is moved by day",
        wakes=Wakes.MORNING,
        wakes_because="an aerial is moved by day",
        about=SubjectKind.LINE,
        it=Words(
            "Linea {s}: segnale debole",
            "La linea {s} sente appena la rete: le chiamate possono cadere",
            "Spostare l’antenna, o il modem vicino a una finestra",
        ),
        en=Words(
            "Line {s}: weak signal",
            "Line {s} receives its network weakly: calls may break off",
            "Move the antenna, or move the modem to a window",
        ),
    ),
    AlarmKind(
        name="line.stray_call",
        priority=Priority.LATER,
        acts=Responder.MACHINE,
        because="it is being ended; only if it stays is there something to do",
        wakes=Wakes.MORNING,
        wakes_because="it is being ended by itself",
        about=SubjectKind.LINE,
        it=Words(
            "Linea {s}: chiamata di nessuno",
            "Sulla linea {s} c’è una chiamata che non è di alcun allarme: la stiamo chiudendo",
            "Se resta, spegnere e riaccendere il modem",
        ),
        en=Words(
            "Line {s}: stray call",
            "Line {s} has a call that belongs to no alert: the call is being ended",
            "If the call does not end, switch the modem off and on",
        ),
    ),
    AlarmKind(
        name="line.voice_worn",
        priority=Priority.LATER,
        acts=Responder.MACHINE,
        because="the line is used last, and reset by itself",
        wakes=Wakes.MORNING,
        wakes_because="it is reset by itself",
        about=SubjectKind.LINE,
        it=Words(
            "Linea {s}: voce degradata",
            "La voce della linea {s} è logora: le chiamate possono restare mute; si usa per ultima",
            (
                "Niente: il modem viene riavviato appena è libera e lo è un’altra linea. Se torna "
                "spesso, cambiarlo"
            ),
        ),
        en=Words(
            "Line {s}: poor voice",
            "The voice of line {s} is degraded: calls may be mute; the line is used last",
            (
                "Nothing: the modem is reset once this line and another are free. If this recurs, replace "
                "the modem"
            ),
        ),
    ),
    AlarmKind(
        name="line.text_unreadable",
        priority=Priority.LATER,
        acts=Responder.MACHINE,
        because="an alert was raised for its sender, and calls are carried as before",
        wakes=Wakes.MORNING,
        wakes_because="an operator has the alert that was raised for it",
        about=SubjectKind.LINE,
        it=Words(
            "Linea {s}: SMS illeggibile",
            "Un SMS arrivato sulla linea {s} non si può leggere: è conservato nell’allarme del suo mittente",
            "Mandare un SMS alla linea: se si legge, l’avviso finisce; se no, far riavviare il modem",
        ),
        en=Words(
            "Line {s}: unreadable text",
            "A text message on line {s} cannot be read: its bytes are kept in the alert of its sender",
            "Send a text to the line: if it is read, this alarm ends; if not, restart the modem",
        ),
    ),
)
