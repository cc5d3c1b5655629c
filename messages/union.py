"""The closed union of everything that travels between processes."""

from __future__ import annotations

from messages import bridge, calls, cases, identity, legs, lines, operators, sms, supervision

Body = (
    bridge.BridgeReady
    | bridge.BridgeReport
    | bridge.SetMembers
    | calls.AnswerCall
    | calls.AttachCall
    | calls.CallReport
    | calls.DialCall
    | calls.HangUpCall
    | calls.IncomingCall
    | calls.IncomingCallGone
    | calls.LineBack
    | calls.RejectCall
    | cases.AskCase
    | cases.CaseStatus
    | cases.CrewWanted
    | cases.OpenCase
    | cases.ReturnCase
    | identity.Identified
    | identity.Identify
    | legs.LegReady
    | legs.Originate
    | legs.ReleaseLeg
    | legs.RestLeg
    | lines.AskLine
    | lines.GiveWay
    | lines.LineGranted
    | lines.LineRefused
    | lines.LineReport
    | lines.NodeLines
    | lines.PreemptCase
    | lines.RequestLine
    | operators.OperatorVoices
    | operators.OperatorsOffered
    | operators.RequestOperators
    | sms.SendText
    | sms.SmsArrived
    | sms.SmsKept
    | supervision.ActorReady
    | supervision.AdoptActor
    | supervision.Heartbeat
    | supervision.LegsWanted
    | supervision.RestartWanted
    | supervision.StartActor
    | supervision.StopActor
)
