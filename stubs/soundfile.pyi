"""What is used of soundfile 0.14, which has no types of its own."""

from typing import Literal

import numpy as np
import numpy.typing as npt

class SoundFileError(Exception): ...
class SoundFileRuntimeError(SoundFileError, RuntimeError): ...
class LibsndfileError(SoundFileRuntimeError): ...

class SoundFile:
    frames: int
    channels: int
    samplerate: int
    format: str
    subtype: str
    def __init__(
        self,
        file: str | int,
        mode: Literal["r", "w"] = "r",
        samplerate: int | None = None,
        channels: int | None = None,
        subtype: str | None = None,
        endian: str | None = None,
        format: str | None = None,
        closefd: bool = True,
    ) -> None: ...
    def read(
        self, frames: int = -1, dtype: Literal["int16"] = ..., always_2d: bool = False
    ) -> npt.NDArray[np.int16]: ...
    def write(self, data: npt.NDArray[np.int16]) -> None: ...
    def flush(self) -> None: ...
    def close(self) -> None: ...
