"""Rules of what the console says: where, in which words of either language, and what has to be so for it."""

from __future__ import annotations

import re
from collections.abc import Callable

from messages.ids import SECOND, Party
from tests.gateways.console.what_is_so import (
    Moment,
    Rule,
    answered_beside_112,
    answered_us,
    being_called,
    both,
    busy,
    called,
    deaf,
    declined,
    handed_over,
    has_app,
    hears_nobody,
    hung_up,
    is_silent_since_the_leave,
    knows_all,
    may_be_overheard,
    mine_alone,
    mine_in_conference,
    muted_for,
    neither,
    never_joined,
    nobody_answered,
    nobody_has_it,
    not_alone,
    not_ended_by_us,
    not_known,
    on_a_headset,
    on_a_phone,
    on_line,
    place_is_old,
    psap_alone_hears,
    psap_hung_up,
    psap_stays_listening,
    rings,
    sounds,
    they_talk,
    was_told_before,
    we_talk,
)

RULES: dict[str, tuple[str, str, Rule]] = {
    # name: (places, words in either language, what has to be so)
    "they talk": (
        "dock|tile",
        r"Giulia e il 112 si parlano|Giulia and 112 are talking|^In linea.*(parla con il|talking to) 112",
        lambda now: they_talk(now) and not answered_beside_112(now),
    ),
    "you can leave": ("dock", r"si parlano\. Puoi lasciare|are talking\. You can leave", they_talk),
    "keep talking": ("dock", r"continua a parlare|Keep talking", we_talk),
    "112 does not answer": (
        "tile.psap",
        r"^(Non risponde|No answer)",
        nobody_answered(Party.PSAP),
    ),
    "112 does not answer, in the dock": (
        "dock",
        r"112 non risponde|112 does not answer",
        nobody_answered(Party.PSAP),
    ),
    "112 is busy": ("dock|tile.psap", r"112 è occupato|112 is busy|Era occupato|It was busy", busy),
    "112 is called": (
        "dock.say",
        r"Stiamo chiamando il 112\. Resta|112 is being called\. Stay",
        being_called,
    ),
    "112 alone hears the user": (
        "dock",
        r"112 sente Giulia, che non sente|112 hears Giulia, who hears nobody",
        psap_alone_hears,
    ),
    "who forces the user may hear": (
        "dock|tile.user|banner",
        r"hi la obbliga può sentire|ho forces her may hear",
        may_be_overheard,
    ),
    "the user hears nobody": ("dock|tile.user", r"on sente nessuno|Non vi sente|ears nobody", hears_nobody),
    "112 has known": ("dock", r"Il 112 sa dell’allarme|112 has known of the alert", was_told_before),
    "nothing more to do": ("dock", r"Non serve altro|Nothing more to do", is_silent_since_the_leave),
    "they stay together": ("dock.step", r"restano uniti|stay joined", they_talk),
    "the user is called again": (
        "dock",
        r"richiamando Giulia|Giulia is being called again",
        called(Party.USER, again=True),
    ),
    "the user is called": (
        "dock",
        r"(?<!ri)chiamando Giulia: se|Giulia is being called, and",
        called(Party.USER, again=False),
    ),
    "112 is called again": (
        "dock",
        r"richiamando il 112|112 is being called again",
        called(Party.PSAP, again=True),
    ),
    "joining": ("tile.user", r"si unisce|joining", never_joined),
    "user and operator hear each other": (
        "link.user",
        r"^(Si sentono|They hear)",
        both(Party.USER, Party.OPERATOR),
    ),
    "operator and 112 hear each other": (
        "link.psap",
        r"^(Si sentono|They hear)",
        both(Party.OPERATOR, Party.PSAP),
    ),
    "user and operator do not hear each other": (
        "link.user",
        r"(?i)^(non si sentono|they do not hear|do not hear)",
        neither(Party.USER, Party.OPERATOR),
    ),
    "operator and 112 do not hear each other": (
        "link.psap",
        r"(?i)^(non si sentono|they do not hear|do not hear)",
        neither(Party.OPERATOR, Party.PSAP),
    ),
    "user and 112 do not hear each other": (
        "dock",
        r"il 112 non si sentono|112 do not hear each|senza sentirsi|not hearing each",
        neither(Party.USER, Party.PSAP),
    ),
    "user does not hear operator": (
        "link.user",
        r"Giulia (non sente|does not hear)",
        deaf(Party.USER, Party.OPERATOR),
    ),
    "operator does not hear user": (
        "link.user",
        r"operator(e|) (non sente|does not hear)",
        deaf(Party.OPERATOR, Party.USER),
    ),
    "112 does not hear operator": (
        "link.psap",
        r"112 (non sente|does not hear)",
        deaf(Party.PSAP, Party.OPERATOR),
    ),
    "operator does not hear 112": (
        "link.psap",
        r"operator(e|) (non sente|does not hear)",
        deaf(Party.OPERATOR, Party.PSAP),
    ),
    "user does not hear 112": (
        "dock",
        r"Giulia (non sente il 112|does not hear 112)",
        deaf(Party.USER, Party.PSAP),
    ),
    "112 does not hear user": (
        "dock",
        r"112 (non sente Giulia|does not hear Giulia)",
        deaf(Party.PSAP, Party.USER),
    ),
    "112 stays and listens": ("dock.step", r"resta in ascolto|stays, listening", psap_stays_listening),
    "not known who hears": (
        "dock.s|link",
        r"si sa se .*si sentono|hear each other is not known",
        not_known,
    ),
    "muted, the user is there": (
        "slot.U",
        r"^(Spento: Giulia non|Muted: Giulia cannot|You are muted: Giulia cannot)",
        muted_for(Party.USER),
    ),
    "muted, 112 is there": ("slot.U", r"^(Spento: il|Muted:) 112", muted_for(Party.PSAP)),
    "muted, both are there": (
        "slot.U",
        r"Giulia (e il|and) 112",
        muted_for(Party.USER, Party.PSAP),
    ),
    "the user is on the line, of a key": (
        "slot",
        r"^(È già in linea|She is on the line)",
        lambda now: (leg := on_line(now.case, Party.USER)) is not None and leg.unheard_at is None,
    ),
    "nobody has it": (
        "strip|rail|list",
        r"Nessuno (segue|lo segue)|Nobody has (it|the|this)|^In attesa|Waiting|. In attesa$",
        nobody_has_it,
    ),
    "the center has called": (
        "story",
        r"^(Chiamata a|Calling) Giulia|^Giulia (risponde|answers)",
        lambda now: all(leg.call is None for leg in now.case.of(Party.USER)),
    ),
    "goodbye is said": (
        "slot.F",
        r"Saluta|goodbye",
        lambda now: on_line(now.case, Party.USER) is not None,
    ),
    "on the line with the user": (
        "strip",
        r"in linea con Giulia|on the line with Giulia",
        lambda now: all(on_line(now.case, party) is not None for party in (Party.USER, Party.OPERATOR)),
    ),
    "it is handed over": (
        "handed|incoming|dock.say|foot.operator|rail",
        r"Passaggio: (cerchiamo|il telef|chiamo|Operator|attend)|Handing over|ti passa|hands .* over",
        handed_over,
    ),
    "on the phone with us": (
        "briefing",
        r"ha risposto, siamo in linea|was answered: we are on the line|l telefono con noi|She is on the p",
        sounds,
    ),
    "the user declined, of what 112 is read": ("briefing", r"a rifiutato la|declined our", declined),
    "the user does not answer": (
        "dock|tile.user",
        r"Giulia non risponde|Giulia does not answer|^(Non risponde|No answer)",
        nobody_answered(Party.USER),
    ),
    "the user hung up": ("dock|briefing", r"(?<!112 )(ha riagganciato|hung up)", hung_up),
    "112 hung up": ("dock", r"112 (ha riagganciato|hung up)", psap_hung_up),
    "blamed": ("story", r": (non risponde|no answer)$|ha riagganciato$|hung up$", not_ended_by_us),
    "something is asked of the user": (
        "dock|map",
        r"Chiedile dov’è|Ask her where|Chiedi: «Sei|Ask: “Are you",
        lambda now: not now.case.duress,
    ),
    "it is asked whether the user is safe, with nobody suspected beside": (
        "dock",
        r"F\. Ogni altra risposta|F\. Any other answer",
        lambda now: not (now.case.wrong_pins or now.case.cancelled),
    ),
    "112 knows everything": ("dock", r"sa tutto|knows everything", knows_all),
    "reached": ("clock|contact|list", r"Raggiunta|Reached", not_alone),
    "answered us": ("briefing", r"Ci ha risposto|Answered us", answered_us),
    "the app calls 112": ("incoming", r"poi l’app chiama|then the app calls", has_app),
    "answer your phone": ("dock", r"Rispondi al tuo telefono|Answer your phone", on_a_phone),
    "your headset": ("dock", r"cuffia|headset", on_a_headset),
}
SAID: dict[str, tuple[str, str, Rule]] = {
    # name: (place, words that stand there in either language wherever this is so)
    "under duress the user hears nobody": (
        "dock.say",
        r"non sente nessuno|hears nobody",
        lambda now: (
            now.case.duress
            and mine_in_conference(now)
            and on_line(now.case, Party.OPERATOR) is not None
            and psap_alone_hears(now)
        ),
    ),
    "under duress the user hears all": (
        "dock.say",
        r"Chi la obbliga può sentire|Who forces her may hear",
        lambda now: now.case.duress and mine_in_conference(now) and they_talk(now),
    ),
    "112 hung up, and how to call it again": (
        "dock.say",
        r"112 (ha riagganciato|hung up)",
        lambda now: psap_hung_up(now) and mine_alone(now),
    ),
    "what leaving ends": (
        "dock.step",
        r"^(?!L )|e la chiamata|and the call",
        lambda now: mine_in_conference(now) and rings(now.case, Party.USER),
    ),
    "an old position, in the text for 112": (
        "briefing",
        r"La posizione è di \d+\smin|The position is \d+\smin old",
        place_is_old,
    ),
    "an old position, beside what 112 knows": (
        "dock",
        r"^(?!.*(sa tutto|knows everything|Puoi lasciare|You can leave))|La posizione è di|The position is",
        place_is_old,
    ),
    "a test, in the band": (
        "strip",
        r"^$|PROVA|TEST",
        lambda now: now.case.test,
    ),
    "a test, in the list": ("rail", r"PROVA|TEST", lambda now: now.case.test),
    "112 does not hear the muted operator": (
        "slot.U",
        r"112",
        muted_for(Party.USER, Party.PSAP),
    ),
}
"""What must not be left out. The user's call is heard, the operator has the case, and 112 is there."""


def attempts_at_112(now: Moment, _now_us: int) -> str:
    return str(max((leg.attempt for leg in now.case.of(Party.PSAP)), default=0))


def span(us: int) -> str:
    seconds = max(0, us) // SECOND
    return f"{seconds // 60}:{seconds % 60:02}"


def alone_for(now: Moment, now_us: int) -> str:
    return span(0 if now.alone_at is None else now_us - now.alone_at)


NUMBERS: dict[str, tuple[str, str, Callable[[Moment, int], str]]] = {
    # name: (places, words with the number in a group, what it has to be)
    "since the alert, on the clock": (
        "clock",
        r"^(\d+:\d\d) +(?:Raggiunta|Reached|Ha squillato|Phone rang)",
        lambda now, now_us: span(now_us - now.case.received_at),
    ),
    "attempts at 112": ("dock|tile.psap", r"attempt (\d+)", attempts_at_112),
    "attempts at 112, in Italian": ("dock|tile.psap", r"(\d+)º tentativo", attempts_at_112),
    "without an operator, on the clock": ("clock", r"(\d+:\d\d) (?:No operator|Senza operatore)", alone_for),
    "without an operator, said": (
        "dock|list|incoming",
        r"(?:without an operator for|senza operatore da|no operator,|In linea senza operatore,) (\d+:\d\d)",
        alone_for,
    ),
}
HELD = {name: (re.compile(at), re.compile(words), so) for name, (at, words, so) in RULES.items()}
COUNTED = {name: (re.compile(at), re.compile(words), is_) for name, (at, words, is_) in NUMBERS.items()}
