"""Refusals of orders, with their sentences. A value is permanent: the journal holds it."""

from __future__ import annotations

from enum import StrEnum
from typing import Self


class Refusal(StrEnum):
    """Reason of a refusal: in the alert, the operator, a party's call, or the abilities of the line.

    Each has its value, its sentence for HTTP and the command line, and the console's sentence if different.
    """

    _value_: str
    sentence: str
    at_console: str
    """Sentence at the console. `{command}` stands for the key of that command; `gateways/console/words` has
    the other languages.
    """

    def __new__(cls, value: str, sentence: str, at_console: str = "") -> Self:
        made = str.__new__(cls, value)
        made._value_ = value
        made.sentence = sentence
        made.at_console = at_console or sentence
        return made

    NOT_CLOSED = "not_closed", "The alert is not closed."
    CLOSED = "closed", "The alert is closed."
    LEFT_OUT = (
        "left_out",
        "This center lacks the feature: see features_off in its settings.",
        "This centre does not have it.",
    )
    BEING_ENDED = "being_ended", "The alert is being ended."
    OUT_OF_DATE = (
        "out_of_date",
        "The alert has changed since the version that you saw: look, and repeat the order.",
        "Something has happened since: look, and press again.",
    )
    NEWER_OPEN = "newer_open", "A newer alert of the same number is open."
    PERSON_ERASED = (
        "person_erased",
        "The person's data were erased.",
        "The person’s data were erased.",
    )
    ANOTHERS_ALERT = (
        "anothers_alert",
        "The alert was another operator's: ask that operator, or a supervisor.",
        "It was another operator’s alert: ask that operator, or a supervisor.",
    )
    CLOSED_LONG_AGO = (
        "closed_long_ago",
        "The alert was closed more than 12 hours ago: ask a supervisor.",
        "It was closed more than 12 hours ago: ask a supervisor.",
    )
    NOT_ON_THE_LINE = "not_on_the_line", "You are not on the line of this alert."
    ALREADY_YOURS = "already_yours", "The alert is yours already."
    ANOTHER_OPERATOR = "another_operator", "Another operator is on the line of this alert."
    NO_SUCH_OPERATOR = "no_such_operator", "There is no such operator."
    BEING_HANDED_OVER = "being_handed_over", "The alert is being handed over."
    NOT_BEING_HANDED_OVER = "not_being_handed_over", "The alert is not being handed over."
    ONLY_A_SUPERVISOR = "only_a_supervisor", "Only a supervisor listens in."
    LISTENING = "listening", "You are listening: stop that first."
    LISTENING_ALREADY = "listening_already", "You are listening already."
    NOT_LISTENING = "not_listening", "You are not listening."
    ANOTHER_LISTENS = (
        "another_listens",
        "Another supervisor is listening.",
        "Somebody else is listening.",
    )
    LINE_WITHOUT_LISTENING = (
        "line_without_listening",
        "This line does not support listening in.",
        "Nobody can listen in on this line.",
    )
    WHISPERING_ALREADY = "whispering_already", "You are whispering already."
    NOT_WHISPERING = "not_whispering", "You are not whispering."
    HEARS_NOTHING_YET = (
        "hears_nothing_yet",
        "You do not hear the conversation yet.",
        "You do not hear them yet.",
    )
    NO_OPERATOR = "no_operator", "No operator is on the line."
    MUTED_ALREADY = "muted_already", "You are muted already."
    NOT_MUTED = "not_muted", "You are not muted."
    LINE_WITHOUT_MUTE = (
        "line_without_mute",
        "This line does not support muting.",
        "Nobody can be muted on this line.",
    )
    NOBODY_ON_THE_LINE = (
        "nobody_on_the_line",
        "No party is on the line.",
        "Nobody is on the line.",
    )
    CALL_UP = (
        "call_up",
        "A call of the alert is still up.",
        "There is still a call up.",
    )
    NO_ANSWER_IN_DOUBT = "no_answer_in_doubt", "No answer is in doubt."
    USER_ABSENT = (
        "user_absent",
        "The user is not on the line.",
        "She is not on the line.",
    )
    USER_ON_THE_LINE = (
        "user_on_the_line",
        "The user is on the line.",
        "She is on the line.",
    )
    LINE_UNHEARD = (
        "line_unheard",
        "The modem does not answer: the line may be down. Call again on another line.",
        "The line may be down: {another_line}.",
    )
    """The modem of the party's line does not answer: the call may be up, or may have ended."""
    USER_NOT_ANSWERED = (
        "user_not_answered",
        "The user has not answered.",
        "She has not answered.",
    )
    USER_NOT_HEARD = (
        "user_not_heard",
        "The user's line gives no sound: the user cannot have called the alert a mistake.",
        "Her line gives no sound: {another_line}, or 112.",
    )
    """The user's line has given no sound: the user cannot have called the alert a mistake."""
    USER_BEING_CALLED = (
        "user_being_called",
        "The user is being called.",
        "She is being called.",
    )
    USER_CALLED_ALREADY = (
        "user_called_already",
        "The call to the user has been ordered already.",
        "She is called already.",
    )
    USER_CALLED_IN = "user_called_in", "The user has called in.", "The user called us."
    USER_CALLING = "user_calling", "The user is calling."
    USER_TO_BE_CALLED = "user_to_be_called", "The user is still to be called."
    USER_NOT_CALLED_AGAIN = "user_not_called_again", "The user would not be called again."
    NUMBER_UNKNOWN = (
        "number_unknown",
        "The user's number is not known.",
        "Her number is not known.",
    )
    NUMBER_NEVER_CALLED = "number_never_called", "This number is never called as a user's."
    NOT_IDENTIFIED = (
        "not_identified",
        "The user is not identified yet.",
        "It is not yet known whom to call.",
    )
    NOTHING_ANSWERED = (
        "nothing_answered",
        "No call to the user has been answered.",
        "Nobody has answered on her line.",
    )
    MACHINE_ANSWERED = "machine_answered", "A machine has answered: call once more first."
    SILENT = (
        "silent",
        "The alert is silent: order the call aloud first.",
        "Silent alert: press {call_aloud}, then Enter, first.",
    )
    NOT_SILENT = "not_silent", "The alert is not silent."
    DURESS = (
        "duress",
        "The user has signalled duress.",
        "She has signalled duress.",
    )
    DURESS_NO_CALL = (
        "duress_no_call",
        "The user has signalled duress: do not call.",
        "She has signalled duress: do not call.",
    )
    DURESS_PSAP_FIRST = (
        "duress_psap_first",
        "The user has signalled duress: call 112 first.",
        "She has signalled duress: 112 has to be told.",
    )
    VOICES_WITHHELD = (
        "voices_withheld",
        "The user hears no other party now.",
        "No voice reaches her now.",
    )
    VOICES_GIVEN = (
        "voices_given",
        "The user hears the other parties.",
        "She hears the others.",
    )
    NO_VOICE = (
        "no_voice",
        "This center cannot speak the question in that language.",
        "No voice here can say it.",
    )
    PAGE_OPEN = (
        "page_open",
        "112's page is open already.",
        "The page for 112 is open already.",
    )
    VOUCHED_ALREADY = "vouched_already", "The alert is known to be real already."
    HEARD_OR_PROVED = (
        "heard_or_proved",
        "The alert is proved, or a voice was heard: the alert cannot be put away.",
        "The alert is proved, or somebody was heard: it cannot be put away.",
    )
    APP_SHOWS_NOTHING = (
        "app_shows_nothing",
        "The user's app does not show what is written to it.",
        "The app does not show messages.",
    )
    PHONE_WOULD_SOUND = (
        "phone_would_sound",
        "The user's phone would sound: order it first.",
        "Her phone would sound.",
    )
    TEXTS_OFF = (
        "texts_off",
        "The center is set to send no short messages.",
        "The centre sends no texts.",
    )
    NUMBER_NOT_TEXTED = (
        "number_not_texted",
        "No short message goes to this number.",
        "No text goes to this number.",
    )
    TEXTS_ALLOWED = (
        "texts_allowed",
        "Short messages go to the user already.",
        "Texts go out already.",
    )
    DIALOGUE_FULL = (
        "dialogue_full",
        "Too much has been written in this alert: press again.",
        "Too many messages in this alert.",
    )
    PSAP_ABSENT = "psap_absent", "112 is not on the line."
    PSAP_ON_THE_LINE = "psap_on_the_line", "112 is on the line."
    PSAP_ON_THIS_CALL = "psap_on_this_call", "112 is on the line with this call."
    PSAP_BEING_CALLED = (
        "psap_being_called",
        "112 is being called.",
        "Asked for already: tried until it answers.",
    )
    PSAP_NOT_BEING_CALLED = "psap_not_being_called", "112 is not being called."
    PSAP_CALLED = "psap_called", "112 is already asked for."
    PSAP_BRIEFED = (
        "psap_briefed",
        "112 was briefed: tell 112 that it is a mistake.",
        "112 is briefed: if it is a mistake, tell 112.",
    )
    PSAP_CAN_BE_CALLED = "psap_can_be_called", "112 can be called from here."
    PSAP_NOT_TOLD = (
        "psap_not_told",
        "112 was not told: call 112, or declare a false alarm; a supervisor may close it.",
        "112 first: {call_psap}. A mistake, in the user’s own words: {declare_false_alarm}. Otherwise a "
        "supervisor closes it.",
    )
    PSAP_ON_ANOTHER_PHONE = (
        "psap_on_another_phone",
        "112 cannot be joined on this line: call it on another phone.",
    )
    TEST_WITHOUT_PSAP = (
        "test_without_psap",
        "A test never calls the real 112, and no number for tests is set.",
    )
    NOT_BRIEFED = "not_briefed", "The briefing has not been given."
    USER_ABSENT_NOT_BRIEFED = (
        "user_absent_not_briefed",
        "The user is not on the line, and the briefing has not been given.",
        "She is not on the line, and the briefing has not been given.",
    )
    BEING_PLAYED = (
        "being_played",
        "The clip is being played already.",
        "It is being played.",
    )
    LINE_WITHOUT_PLAYING = "line_without_playing", "Nothing can be played on this line."
    ONE_LINE_FOR_ALL = "one_line_for_all", "All parties are on this one line."
    OWN_VOICE = "own_voice", "Your voice does not come over a line of the centre."
    ON_AN_ALERT = "on_an_alert", "You are on an alert: leave it or hand it over first."
    OFF_SHIFT = "off_shift", "You are not on shift."
    NO_DRILL_PHONE = "no_drill_phone", "No phone for drills is set: drill.phone in the settings."
    DRILL_RUNNING = "drill_running", "A drill is running."
    DRILL_PHONE_IN_ALERT = "drill_phone_in_alert", "The phone for drills has a real alert open."
