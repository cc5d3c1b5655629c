# What the center uses of gsm0338 1.1, which ships no types.
import codecs

class Codec(codecs.Codec):
    def __init__(
        self,
        locking_shift_decode_map: dict[int, str] = ...,
        single_shift_decode_map: dict[int, str] = ...,
    ) -> None: ...
    def encode(self, input: str, errors: str = "strict") -> tuple[bytes, int]: ...
    def decode(self, input: bytes, errors: str = "strict") -> tuple[str, int]: ...
