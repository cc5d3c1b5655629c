"""The part of WebRTC that receives one voice: SDP, ICE-lite, DTLS-SRTP, RTP."""
