"""Alarms of the self-test: faults found before an alert meets them. Data."""

from __future__ import annotations

from typing import Final

from model.alarms.kind import AlarmKind, Priority, Responder, SubjectKind, Wakes, Words

_VOICE_IT: Final = (
    "Provarla con una chiamata; guardare la porta voce e il comando che la accende, o cambiare il modem"
)
_VOICE_EN: Final = (
    "Try it with a call; look at its voice port and the command that switches it on, or change the modem"
)

OF_PROOFS: Final = (
    AlarmKind(
        name="proof.line_mute",
        priority=Priority.SOON,
        acts=Responder.MACHINE,
        because="who is called on it next hears nothing",
        wakes=Wakes.FEW_LEFT,
        wakes_because="where few lines are left the next alert gets it, and nothing else shows it mute",
        about=SubjectKind.LINE,
        it=Words(
            "Linea {s}: muta",
            "Nella prova nulla di ciò che si dice sulla linea {s} arriva dall’altra parte",
            _VOICE_IT,
        ),
        en=Words(
            "Line {s}: mute",
            "In the proof nothing that is said on line {s} is heard at the other end",
            _VOICE_EN,
        ),
    ),
    AlarmKind(
        name="proof.line_deaf",
        priority=Priority.SOON,
        acts=Responder.MACHINE,
        because="whoever is called on it next is not heard",
        wakes=Wakes.FEW_LEFT,
        wakes_because="where few lines are left the next alert gets it, and nothing else shows it deaf",
        about=SubjectKind.LINE,
        it=Words(
            "Linea {s}: sorda",
            "Nella prova dalla linea {s} non viene nulla di ciò che l’altra parte dice",
            _VOICE_IT,
        ),
        en=Words(
            "Line {s}: deaf",
            "In the proof nothing that the other end says comes from line {s}",
            _VOICE_EN,
        ),
    ),
    AlarmKind(
        name="proof.line_poor",
        priority=Priority.LATER,
        acts=Responder.MACHINE,
        because="words are still understood on it, with trouble",
        wakes=Wakes.MORNING,
        wakes_because="words are still understood on it",
        about=SubjectKind.LINE,
        it=Words(
            "Linea {s}: voce cattiva",
            "Nella prova la voce sulla linea {s} è in ritardo, bucata o debole",
            "Guardare antenna e segnale; chiedere al gestore; se resta, cambiare modem o SIM",
        ),
        en=Words(
            "Line {s}: poor voice",
            "In the proof the voice on line {s} is late, full of gaps or faint",
            (
                "Look at its aerial and signal; ask the carrier; where it stays so, change the modem "
                "or the SIM"
            ),
        ),
    ),
    AlarmKind(
        name="proof.line_call",
        priority=Priority.SOON,
        acts=Responder.MACHINE,
        because="the next call on it does not come to be",
        wakes=Wakes.FEW_LEFT,
        wakes_because="where few lines are left the next alert gets it, and loses the time of a call",
        about=SubjectKind.LINE,
        it=Words(
            "Linea {s}: prova fallita",
            "La chiamata di prova sulla linea {s} non è riuscita",
            "Provarla con una chiamata; controllare credito, contratto e porta voce",
        ),
        en=Words(
            "Line {s}: test call failed",
            "The test call on line {s} came to nothing",
            "Try it with a call; look at its credit, its plan and its voice port",
        ),
    ),
    AlarmKind(
        name="proof.emergency",
        priority=Priority.SOON,
        acts=Responder.MACHINE,
        because="no other call shows whether the lines kept for 112 can carry one",
        wakes=Wakes.FEW_LEFT,
        wakes_because="where few lines are left the next call to 112 may be this one’s",
        about=SubjectKind.LINE,
        it=Words(
            "Linea {s}: prova del 112",
            "La linea {s}, riservata al 112, non ha raggiunto il numero di prova",
            "Provarla con una chiamata al numero di prova; controllare SIM, contratto e numero",
        ),
        en=Words(
            "Line {s}: 112’s proof",
            "Line {s}, kept for 112, did not reach the number that is agreed for tests",
            "Try it with a call to that number; look at its SIM, its plan and the number",
        ),
    ),
    AlarmKind(
        name="proof.text",
        priority=Priority.LATER,
        acts=Responder.MACHINE,
        because="alerts by SMS are few, and the app and a call remain",
        wakes=Wakes.MORNING,
        wakes_because="the app and a call remain",
        about=SubjectKind.LINE,
        it=Words(
            "Linea {s}: SMS mai arrivato",
            "Nella prova un SMS della linea {s} non è partito o non è arrivato",
            "Mandarne uno a mano; controllare il credito e il centro SMS della SIM; chiedere al gestore",
        ),
        en=Words(
            "Line {s}: SMS lost",
            "In the proof an SMS of line {s} did not leave, or did not arrive",
            "Send one by hand; look at its credit and at the SIM’s SMS centre; ask the carrier",
        ),
    ),
    AlarmKind(
        name="proof.credit",
        priority=Priority.LATER,
        acts=Responder.MACHINE,
        because="what is left carries some calls",
        wakes=Wakes.MORNING,
        wakes_because="it is topped up by day, and some is left",
        about=SubjectKind.LINE,
        it=Words(
            "Linea {s}: credito",
            "Sulla SIM della linea {s} resta meno del voluto, o il credito non si sa",
            "Ricaricarla; se non risponde, controllare `credit` nelle impostazioni",
        ),
        en=Words(
            "Line {s}: credit",
            "Less than is wanted is left on the SIM of line {s}, or it is not known",
            "Top it up; where it gives no answer, look at `credit` in the settings",
        ),
    ),
    AlarmKind(
        name="proof.chain",
        priority=Priority.SOON,
        acts=Responder.MACHINE,
        because="what a test alert has not done a real one may not do",
        wakes=Wakes.AT_ONCE,
        wakes_because="the next alert may stop where this one did, tonight",
        about=SubjectKind.PART,
        it=Words(
            "Allarme di prova fallito",
            "L’allarme di prova della notte non è andato fino in fondo",
            "Guardare la prova, con N negli impianti (4): dice a quale passo; lanciare `securwoman doctor`",
        ),
        en=Words(
            "Test alert failed",
            "The night’s test alert did not go all the way",
            "Look at the proof, by N in the plant (4): it says at which step; run `securwoman doctor`",
        ),
    ),
    AlarmKind(
        name="proof.journal",
        priority=Priority.SOON,
        acts=Responder.MACHINE,
        because="what is damaged grows, and good backups grow old",
        wakes=Wakes.AT_ONCE,
        wakes_because="a disk that damages one page damages the next, and alerts are written to it",
        about=SubjectKind.PART,
        it=Words(
            "Registro danneggiato",
            "Il registro degli allarmi, letto per intero, non è integro",
            (
                "Lanciare `securwoman journal verify`; conservare i backup buoni; "
                "docs/operations/backup.md dice come ripristinare"
            ),
        ),
        en=Words(
            "Journal damaged",
            "The journal, read from end to end, is not whole",
            (
                "Run `securwoman journal verify`; keep the good backups; docs/operations/backup.md "
                "says how to restore"
            ),
        ),
    ),
    AlarmKind(
        name="proof.audit",
        priority=Priority.LATER,
        acts=Responder.SUPERVISOR,
        because="who has changed an entry is to be asked, not mended",
        wakes=Wakes.MORNING,
        wakes_because="nothing is worse off for some hours",
        about=SubjectKind.PART,
        it=Words(
            "Verbale alterato",
            "Il verbale di chi ha visto e cambiato dati non è come fu scritto",
            "Lanciare `securwoman audit verify`, che dice dove; informare il responsabile dei dati",
        ),
        en=Words(
            "Audit altered",
            "The record of who has seen and changed data is not as it was written",
            "Run `securwoman audit verify`, which says where; tell the data protection officer",
        ),
    ),
    AlarmKind(
        name="proof.backup",
        priority=Priority.LATER,
        acts=Responder.MACHINE,
        because="nothing is lost unless the machine is",
        wakes=Wakes.MORNING,
        wakes_because="the one before it still makes a centre",
        about=SubjectKind.PART,
        it=Words(
            "Backup non ripristinabile",
            "L’ultimo backup, ripristinato per prova, non ha dato un centro, o è di giorni fa",
            "Farne un altro e provarlo con `securwoman restore --check`, che dice perché",
        ),
        en=Words(
            "Backup not restorable",
            "The last backup, restored for trial, did not make a centre, or is days old",
            "Make another and try it with `securwoman restore --check`, which says why",
        ),
    ),
    AlarmKind(
        name="proof.clock",
        priority=Priority.LATER,
        acts=Responder.MACHINE,
        because="times that are written are wrong, deadlines are not",
        wakes=Wakes.MORNING,
        wakes_because="deadlines are counted by a clock that nobody moves",
        about=SubjectKind.PART,
        it=Words(
            "Orologio sbagliato",
            "L’orologio della macchina non è regolato, o è stato spostato",
            "Guardare il servizio di tempo (`timedatectl`); poi riavviare quando nessun allarme è aperto",
        ),
        en=Words(
            "Clock off",
            "The machine’s clock follows no time server, or was moved",
            "Look at its time service (`timedatectl`); then restart while no alert is open",
        ),
    ),
    AlarmKind(
        name="proof.certificate",
        priority=Priority.LATER,
        acts=Responder.MACHINE,
        because="it is good for days",
        wakes=Wakes.BY_DAY,
        wakes_because="it was written of a week before, and with its last day no app comes in",
        about=SubjectKind.PART,
        it=Words(
            "Certificato in scadenza",
            "Il certificato del centro vale ancora meno di due settimane",
            "Rinnovarlo: il nuovo si usa senza riavviare",
        ),
        en=Words(
            "Certificate ends soon",
            "The centre’s certificate is good for less than two weeks",
            "Renew it: a new one is taken without a restart",
        ),
    ),
    AlarmKind(
        name="proof.certificate_soon",
        priority=Priority.LATER,
        acts=Responder.MACHINE,
        because="it is good for two weeks at the least",
        wakes=Wakes.MORNING,
        wakes_because="there are weeks to renew it in",
        about=SubjectKind.PART,
        it=Words(
            "Certificato da rinnovare",
            "Il certificato del centro vale ancora meno di tre settimane, e non è stato rinnovato",
            "Rinnovarlo, o guardare perché non si rinnova da sé: il nuovo si usa senza riavviare",
        ),
        en=Words(
            "Certificate to be renewed",
            "The centre’s certificate is good for less than three weeks, and was not renewed",
            "Renew it, or look why it does not renew itself: a new one is taken without a restart",
        ),
    ),
    AlarmKind(
        name="proof.disk",
        priority=Priority.LATER,
        acts=Responder.MACHINE,
        because="there is room for the days that its row tells",
        wakes=Wakes.MORNING,
        wakes_because="there is room until the day",
        about=SubjectKind.PART,
        it=Words(
            "Disco quasi pieno",
            "Il disco si riempie così in fretta che sarà pieno entro una settimana",
            "Guardare che cosa cresce (`du`), liberare spazio o metterne uno più grande",
        ),
        en=Words(
            "Disk full soon",
            "The disk fills so fast that it will be full within a week",
            "Look at what grows (`du`), make room, or put in a larger one",
        ),
    ),
    AlarmKind(
        name="proof.overdue",
        priority=Priority.LATER,
        acts=Responder.MACHINE,
        because="nothing is wrong as far as is known, and less is known each day",
        wakes=Wakes.MORNING,
        wakes_because="what it would find is found by day as well",
        about=SubjectKind.PART,
        it=Words(
            "Nessuna prova da due giorni",
            "Da più di 48 ore nessuna prova del centro è arrivata in fondo",
            "Guardare l’ultima, con N negli impianti (4); lanciarne una quando è tranquillo",
        ),
        en=Words(
            "No proof for two days",
            "For more than 48 hours no proof of the centre has come to its end",
            "Look at the last, by N in the plant (4); run one while it is quiet",
        ),
    ),
)
