"""The rules by metrics, as data: faults that a dead, unresponsive or isolated center cannot report, and
faults that only appear over time.
"""

from __future__ import annotations

from typing import Final

from model.alarms.kind import Words
from model.loudness import CLIPPED_SHARE, QUIET_DBFS
from scripts.lib.monitoring.rule import Rule, Severity

WATCHDOG: Final = "SecurwomanWatchdog"

RULES: Final = (
    Rule(
        name=WATCHDOG,
        expr="vector(1)",
        severity=Severity.NONE,
        it=Words(
            "Il controllo è vivo",
            "Sempre attivo: chi non lo riceve più sa che Prometheus o Alertmanager tacciono",
            "Niente, finché arriva. Se manca, guardare la macchina che controlla",
        ),
        en=Words(
            "The watching is alive",
            "Always firing: whoever misses it knows that Prometheus or Alertmanager is silent",
            "Nothing while it comes. When it is missed, look at the machine that watches",
        ),
    ),
    Rule(
        name="SecurwomanDown",
        expr='up{job="securwoman"} == 0',
        lasts="30s",
        severity=Severity.PAGE,
        it=Words(
            "{{ $labels.instance }}: il centro non risponde",
            "Da 30 s non risponde: forse nessun allarme viene preso",
            "Chi è in pericolo chiama il 112. Guardare macchina, rete e `journalctl -u securwoman`",
        ),
        en=Words(
            "{{ $labels.instance }}: no answer",
            "It has not answered for 30 s: perhaps no alert is taken",
            "Who is in danger calls 112. Look at machine, network and `journalctl -u securwoman`",
        ),
    ),
    Rule(
        name="SecurwomanNotAskedFor",
        expr='absent(up{job="securwoman"})',
        lasts="1m",
        severity=Severity.PAGE,
        it=Words(
            "Nessun centro è controllato",
            "Prometheus non conosce alcun centro: nessuna di queste regole può scattare",
            "Guardare `scrape_configs` in prometheus.yml: il lavoro si chiama securwoman",
        ),
        en=Words(
            "No center is watched",
            "Prometheus knows of no center: none of these rules can fire",
            "Look at `scrape_configs` in prometheus.yml: the job's name is securwoman",
        ),
    ),
    Rule(
        name="SecurwomanNotReady",
        expr="securwoman_ready == 0",
        lasts="30s",
        severity=Severity.PAGE,
        it=Words(
            "{{ $labels.instance }}: non pronto",
            "Un allarme che arrivasse ora non verrebbe servito",
            "Leggere cosa manca con `securwoman doctor`, o in /readyz",
        ),
        en=Words(
            "{{ $labels.instance }}: not ready",
            "An alert that came now would not be served",
            "Read what is missing by `securwoman doctor`, or in /readyz",
        ),
    ),
    Rule(
        name="SecurwomanActorsDeaf",
        expr="securwoman_actors_listen == 0",
        lasts="15s",
        severity=Severity.PAGE,
        it=Words(
            "{{ $labels.instance }}: nessuno ascolta",
            "Gli allarmi vengono scritti, e nessuno se ne occupa",
            "`securwoman ps` dice quale parte manca; se non torna da sé, riavviare il servizio",
        ),
        en=Words(
            "{{ $labels.instance }}: nobody listens",
            "Alerts are written down, and nobody takes them up",
            "`securwoman ps` says which part is missing; where it does not come back, restart the service",
        ),
    ),
    Rule(
        name="SecurwomanAlertsNotKept",
        expr="sum by (center) (increase(securwoman_alerts_not_durable_total[5m])) > 0",
        severity=Severity.PAGE,
        it=Words(
            "Allarmi non scritti",
            "Negli ultimi 5 minuti a chi chiedeva aiuto è stato risposto di chiamare il 112",
            "Guardare il disco o il database; nella console, chi si può richiamare",
        ),
        en=Words(
            "Alerts not written down",
            "Within 5 minutes somebody who asked for help was told to call 112",
            "Look at the disk or the database; at the console, whom to call back",
        ),
    ),
    Rule(
        name="SecurwomanAlertsInMemory",
        expr="sum by (center) (securwoman_alerts_kept_in_memory) > 0",
        lasts="30s",
        severity=Severity.PAGE,
        it=Words(
            "Allarmi solo in memoria",
            "{{ $value }} allarmi aspettano il giornale da 30 s",
            "Non spegnere la macchina. Fare spazio sul disco, o rimettere in piedi il database",
        ),
        en=Words(
            "Alerts in memory alone",
            "{{ $value }} alerts have waited for the journal for 30 s",
            "Do not switch the machine off. Make room on its disk, or bring the database back",
        ),
    ),
    Rule(
        name="SecurwomanMoreThanCanBeHandled",
        expr="sum by (center) (increase(securwoman_alerts_advised_at_once_total[5m])) > 0",
        severity=Severity.PAGE,
        it=Words(
            "Più allarmi di quanti se ne gestiscono",
            "A chi ha chiesto aiuto è stato detto subito di chiamare il 112",
            "Far entrare altri in turno; nella console chiudere i falsi allarmi",
        ),
        en=Words(
            "More alerts than can be handled",
            "Who asked for help was told at once to call 112",
            "Have others begin a shift; at the console, close the false alarms",
        ),
    ),
    Rule(
        name="SecurwomanIntakeSlow",
        expr=(
            "histogram_quantile(0.99, sum by (center, le) "
            "(rate(securwoman_alert_durable_seconds_bucket[5m]))) > 1"
        ),
        lasts="2m",
        severity=Severity.PAGE,
        it=Words(
            "Allarmi scritti lentamente",
            "Un allarme su cento aspetta il disco più di un secondo",
            "`securwoman doctor` misura il disco; guardare che altro scrive lì",
        ),
        en=Words(
            "Alerts are slow to be written",
            "One alert of a hundred waits for the disk for more than a second",
            "`securwoman doctor` measures the disk; look at what else writes to it",
        ),
    ),
    Rule(
        name="SecurwomanVoiceLate",
        expr=(
            'sum by (center) (rate(securwoman_voice_ticks_total{is!="kept"}[2m])) '
            "/ sum by (center) (rate(securwoman_voice_ticks_total[2m])) > 0.01"
        ),
        lasts="1m",
        severity=Severity.PAGE,
        it=Words(
            "La voce si spezza",
            "Più di un centesimo dei tratti di voce parte in ritardo o manca: la macchina è sovraccarica",
            "`top` dice chi usa il processore: fermare quello che non è del centro",
        ),
        en=Words(
            "The voice breaks up",
            "More than one part in a hundred of the voice is late or left out: the machine is overloaded",
            "`top` says who uses the processor: stop what is not the center's",
        ),
    ),
    Rule(
        name="SecurwomanMembershipOld",
        expr="securwoman_membership_age_seconds > 3",
        lasts="15s",
        severity=Severity.PAGE,
        it=Words(
            "Nodo {{ $labels.node }} lontano dal database",
            "Non rinnova la sua appartenenza: non può avere allarmi, e altri prendono i suoi",
            "Guardare la rete fra il nodo e il database",
        ),
        en=Words(
            "Node {{ $labels.node }} away from the database",
            "It does not renew its membership: it can own no alert, and others take those it had",
            "Look at the network between the node and the database",
        ),
    ),
    Rule(
        name="SecurwomanOneLineLeft",
        expr=(
            "sum by (center) (securwoman_line_ready) == 1 and count by (center) (securwoman_line_ready) > 1"
        ),
        lasts="2m",
        severity=Severity.PAGE,
        it=Words(
            "Una sola linea",
            "Di tutte le linee una sola porta chiamate: operatore, utente e 112 ne vogliono tre",
            "Guardare modem, SIM e rete delle altre: la console dice quali (tasto 4)",
        ),
        en=Words(
            "One line left",
            "Of all lines one alone carries calls: operator, user and 112 want three",
            "Look at modems, SIMs and network of the others: the console says which (key 4)",
        ),
    ),
    Rule(
        name="SecurwomanLineWaits",
        expr='max by (center, alarm, subject) (securwoman_alarms_standing{is="waits"}) > 0',
        lasts="1m",
        severity=Severity.TICKET,
        it=Words(
            "Linea {{ $labels.subject }}: aspetta il mattino",
            "Qualcosa non va ({{ $labels.alarm }}), e di queste linee ne restano abbastanza",
            "Leggere alla console che cosa fare (tasto 4)",
        ),
        en=Words(
            "Line {{ $labels.subject }}: waits for the morning",
            "Something is wrong ({{ $labels.alarm }}), and enough lines of its kind are left",
            "Read at the console what to do (key 4)",
        ),
    ),
    Rule(
        name="SecurwomanLineQuiet",
        expr=(
            f'securwoman_line_level_dbfs{{way="in"}} < {QUIET_DBFS:g} '
            'and on (instance, line) securwoman_line_voice_seconds{way="in"} > 0'
        ),
        severity=Severity.TICKET,
        it=Words(
            "Linea {{ $labels.line }}: voce bassa",
            "Nell’ultima chiamata la voce è arrivata a {{ $value }} dBFS: chi ascolta fa fatica",
            "`gain_in_db` della linea, come propone la console (tasto 4)",
        ),
        en=Words(
            "Line {{ $labels.line }}: faint voice",
            "In its last call the voice came at {{ $value }} dBFS: whoever listens has to strain",
            "`gain_in_db` of the line, as the console proposes (key 4)",
        ),
    ),
    Rule(
        name="SecurwomanLineCutOff",
        expr=f'securwoman_line_clipped_ratio{{way="in"}} > {CLIPPED_SHARE:g}',
        severity=Severity.TICKET,
        it=Words(
            "Linea {{ $labels.line }}: voce tagliata",
            "Nell’ultima chiamata la voce era troppo forte, e tagliata",
            "`gain_in_db` della linea, come propone la console (tasto 4)",
        ),
        en=Words(
            "Line {{ $labels.line }}: voice cut off",
            "In its last call the voice was too loud, and cut off",
            "`gain_in_db` of the line, as the console proposes (key 4)",
        ),
    ),
    Rule(
        name="SecurwomanDiskFillsUp",
        expr=(
            "predict_linear(securwoman_disk_free_bytes[6h], 24 * 3600) < 0 "
            "and securwoman_disk_free_bytes / securwoman_disk_size_bytes < 0.5"
        ),
        lasts="30m",
        severity=Severity.TICKET,
        it=Words(
            "{{ $labels.instance }}: disco pieno domani",
            "Se cresce come nelle ultime sei ore, entro un giorno nulla è più durevole",
            "Guardare cosa cresce: registrazioni, giornale, altro. Fare spazio, o un disco più grande",
        ),
        en=Words(
            "{{ $labels.instance }}: disk full tomorrow",
            "If it grows as in the last six hours, within a day nothing is durable",
            "Look at what grows: recordings, journal, others. Make room, or take a larger disk",
        ),
    ),
    Rule(
        name="SecurwomanDiskNearlyFull",
        expr="securwoman_disk_free_bytes < 2 * 1024 * 1024 * 1024",
        lasts="5m",
        severity=Severity.TICKET,
        it=Words(
            "{{ $labels.instance }}: disco quasi pieno",
            "Restano {{ $value | humanize1024 }}B",
            "Fare spazio, o prendere un disco più grande",
        ),
        en=Words(
            "{{ $labels.instance }}: disk nearly full",
            "{{ $value | humanize1024 }}B are left",
            "Make room, or take a larger disk",
        ),
    ),
    Rule(
        name="SecurwomanStrangersAtTheDoor",
        expr=(
            "sum by (center) (increase(securwoman_http_requests_refused_total"
            '{status=~"401|403|429"}[10m])) > 100'
        ),
        severity=Severity.TICKET,
        it=Words(
            "Molte richieste respinte",
            "In 10 minuti {{ $value | humanize }} senza la chiave giusta: un’app vecchia, o qualcuno prova",
            "`securwoman audit` dice da dove; chiudere la porta a chi non c’entra",
        ),
        en=Words(
            "Many requests refused",
            "{{ $value | humanize }} in 10 minutes without the right key: an old app, or somebody tries",
            "`securwoman audit` says from where; shut the door to who has no business here",
        ),
    ),
)
"""The rules that wake people come first."""
