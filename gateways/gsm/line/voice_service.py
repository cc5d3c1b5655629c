"""Whether a voice call could go where a line is registered, and which way. Pure.

Registered is not enough: in LTE a call goes by IMS (VoLTE), or the modem falls back to 2G or 3G for it (CSFB,
23.272), for which it has to be registered there as well; with neither, the network ends each call at once.
"""

from __future__ import annotations

from typing import Final

from gateways.gsm.at.parse import Registration
from messages.lines import VoiceService

_CIRCUIT: Final = range(7)
"""<AcT> of +COPS (27.007 clause 7.3) below 7, which is E-UTRAN: GSM and UMTS in all their kinds."""


def voice_service(
    circuit: Registration | None,
    packet: Registration | None,
    *,
    ims: bool | None,
    technology: int | None,
) -> VoiceService:
    """How a call would go. Not known counts as able, so that NONE needs all three to have said no.

    `circuit`: +CREG (27.007 clause 7.2). `packet`: +CEREG (clause 10.1.22). `ims`: whether the modem is in
    the IMS for voice (+CIREG, clause 8.71, or its maker's own). `technology`: <AcT> of +COPS (clause 7.3).
    """
    if ims:
        return VoiceService.IMS
    if circuit is not None and circuit.in_service:
        if technology is None:
            return VoiceService.UNKNOWN
        return VoiceService.CIRCUIT if technology in _CIRCUIT else VoiceService.CSFB
    data_alone = circuit is not None and packet is not None and packet.in_service
    return VoiceService.NONE if data_alone and ims is False else VoiceService.UNKNOWN
