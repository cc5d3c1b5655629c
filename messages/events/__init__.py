"""Events of the journal: facts in the past tense, immutable once written.

An alert has two streams. `inbox-ALERT` holds facts from outside, appended by their receiver; `alert-ALERT`
holds the decisions of its AlertCase and the reports of its legs. The other streams (`number-…`, `signal-…`,
`operator-…`, `line-…`, `service-…`, `text-…`, `node-…`, `shelf-…`, `duty-…`, `proof-…`, `user-…`) are named
at their events, each kind in a module of its own.
"""

from __future__ import annotations

from messages.base import FeatureEvent
from messages.events.afterwards import *
from messages.events.alarms import *
from messages.events.case import *
from messages.events.conference import *
from messages.events.data import *
from messages.events.duty import *
from messages.events.inbox import *
from messages.events.legs import *
from messages.events.operators import *
from messages.events.others import *
from messages.events.proofs import *
from messages.events.psap import *
from messages.events.signals import *
from messages.events.written import *

InboxEvent = (
    AlertReceived
    | AlertSignalAdded
    | ClaimAdded
    | AlertBeside
    | PositionUpdated
    | AddressFound
    | AlertCancelled
    | TextUnreadable
    | PinRefused
    | RingingSeen
    | CommandGiven
    | AlertReopened
    | NoteAdded
    | DialogueSaid
    | DialogueSeen
    | DialogueTextsOrdered
    | DialogueCarried
    | BriefingFilled
    | PageOpened
    | PageViewed
    | DataSent
    | DataReceived
    | DataRefused
    | RecordingDeleted
    | AlertHeld
    | AlertHoldEnded
    | AlertErased
    | OutcomeCorrected
    | CallReviewed
    | DeadlineMissed
    | AdviceChanged
    | OperatorWanted
)

CaseEvent = (
    CaseOpened
    | CaseReturned
    | InboxRead
    | CommandRefused
    | UserIdentified
    | UserUnknown
    | OperatorReserved
    | OperatorNotAnswering
    | OperatorWanted
    | AlertVouched
    | OperatorJoined
    | OperatorLeft
    | TakeRequested
    | ListenRequested
    | ListenerLeft
    | WhisperBegun
    | WhisperEnded
    | HandOverRequested
    | HandOverEnded
    | LegOriginating
    | LegRinging
    | LegAnswered
    | LegConfirmed
    | LegVoiceReady
    | LegReleasing
    | LegReleased
    | LegAdopted
    | LegMuted
    | LegUnmuted
    | VoicesWithheld
    | VoicesGiven
    | LegDigit
    | LegPressed
    | DialogueTexted
    | LegUnheard
    | LegHeardAgain
    | LegSoundLost
    | LegSoundBack
    | AnotherLineRequested
    | UserRang
    | UserReached
    | CallAloudRequested
    | DialWithheld
    | UserPresumedCallingPsap
    | MachineMarked
    | AnnouncementRequested
    | AnnouncementBegun
    | AnnouncementPlayed
    | AnnouncementFailed
    | RedialRequested
    | BridgeJoined
    | CheckHeard
    | BridgeLeft
    | RecordingStarted
    | RecordingStopped
    | PsapRequested
    | PsapLineLacking
    | PsapCalledElsewhere
    | PsapWithdrawn
    | PsapJoined
    | ContactsTexted
    | FalseAlarmDeclared
    | BriefingGiven
    | LeaveRequested
    | CloseRequested
    | ConferenceBroken
    | ConferenceSettled
    | AlertClosed
)

OtherEvent = (
    NumberRaised
    | SignalNamed
    | PageNamed
    | ShiftChanged
    | WrapUpEnded
    | LineSeized
    | LineQuarantined
    | LineReturned
    | LineTakenOut
    | LinePutBack
    | TextAsked
    | TextSending
    | TextSent
    | TextFailed
    | TextReferenced
    | TextReported
    | TextCame
    | NodeStarted
    | NodeStopped
    | NodeOrdered
    | NodeOrderEnded
    | ActorStarted
    | AlarmRaised
    | AlarmCleared
    | AlarmSeen
    | AlarmsSummed
    | AlarmShelved
    | AlarmUnshelved
    | ProofOrdered
    | ProofBegun
    | ProofStepBegun
    | ProofStepEnded
    | ProofEnded
    | CalloutOpened
    | CalloutJoined
    | CalloutTried
    | CalloutAnswered
    | CalloutTold
    | CalloutFailed
    | CalloutTaken
    | CalloutEnded
    | PersonalDataChanged
    | PersonalDataRead
)

Event = InboxEvent | CaseEvent | OtherEvent | FeatureEvent
