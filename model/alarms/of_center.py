"""Alarms about the center and its parts. Data."""

from __future__ import annotations

from typing import Final

from model.alarms.kind import AlarmKind, Priority, Responder, SubjectKind, Wakes, Words

OF_CENTER: Final = (
    AlarmKind(
        name="psap.no_line",
        priority=Priority.NOW,
        acts=Responder.OPERATOR,
        because="112 cannot be called from here, and the operator has another phone at hand",
        wakes=Wakes.AT_ONCE,
        wakes_because="no alert can reach 112 until the lines are repaired",
        about=SubjectKind.PART,
        quiet=False,
        it=Words(
            "112: nessuna linea",
            "Nessuna linea può chiamare il 112",
            (
                "Serve il 112? Chiamalo da un altro telefono. Poi controllare modem, SIM e rete delle "
                "linee riservate"
            ),
        ),
        en=Words(
            "112: no line",
            "No line can call 112",
            (
                "If 112 is needed, call 112 from another phone. Then check modems, SIMs and network of "
                "the lines reserved for 112"
            ),
        ),
    ),
    AlarmKind(
        name="journal.not_durable",
        priority=Priority.NOW,
        acts=Responder.MACHINE,
        because="what is done now is lost with the machine's power, and the machine's disk is theirs",
        wakes=Wakes.AT_ONCE,
        wakes_because="a power cut would lose what is going on now",
        about=SubjectKind.PART,
        quiet=False,
        it=Words(
            "Disco: nulla è durevole",
            "Il disco non si può scrivere: si lavora, ma nulla è durevole",
            "Non spegnere la macchina. Fare spazio sul disco, o cambiarlo",
        ),
        en=Words(
            "Disk: nothing durable",
            "The disk cannot be written: the center works, but nothing is durable",
            "Do not switch the machine off. Free space on its disk, or replace the disk",
        ),
    ),
    AlarmKind(
        name="pin.duress",
        priority=Priority.NOW,
        acts=Responder.SUPERVISOR,
        because="a user is under duress now, and has raised no alert",
        wakes=Wakes.AT_ONCE,
        wakes_because="it is the only sign that this person can give",
        about=SubjectKind.PART,
        quiet=False,
        it=Words(
            "{s}: PIN di costrizione",
            "Il PIN di costrizione di {s} è stato usato nell’app, senza un allarme",
            "Cercare la persona tra gli utenti (5, U); non chiamarla né scriverle: decidere se serve il 112",
        ),
        en=Words(
            "{s}: duress PIN",
            "The duress PIN of {s} was used in the app, without an alert",
            "Find the person among the users (5, U); do not call or write; decide if 112 is needed",
        ),
    ),
    AlarmKind(
        name="deadline.missed",
        priority=Priority.NOW,
        acts=Responder.OPERATOR,
        because="a user has not been reached in time, and may be calling 112",
        wakes=Wakes.NEVER,
        wakes_because="a console detects the silence itself, so that an operator sees it already",
        about=SubjectKind.PART,
        quiet=False,
        it=Words(
            "{s} oltre il limite",
            "Allarmi reali oltre la scadenza, telefono mai squillato: {s}",
            "Prenderli dal rigo degli allarmi (2), il più vecchio per primo",
        ),
        en=Words(
            "{s} past deadline",
            "Real alerts past the deadline whose phone has not rung: {s}",
            "Take these alerts from the list (2), the oldest first",
        ),
    ),
    AlarmKind(
        name="node.lost",
        priority=Priority.SOON,
        acts=Responder.MACHINE,
        because="the others have its alerts; one more loss would not be carried",
        wakes=Wakes.AT_ONCE,
        wakes_because="one more loss ends the center",
        about=SubjectKind.NODE,
        it=Words(
            "Nodo {s} perso",
            (
                "Il nodo {s} non risponde: i suoi allarmi sono passati agli altri, le sue linee non si "
                "possono usare"
            ),
            "Controllare alimentazione, rete e database",
        ),
        en=Words(
            "Node {s} lost",
            "Node {s} does not respond: other nodes have its alerts, and its lines cannot be used",
            "Check its power, its network and its connection to the database",
        ),
    ),
    AlarmKind(
        name="node.clock",
        priority=Priority.LATER,
        acts=Responder.MACHINE,
        because="the node calls too early or too late, and takes nothing of a lost one that another can take",
        wakes=Wakes.MORNING,
        wakes_because="the others take what it leaves",
        about=SubjectKind.NODE,
        it=Words(
            "Orologio del nodo {s}",
            "L'orologio del nodo {s} è lontano da quello del database: chiama troppo presto o troppo tardi",
            "Controllare il servizio dell'ora di quella macchina",
        ),
        en=Words(
            "Clock of node {s}",
            "The clock of node {s} differs from the database's: the node calls too early or too late",
            "Check the time service of that machine",
        ),
    ),
    AlarmKind(
        name="no_operator",
        priority=Priority.SOON,
        acts=Responder.SUPERVISOR,
        because="the next alert rings those on call, who are slower by a minute",
        wakes=Wakes.NEVER,
        wakes_because="a console sees it by itself; an alert calls the operators on call",
        about=SubjectKind.PART,
        it=Words(
            "Nessuno disponibile",
            "Nessun operatore è disponibile: un allarme chiamerebbe solo chi è reperibile, se c’è",
            "Far entrare qualcuno in turno, o tornare disponibile",
        ),
        en=Words(
            "No operator ready",
            "No operator is ready: an alert would call only operators on call, if there are any",
            "Have an operator begin a shift, or return from a pause",
        ),
    ),
    AlarmKind(
        name="actor.failing",
        priority=Priority.SOON,
        acts=Responder.MACHINE,
        because="the center goes on without the part, and its log says why it fails",
        wakes=Wakes.AT_ONCE,
        wakes_because="the effect on the next alert is unknown",
        about=SubjectKind.PART,
        it=Words(
            "Parte in avaria",
            "Una parte del centro cade di continuo: {s}",
            "Lanciare `securwoman doctor`; se non dice la causa, riavviare quando nessun allarme è aperto",
        ),
        en=Words(
            "Part failing",
            "A part of the centre keeps failing: {s}",
            "Run `securwoman doctor`; if it shows no cause, restart the center while no alert is open",
        ),
    ),
    AlarmKind(
        name="event.damaged",
        priority=Priority.SOON,
        acts=Responder.MACHINE,
        because="its alert goes on without what cannot be read, and the disk may fail with the next one",
        wakes=Wakes.AT_ONCE,
        wakes_because="the extent of the loss is unknown, and the disk may lose more",
        about=SubjectKind.PART,
        it=Words(
            "Registro danneggiato",
            "Una parte del registro è danneggiata e non si può leggere: {s}",
            "Chiedere a chi ha visto l’allarme; lanciare `securwoman journal verify`, controllare il disco",
        ),
        en=Words(
            "Journal damaged",
            "A part of the journal is damaged and cannot be read: {s}",
            "Ask the operators about the alert; run `securwoman journal verify`, and check the disk",
        ),
    ),
    AlarmKind(
        name="recording.failed",
        priority=Priority.SOON,
        acts=Responder.MACHINE,
        because="the voice goes on; what is not recorded is lost",
        wakes=Wakes.MORNING,
        wakes_because="no user in danger is worse off",
        about=SubjectKind.PART,
        it=Words(
            "Non si registra",
            "Le chiamate non vengono registrate: il disco è pieno o non si può scrivere; la voce continua",
            "Fare spazio sul disco delle registrazioni",
        ),
        en=Words(
            "Not recording",
            "Calls are not recorded: the disk is full or cannot be written; the calls continue",
            "Free space on the disk of the recordings",
        ),
    ),
    AlarmKind(
        name="operator.line_lost",
        priority=Priority.SOON,
        acts=Responder.OPERATOR,
        because="the operator's own phone: the next alert is slower by the time of a call",
        wakes=Wakes.NEVER,
        wakes_because="the operator has the phone at hand, and is called on it for an alert",
        about=SubjectKind.OPERATOR,
        it=Words(
            "{s}: chiamata fissa giù",
            "La chiamata fissa di {s} non regge: per un allarme chiamiamo il suo telefono",
            "Guardare il telefono: è acceso, ha campo, è libero?",
        ),
        en=Words(
            "{s}: standing call down",
            "The standing call of {s} has failed: an alert calls the operator's phone",
            "Check that the phone is on, in reach, and free",
        ),
    ),
    AlarmKind(
        name="clock.wrong",
        priority=Priority.LATER,
        acts=Responder.MACHINE,
        because="no deadline moves; who is on duty, sign-on codes and phones' signatures go by that clock",
        wakes=Wakes.MORNING,
        wakes_because="a step is taken over once no alert is open, and a clock by itself drifts slowly",
        about=SubjectKind.PART,
        it=Words(
            "Orologio sbagliato",
            "L'orologio della macchina non è affidabile: turni, codici d'accesso e firme seguono quell'ora",
            (
                "Lanciare `securwoman doctor`, che dice di quanto. Se è stato spostato, il centro lo "
                "prende da sé quando nessun allarme è aperto; se non segue un server dell'ora, "
                "controllare rete e servizio"
            ),
        ),
        en=Words(
            "Clock wrong",
            "The machine's clock is unreliable: rosters, sign-on codes and signatures depend on it",
            (
                "Run `securwoman doctor` for the difference. If the clock was moved, the centre adopts it "
                "automatically once no alert is open; if the clock follows no time server, check network "
                "and time service"
            ),
        ),
    ),
    AlarmKind(
        name="certificate.unusable",
        priority=Priority.LATER,
        acts=Responder.MACHINE,
        because="the one before it is still served, and is good for days",
        wakes=Wakes.MORNING,
        wakes_because="the one before it is good for days",
        about=SubjectKind.PART,
        it=Words(
            "Certificato non usato",
            (
                "Il nuovo certificato del centro non è valido o non va con la sua chiave: si usa ancora "
                "il precedente"
            ),
            "Lanciare `securwoman doctor`, che dice perché; mettere certificato e chiave giusti",
        ),
        en=Words(
            "Certificate not used",
            (
                "The centre’s new certificate cannot be used, or does not match its key: the previous "
                "certificate is still served"
            ),
            "Run `securwoman doctor` for the cause; install a certificate and its key",
        ),
    ),
    AlarmKind(
        name="event.newer",
        priority=Priority.LATER,
        acts=Responder.MACHINE,
        because="the newer node sees to its alerts; this one shows them without what it cannot read",
        wakes=Wakes.MORNING,
        wakes_because="in an upgrade it is expected until this node has the new version, too",
        about=SubjectKind.PART,
        it=Words(
            "Versione più vecchia",
            "Un altro nodo ha una versione più nuova: questo non ne legge gli eventi {s}",
            "Aggiornare anche questo nodo; fino ad allora usare le console dell’altro",
        ),
        en=Words(
            "Older version",
            "Another node has a newer version: this one cannot read its events {s}",
            "Update this node, too; until then use the other’s consoles",
        ),
    ),
    AlarmKind(
        name="pin.refused",
        priority=Priority.LATER,
        acts=Responder.SUPERVISOR,
        because="most are slips; another may have the phone, and what was asked for was not done",
        wakes=Wakes.MORNING,
        wakes_because="nothing was changed, and no user has raised an alert",
        about=SubjectKind.PART,
        it=Words(
            "{s}: PIN sbagliato nell’app",
            "Nell’app di {s} è stato usato un PIN sbagliato: l’app dice fatto, ma nulla è stato fatto",
            "Cercare la persona tra gli utenti (5, U) e sentirla quando è sola; guardare i suoi telefoni",
        ),
        en=Words(
            "{s}: wrong PIN in the app",
            "A wrong PIN was used in the app of {s}: the app shows success, and nothing was done",
            "Find the person among the users (5, U), and talk in private; check the phones",
        ),
    ),
    AlarmKind(
        name="phones.silent",
        priority=Priority.LATER,
        acts=Responder.MACHINE,
        because="half of the phones that check by themselves would not have reached the center either",
        wakes=Wakes.MORNING,
        wakes_because="it is known after days, and what stops alerts at once has alarms of its own",
        about=SubjectKind.PART,
        it=Words(
            "I telefoni non provano più",
            "Metà dei telefoni che provano da soli un allarme ha saltato l’ultima prova",
            "Aprire l’app da fuori e provare; guardare certificato, nome e rete del centro, poi Persone, T",
        ),
        en=Words(
            "Phones check no more",
            "Half of the phones that check automatically have missed their last check",
            "Run a check in the app from outside; check certificate, name and network, then People, T",
        ),
    ),
)
