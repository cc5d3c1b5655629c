"""Alarms of the self-test: faults found before an alert meets them. Data."""

from __future__ import annotations

from typing import Final

from model.alarms.kind import AlarmKind, Priority, Responder, SubjectKind, Wakes, Words

_VOICE_IT: Final = (
    "Provarla con una chiamata; guardare la porta voce e il comando che la accende, o cambiare il modem"
)
_VOICE_EN: Final = (
    "Test the line with a call; check its voice port and the command for audio, or replace the modem"
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
            "In the self-test, audio sent on line {s} does not arrive at the other end",
            _VOICE_EN,
        ),
    ),
    AlarmKind(
        name="proof.line_deaf",
        priority=Priority.SOON,
        acts=Responder.MACHINE,
        because="the next person called on this line is not heard",
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
            "In the self-test, audio of the other end does not arrive on line {s}",
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
            "In the self-test, the voice on line {s} is late, interrupted or faint",
            (
                "Check antenna and signal; ask the carrier; if the voice stays poor, replace the modem "
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
            "The test call on line {s} was not connected",
            "Test the line with a call; check its credit, its plan and its voice port",
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
            "Line {s}, reserved for 112, did not reach the number agreed for tests",
            "Test the line with a call to that number; check SIM, plan and number",
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
            "In the self-test, an SMS of line {s} was not sent, or did not arrive",
            "Send an SMS by hand; check the credit and the SIM’s SMS centre; ask the carrier",
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
            "The credit on the SIM of line {s} is below its limit, or unknown",
            "Top up the SIM; if the credit is unknown, check `credit` in the settings",
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
            "The night’s test alert was not completed",
            "Open the self-test with N in the equipment (4) for the failed step; run `securwoman doctor`",
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
            "A check of the whole journal has found damage",
            (
                "Run `securwoman journal verify`; keep the good backups; docs/operations/backup.md "
                "describes the restore"
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
            "The audit of accesses and changes was altered after it was written",
            "Run `securwoman audit verify` for the place; inform the data protection officer",
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
            "The trial restore of the last backup has failed, or the backup is days old",
            "Make a new backup; `securwoman restore --check` tests it and shows the cause",
        ),
    ),
    AlarmKind(
        name="proof.clock",
        priority=Priority.LATER,
        acts=Responder.MACHINE,
        because="times that are written are wrong, deadlines are not",
        wakes=Wakes.MORNING,
        wakes_because="deadlines are counted by the monotonic clock, which cannot be set",
        about=SubjectKind.PART,
        it=Words(
            "Orologio sbagliato",
            "L’orologio della macchina non è regolato, o è stato spostato",
            "Guardare il servizio di tempo (`timedatectl`); poi riavviare quando nessun allarme è aperto",
        ),
        en=Words(
            "Clock off",
            "The machine’s clock follows no time server, or was moved",
            "Check its time service (`timedatectl`); then restart the centre while no alert is open",
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
            "The centre’s certificate expires in less than two weeks",
            "Renew the certificate: the new one is used without a restart",
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
            "The centre’s certificate expires in less than three weeks, and was not renewed",
            "Renew the certificate, or repair its renewal: the new one is used without a restart",
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
            "The disk will be full within a week at its present rate",
            "Find the growing files (`du`), free space, or use a larger disk",
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
            "No self-test of the centre has been completed for more than 48 hours",
            "Open the last self-test with N in the equipment (4); run one while no alert is open",
        ),
    ),
)
