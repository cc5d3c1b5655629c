"""Why an order is not carried out, and how that is said. A value is permanent: it stands in the journal."""

from __future__ import annotations

from enum import StrEnum
from typing import Self


class Refusal(StrEnum):
    """Of the alert, of the operator who orders, of a party's call, or of what the line can do.

    Each is its value, its sentence for HTTP and the command line, the console's in Italian and, where that is
    another one, in English.
    """

    _value_: str
    sentence: str
    at_console: tuple[str, str]
    """Italian, English; `{command}` stands for that command's key."""

    def __new__(cls, value: str, sentence: str, it: str, en: str = "") -> Self:
        made = str.__new__(cls, value)
        made._value_ = value
        made.sentence = sentence
        made.at_console = it, en or sentence
        return made

    NOT_CLOSED = "not_closed", "The alert is not closed.", "L’allarme non è chiuso."
    CLOSED = "closed", "The alert is closed.", "L’allarme è chiuso."
    BEING_ENDED = "being_ended", "The alert is being ended.", "L’allarme si sta chiudendo."
    OUT_OF_DATE = (
        "out_of_date",
        "Something has happened since what you saw. Look, and order it again.",
        "Intanto è cambiato qualcosa: guarda e premi di nuovo.",
        "Something has happened since: look, and press again.",
    )
    NEWER_OPEN = (
        "newer_open",
        "A newer alert of the same number is open.",
        "È aperto un allarme più recente dello stesso numero.",
    )
    PERSON_ERASED = (
        "person_erased",
        "The person's data were erased.",
        "I dati della persona sono stati cancellati.",
        "The person’s data were erased.",
    )
    ANOTHERS_ALERT = (
        "anothers_alert",
        "It was another operator's alert: ask that operator, or a supervisor.",
        "Era l’allarme di un altro operatore: chiedi a lui o a un supervisore.",
        "It was another operator’s alert: ask that operator, or a supervisor.",
    )
    CLOSED_LONG_AGO = (
        "closed_long_ago",
        "It was closed more than 12 hours ago: ask a supervisor.",
        "È chiuso da più di 12 ore: chiedi a un supervisore.",
    )
    NOT_ON_THE_LINE = (
        "not_on_the_line",
        "You are not on the line of this alert.",
        "Non sei in linea su questo allarme.",
    )
    ALREADY_YOURS = "already_yours", "The alert is yours already.", "L’allarme è già tuo."
    ANOTHER_OPERATOR = (
        "another_operator",
        "Another operator is on the line of this alert.",
        "Un altro operatore è in linea su questo allarme.",
    )
    NO_SUCH_OPERATOR = "no_such_operator", "There is no such operator.", "Questo operatore non esiste."
    BEING_HANDED_OVER = (
        "being_handed_over",
        "The alert is being handed over.",
        "L’allarme si sta già passando.",
    )
    NOT_BEING_HANDED_OVER = (
        "not_being_handed_over",
        "The alert is not being handed over.",
        "L’allarme non si sta passando.",
    )
    ONLY_A_SUPERVISOR = (
        "only_a_supervisor",
        "Only a supervisor listens in.",
        "Può ascoltare solo un supervisore.",
    )
    LISTENING = "listening", "You are listening: stop that first.", "Stai ascoltando: prima smetti."
    LISTENING_ALREADY = "listening_already", "You are listening already.", "Stai già ascoltando."
    NOT_LISTENING = "not_listening", "You are not listening.", "Non stai ascoltando."
    ANOTHER_LISTENS = "another_listens", "Somebody else is listening.", "Sta già ascoltando un’altra persona."
    LINE_WITHOUT_LISTENING = (
        "line_without_listening",
        "Nobody can listen in on this line.",
        "Su questa linea non si può ascoltare.",
    )
    WHISPERING_ALREADY = "whispering_already", "You are whispering already.", "L’operatore ti sente già."
    NOT_WHISPERING = "not_whispering", "You are not whispering.", "Nessuno ti sente."
    HEARS_NOTHING_YET = "hears_nothing_yet", "You do not hear them yet.", "Non li senti ancora."
    NO_OPERATOR = "no_operator", "No operator is on the line.", "Nessun operatore è in linea."
    MUTED_ALREADY = "muted_already", "You are muted already.", "Il tuo microfono è già spento."
    NOT_MUTED = "not_muted", "You are not muted.", "Il tuo microfono è già acceso."
    LINE_WITHOUT_MUTE = (
        "line_without_mute",
        "Nobody can be muted on this line.",
        "Su questa linea non si può silenziare nessuno.",
    )
    NOBODY_ON_THE_LINE = "nobody_on_the_line", "Nobody is on the line.", "Nessuno è in linea."
    CALL_UP = "call_up", "There is still a call up.", "C’è ancora una chiamata in corso."
    NO_ANSWER_IN_DOUBT = "no_answer_in_doubt", "No answer is in doubt.", "Nessuna risposta è in dubbio."
    USER_ABSENT = "user_absent", "She is not on the line.", "Non è in linea."
    USER_ON_THE_LINE = "user_on_the_line", "She is on the line.", "È già in linea."
    LINE_UNHEARD = (
        "line_unheard",
        "The modem does not answer: the line may be down. Call again on another line.",
        "La linea forse è caduta: {another_line}.",
        "The line may be down: {another_line}.",
    )
    """The modem of the party's line does not answer: the call may be up, and may have ended."""
    USER_NOT_ANSWERED = "user_not_answered", "She has not answered.", "Non ha risposto."
    USER_NOT_HEARD = (
        "user_not_heard",
        "Her line gives no sound: she cannot have said that it was a mistake.",
        "Linea senza suono: {another_line}, o 112.",
        "Her line gives no sound: {another_line}, or 112.",
    )
    """The user's line has given no sound: the user cannot have said that the alert was a mistake."""
    USER_BEING_CALLED = "user_being_called", "She is being called.", "La stiamo già chiamando."
    USER_CALLED_ALREADY = "user_called_already", "She is called already.", "È già stata chiamata."
    USER_CALLED_IN = "user_called_in", "The user has called in.", "Ha chiamato lei.", "The user called us."
    USER_CALLING = "user_calling", "The user is calling.", "Sta chiamando lei."
    USER_TO_BE_CALLED = "user_to_be_called", "The user is still to be called.", "È ancora da chiamare."
    USER_NOT_CALLED_AGAIN = (
        "user_not_called_again",
        "The user would not be called again.",
        "Non verrebbe richiamata.",
    )
    NUMBER_UNKNOWN = "number_unknown", "Her number is not known.", "Il suo numero non è noto."
    NUMBER_NEVER_CALLED = (
        "number_never_called",
        "This number is never called as a user's.",
        "Questo numero non viene mai chiamato come quello di un’utente.",
    )
    NOT_IDENTIFIED = "not_identified", "It is not yet known whom to call.", "Non si sa ancora chi chiamare."
    NOTHING_ANSWERED = (
        "nothing_answered",
        "Nobody has answered on her line.",
        "Nessuno ha risposto sulla sua linea.",
    )
    MACHINE_ANSWERED = (
        "machine_answered",
        "A machine has answered: call once more first.",
        "Ha risposto una segreteria: prima richiama ancora una volta.",
    )
    SILENT = (
        "silent",
        "The alert is silent: order the call aloud first.",
        "Allarme silenzioso: prima {call_aloud}, poi Invio.",
        "Silent alert: press {call_aloud}, then Enter, first.",
    )
    NOT_SILENT = "not_silent", "The alert is not silent.", "L’allarme non è silenzioso."
    DURESS = "duress", "She has signalled duress.", "Ha segnalato costrizione."
    DURESS_NO_CALL = (
        "duress_no_call",
        "She has signalled duress: do not call.",
        "Ha segnalato costrizione: non chiamarla.",
    )
    DURESS_PSAP_FIRST = (
        "duress_psap_first",
        "She has signalled duress: 112 has to be told.",
        "Ha segnalato costrizione: il 112 va informato.",
    )
    VOICES_WITHHELD = (
        "voices_withheld",
        "The user hears nobody now.",
        "Ora non sente nessuno.",
        "No voice reaches her now.",
    )
    VOICES_GIVEN = (
        "voices_given",
        "The user hears the others.",
        "Sente già gli altri.",
        "She hears the others.",
    )
    NO_VOICE = (
        "no_voice",
        "Nothing here can speak this question in that language.",
        "Qui non c’è una voce che la dica.",
        "No voice here can say it.",
    )
    PAGE_OPEN = (
        "page_open",
        "112's page is open already.",
        "La pagina per il 112 è già aperta.",
        "The page for 112 is open already.",
    )
    VOUCHED_ALREADY = (
        "vouched_already",
        "The alert is known to be real already.",
        "L’allarme è già confermato come vero.",
    )
    HEARD_OR_PROVED = (
        "heard_or_proved",
        "The alert is proved, or somebody was heard: it cannot be put away.",
        "L’allarme è provato, o qualcuno si è fatto sentire: non si mette da parte.",
    )
    APP_SHOWS_NOTHING = (
        "app_shows_nothing",
        "The user's app does not show what is written to it.",
        "La sua app non mostra i messaggi.",
        "The app does not show messages.",
    )
    PHONE_WOULD_SOUND = (
        "phone_would_sound",
        "The user's phone would sound: order it first.",
        "Il suo telefono suonerebbe.",
        "Her phone would sound.",
    )
    TEXTS_OFF = (
        "texts_off",
        "The center is set to send no short messages.",
        "Il centro non manda SMS.",
        "The centre sends no texts.",
    )
    NUMBER_NOT_TEXTED = (
        "number_not_texted",
        "No short message goes to this number.",
        "A questo numero non si mandano SMS.",
        "No text goes to this number.",
    )
    TEXTS_ALLOWED = (
        "texts_allowed",
        "Short messages go to the user already.",
        "Gli SMS partono già.",
        "Texts go out already.",
    )
    DIALOGUE_FULL = (
        "dialogue_full",
        "Too much has been written in this alert: press again.",
        "Troppi messaggi in questo allarme.",
        "Too many messages in this alert.",
    )
    PSAP_ABSENT = "psap_absent", "112 is not on the line.", "Il 112 non è in linea."
    PSAP_ON_THE_LINE = "psap_on_the_line", "112 is on the line.", "Il 112 è già in linea."
    PSAP_ON_THIS_CALL = (
        "psap_on_this_call",
        "112 is on the line with this call.",
        "Il 112 è in linea su questa chiamata.",
    )
    PSAP_BEING_CALLED = (
        "psap_being_called",
        "112 is being called.",
        "Già richiesto: si prova finché risponde.",
        "Asked for already: tried until it answers.",
    )
    PSAP_NOT_BEING_CALLED = (
        "psap_not_being_called",
        "112 is not being called.",
        "Nessuna chiamata al 112 in corso.",
    )
    PSAP_CALLED = "psap_called", "112 is already asked for.", "Il 112 è già richiesto."
    PSAP_BRIEFED = (
        "psap_briefed",
        "112 was briefed: tell 112 that it is a mistake.",
        "Il 112 è informato: se è uno sbaglio, dillo al 112.",
        "112 is briefed: if it is a mistake, tell 112.",
    )
    PSAP_CAN_BE_CALLED = (
        "psap_can_be_called",
        "112 can be called from here.",
        "Il 112 si può chiamare da qui.",
    )
    PSAP_NOT_TOLD = (
        "psap_not_told",
        "112 was not told: call 112, or declare a false alarm; a supervisor may close it.",
        "Prima il 112: {call_psap}. Uno sbaglio, detto da lei: {declare_false_alarm}. Altrimenti chiude un "
        "supervisore.",
        "112 first: {call_psap}. A mistake, in the user’s own words: {declare_false_alarm}. Otherwise a "
        "supervisor closes it.",
    )
    PSAP_ON_ANOTHER_PHONE = (
        "psap_on_another_phone",
        "112 cannot be joined on this line: call it on another phone.",
        "Su questa linea il 112 non può entrare: chiamalo da un altro telefono.",
    )
    TEST_WITHOUT_PSAP = (
        "test_without_psap",
        "A test never calls the real 112, and no number for tests is set.",
        "Una prova non chiama mai il 112 vero, e manca un numero di prova.",
    )
    NOT_BRIEFED = "not_briefed", "The briefing has not been given.", "Il testo non è stato letto al 112."
    USER_ABSENT_NOT_BRIEFED = (
        "user_absent_not_briefed",
        "She is not on the line, and the briefing has not been given.",
        "Non è in linea, e il testo non è stato letto.",
    )
    BEING_PLAYED = "being_played", "It is being played.", "Lo sta già sentendo."
    LINE_WITHOUT_PLAYING = (
        "line_without_playing",
        "Nothing can be played on this line.",
        "Su questa linea non si può far sentire nulla.",
    )
    ONE_LINE_FOR_ALL = (
        "one_line_for_all",
        "All parties are on this one line.",
        "Su questa sola linea ci sono tutti.",
    )
    OWN_VOICE = (
        "own_voice",
        "Your voice does not come over a line of the centre.",
        "La tua voce non passa per una linea del centro.",
    )
    ON_AN_ALERT = (
        "on_an_alert",
        "You are on an alert: leave it or hand it over first.",
        "Hai un allarme: prima lascialo o passalo.",
    )
    OFF_SHIFT = "off_shift", "You are not on shift.", "Non sei in turno."
    NO_DRILL_PHONE = (
        "no_drill_phone",
        "No phone for drills is set: drill.phone in the settings.",
        "Non c’è un telefono per le esercitazioni: drill.phone nelle impostazioni.",
    )
    DRILL_RUNNING = "drill_running", "A drill is running.", "Un’esercitazione è in corso."
    DRILL_PHONE_IN_ALERT = (
        "drill_phone_in_alert",
        "The phone for drills has a real alert open.",
        "Il telefono delle esercitazioni ha un allarme reale aperto.",
    )
