"""What the person on duty is told of a modem that does not answer. Pure."""

from __future__ import annotations

from typing import Final

from gateways.gsm.driver.events import Stage

_TRIED: Final = {
    Stage.RESYNC: "it is asked again",
    Stage.REOPEN: "its port is opened anew",
    Stage.RESET: "it is told to start anew",
    Stage.USB_RESET: "its USB device is reset",
    Stage.QUARANTINE: "it is tried again now and then",
}


def being_tried(stage: Stage) -> str:
    """What goes on, beginning a sentence."""
    return f"the modem does not answer: {_TRIED[stage]}"


def given_up(*, may_hold_call: bool, ever_answered: bool, port: str, usb_reset: str) -> str:
    """Why its line is taken out of service, and what can be done. `usb_reset`: what came of the last one."""
    if may_hold_call:
        return "The modem does not answer; it may hold a call, and is not reset."
    reset = f" ({usb_reset})" if usb_reset else ""
    if ever_answered:
        return f"The modem does not answer, whatever was tried{reset}: switch it off and on."
    return (
        f"Nothing at {port} answers as a modem, whatever was tried{reset}: switch it off and on, and see in "
        "`securwoman modem list` whether this is the port that takes commands."
    )
