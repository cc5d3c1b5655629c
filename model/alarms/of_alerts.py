"""Alarms about an alert: a user in danger waits, and the owner of the alert responds. Data."""

from __future__ import annotations

from typing import Final

from model.alarms.kind import AlarmKind, Priority, Responder, SubjectKind, Wakes, Words

OF_ALERTS: Final = (
    AlarmKind(
        name="alert.no_operator_line",
        priority=Priority.NOW,
        acts=Responder.OPERATOR,
        because="a user waits, and the operator at the console can take the alert by headset",
        wakes=Wakes.AT_ONCE,
        wakes_because="a user waits, and no operator can be called",
        about=SubjectKind.ALERT,
        quiet=False,
        it=Words(
            "Nessuna linea per gli operatori",
            "Un allarme non trova un operatore: le chiamate falliscono su ogni linea",
            "Rispondere con T; chi gestisce la macchina guarda le linee",
        ),
        en=Words(
            "No line to operators",
            "No operator can be called for an alert: the calls fail on every line",
            "Take the alert with T; the administrator checks the lines",
        ),
    ),
    AlarmKind(
        name="case.stuck",
        priority=Priority.NOW,
        acts=Responder.OPERATOR,
        because="a user waits, and the center does nothing more by itself",
        wakes=Wakes.AT_ONCE,
        wakes_because="a user waits, and the console may be unattended",
        about=SubjectKind.ALERT,
        quiet=False,
        it=Words(
            "{s}: allarme fermo",
            "L’allarme di {s} non va avanti",
            "Seguirlo a voce, da un telefono",
        ),
        en=Words(
            "{s}: alert stuck",
            "The alert of {s} makes no progress",
            "Handle the alert by phone",
        ),
    ),
    AlarmKind(
        name="ended_soon_after_leave",
        priority=Priority.NOW,
        acts=Responder.OPERATOR,
        because="a user may be alone again, who was thought to be with 112",
        wakes=Wakes.AT_ONCE,
        wakes_because="a user may be alone again, and the operator has left",
        about=SubjectKind.ALERT,
        quiet=False,
        it=Words(
            "{s}: conferenza caduta",
            "La conferenza di {s} è caduta subito dopo l’uscita dell’operatore",
            "Prendere il caso con T e richiamare",
        ),
        en=Words(
            "{s}: conference dropped",
            "The conference of {s} broke off soon after the operator had left",
            "Take the alert with T, and call again",
        ),
    ),
    AlarmKind(
        name="pin.wrong",
        priority=Priority.NOW,
        acts=Responder.OPERATOR,
        because="a sign of coercion, which changes what is said to the user",
        wakes=Wakes.NEVER,
        wakes_because="the operator of the alert sees the alarm, and only this operator can act",
        about=SubjectKind.ALERT,
        quiet=False,
        it=Words(
            "{s}: PIN sbagliati",
            "Qualcuno prova e riprova ad annullare l’allarme di {s} con un PIN sbagliato",
            "Pensare a una costrizione: domande da sì o no, il 112 senza aspettare",
        ),
        en=Words(
            "{s}: wrong PINs",
            "The alert of {s} was repeatedly cancelled with a wrong PIN",
            "Assume coercion: ask yes/no questions, and call 112 without waiting",
        ),
    ),
    AlarmKind(
        name="leg.no_sound",
        priority=Priority.NOW,
        acts=Responder.OPERATOR,
        because="a party on the line has no audio in one direction",
        wakes=Wakes.NEVER,
        wakes_because="the parties notice the fault, and the operator of the alert sees the alarm",
        about=SubjectKind.ALERT,
        quiet=False,
        it=Words(
            "{s}: nessun suono",
            "Dalla chiamata di {s} non viene alcun suono da 3 s",
            "Richiamare su un’altra linea: V, poi Invio",
        ),
        en=Words(
            "{s}: no sound",
            "The call of {s} has had no sound for 3 s",
            "Call again on another line: V, then Enter",
        ),
    ),
    AlarmKind(
        name="record.unreadable",
        priority=Priority.NOW,
        acts=Responder.OPERATOR,
        because="an empty record is taken for a user without illness, weapons in the house or a safe word",
        wakes=Wakes.NEVER,
        wakes_because="the operator of the alert sees the alarm, and can ask the user",
        about=SubjectKind.ALERT,
        quiet=False,
        it=Words(
            "{s}: scheda illeggibile",
            "La scheda di {s} è danneggiata: sembra vuota, e non lo è",
            "Chiedere a voce ciò che vi starebbe scritto; poi compilarla di nuovo, o ripristinare il backup",
        ),
        en=Words(
            "{s}: record unreadable",
            "The record of {s} is damaged: it is shown empty, and is not",
            "Ask the user for the data of the record; afterwards enter them again, or restore the backup",
        ),
    ),
)
