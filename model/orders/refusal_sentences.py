"""A refusal as a sentence, for those who are told it over HTTP or at the command line.

The console has its own words for each, in both languages (`words/words.js`).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from model.orders.refusals import Refusal

SENTENCES: Final[Mapping[str, str]] = {
    Refusal.NOT_CLOSED: "The alert is not closed.",
    Refusal.CLOSED: "The alert is closed.",
    Refusal.BEING_ENDED: "The alert is being ended.",
    Refusal.OUT_OF_DATE: "Something has happened since what you saw. Look, and order it again.",
    Refusal.NEWER_OPEN: "A newer alert of the same number is open.",
    Refusal.PERSON_ERASED: "The person's data were erased.",
    Refusal.ANOTHERS_ALERT: "It was another operator's alert: ask that operator, or a supervisor.",
    Refusal.CLOSED_LONG_AGO: "It was closed more than 12 hours ago: ask a supervisor.",
    Refusal.NOT_ON_THE_LINE: "You are not on the line of this alert.",
    Refusal.ALREADY_YOURS: "The alert is yours already.",
    Refusal.ANOTHER_OPERATOR: "Another operator is on the line of this alert.",
    Refusal.NO_SUCH_OPERATOR: "There is no such operator.",
    Refusal.BEING_HANDED_OVER: "The alert is being handed over.",
    Refusal.NOT_BEING_HANDED_OVER: "The alert is not being handed over.",
    Refusal.ONLY_A_SUPERVISOR: "Only a supervisor listens in.",
    Refusal.LISTENING: "You are listening: stop that first.",
    Refusal.LISTENING_ALREADY: "You are listening already.",
    Refusal.NOT_LISTENING: "You are not listening.",
    Refusal.ANOTHER_LISTENS: "Somebody else is listening.",
    Refusal.LINE_WITHOUT_LISTENING: "Nobody can listen in on this line.",
    Refusal.WHISPERING_ALREADY: "You are whispering already.",
    Refusal.NOT_WHISPERING: "You are not whispering.",
    Refusal.HEARS_NOTHING_YET: "You do not hear them yet.",
    Refusal.NO_OPERATOR: "No operator is on the line.",
    Refusal.MUTED_ALREADY: "You are muted already.",
    Refusal.NOT_MUTED: "You are not muted.",
    Refusal.LINE_WITHOUT_MUTE: "Nobody can be muted on this line.",
    Refusal.NOBODY_ON_THE_LINE: "Nobody is on the line.",
    Refusal.CALL_UP: "There is still a call up.",
    Refusal.NO_ANSWER_IN_DOUBT: "No answer is in doubt.",
    Refusal.USER_ABSENT: "She is not on the line.",
    Refusal.USER_ON_THE_LINE: "She is on the line.",
    Refusal.LINE_UNHEARD: "The modem does not answer: the line may be down. Call again on another line.",
    Refusal.USER_NOT_ANSWERED: "She has not answered.",
    Refusal.USER_NOT_HEARD: "Her line gives no sound: she cannot have said that it was a mistake.",
    Refusal.USER_BEING_CALLED: "She is being called.",
    Refusal.USER_CALLED_ALREADY: "She is called already.",
    Refusal.USER_CALLED_IN: "The user has called in.",
    Refusal.USER_CALLING: "The user is calling.",
    Refusal.USER_TO_BE_CALLED: "The user is still to be called.",
    Refusal.USER_NOT_CALLED_AGAIN: "The user would not be called again.",
    Refusal.NUMBER_UNKNOWN: "Her number is not known.",
    Refusal.NUMBER_NEVER_CALLED: "This number is never called as a user's.",
    Refusal.NOT_IDENTIFIED: "It is not yet known whom to call.",
    Refusal.NOTHING_ANSWERED: "Nobody has answered on her line.",
    Refusal.MACHINE_ANSWERED: "A machine has answered: call once more first.",
    Refusal.SILENT: "The alert is silent: order the call aloud first.",
    Refusal.NOT_SILENT: "The alert is not silent.",
    Refusal.DURESS: "She has signalled duress.",
    Refusal.DURESS_NO_CALL: "She has signalled duress: do not call.",
    Refusal.DURESS_PSAP_FIRST: "She has signalled duress: 112 has to be told.",
    Refusal.VOICES_WITHHELD: "The user hears nobody now.",
    Refusal.VOICES_GIVEN: "The user hears the others.",
    Refusal.NO_VOICE: "Nothing here can speak this question in that language.",
    Refusal.PAGE_OPEN: "112's page is open already.",
    Refusal.VOUCHED_ALREADY: "The alert is known to be real already.",
    Refusal.HEARD_OR_PROVED: "The alert is proved, or somebody was heard: it cannot be put away.",
    Refusal.APP_SHOWS_NOTHING: "The user's app does not show what is written to it.",
    Refusal.PHONE_WOULD_SOUND: "The user's phone would sound: order it first.",
    Refusal.TEXTS_OFF: "The center is set to send no short messages.",
    Refusal.NUMBER_NOT_TEXTED: "No short message goes to this number.",
    Refusal.TEXTS_ALLOWED: "Short messages go to the user already.",
    Refusal.DIALOGUE_FULL: "Too much has been written in this alert: press again.",
    Refusal.PSAP_ABSENT: "112 is not on the line.",
    Refusal.PSAP_ON_THE_LINE: "112 is on the line.",
    Refusal.PSAP_ON_THIS_CALL: "112 is on the line with this call.",
    Refusal.PSAP_BEING_CALLED: "112 is being called.",
    Refusal.PSAP_NOT_BEING_CALLED: "112 is not being called.",
    Refusal.PSAP_CALLED: "112 is already asked for.",
    Refusal.PSAP_BRIEFED: "112 was briefed: tell 112 that it is a mistake.",
    Refusal.PSAP_CAN_BE_CALLED: "112 can be called from here.",
    Refusal.PSAP_NOT_TOLD: "112 was not told: call 112, or declare a false alarm; a supervisor may close it.",
    Refusal.PSAP_ON_ANOTHER_PHONE: "112 cannot be joined on this line: call it on another phone.",
    Refusal.TEST_WITHOUT_PSAP: "A test never calls the real 112, and no number for tests is set.",
    Refusal.NOT_BRIEFED: "The briefing has not been given.",
    Refusal.USER_ABSENT_NOT_BRIEFED: "She is not on the line, and the briefing has not been given.",
    Refusal.BEING_PLAYED: "It is being played.",
    Refusal.LINE_WITHOUT_PLAYING: "Nothing can be played on this line.",
    Refusal.ONE_LINE_FOR_ALL: "All parties are on this one line.",
    Refusal.OWN_VOICE: "Your voice does not come over a line of the centre.",
    Refusal.ON_AN_ALERT: "You are on an alert: leave it or hand it over first.",
    Refusal.OFF_SHIFT: "You are not on shift.",
    Refusal.NO_DRILL_PHONE: "No phone for drills is set: drill.phone in the settings.",
    Refusal.DRILL_RUNNING: "A drill is running.",
    Refusal.DRILL_PHONE_IN_ALERT: "The phone for drills has a real alert open.",
}
_REFUSALS: Final = {sentence: refusal for refusal, sentence in SENTENCES.items()}


def sentence(reason: str) -> str:
    """What a journaled reason says in words; older journals hold the words themselves."""
    return SENTENCES.get(reason, reason)


def code(reason: str) -> str:
    """The refusal that a journaled reason is; one that is none of ours stays what it is."""
    return _REFUSALS.get(reason, reason)
