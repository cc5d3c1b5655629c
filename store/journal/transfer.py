"""Journal as a file for other programs, and back: `journal verify`, `export_events` and `import`.

Two formats, distinguished by their first byte:

- `jsonl`: one object per line: seq, stream, version, type, at, node, data (and epoch if it is not 0). Times,
  `at` and every field named `…_at`, are RFC 3339 in UTC with microseconds.
- `msgpack`: a sequence of maps with the journal's columns unchanged.

Both restore the journal exactly, including events of unknown types and unknown fields. Encrypted fields are
exported in the clear, as far as their keys exist. The first event of an alert carries the alert's `keys`. The
first event of a number's or device's stream carries the number or device as `alias`. Erased keys and owners
are left out.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import BinaryIO, Final

import msgpack
import msgspec

from messages.envelope import DecodeError
from messages.event_kinds import PERSONAL, types
from messages.ids import UserId
from messages.journal import decode_event
from store import streams
from store.database.query import Row
from store.errors import StoreMisuse, TransferError
from store.journal import erasable, rows
from store.journal.journal import Journal, Transaction
from store.journal.sealing import decode_fields, decrypt_event, encrypt_fields, has_personal, is_encrypted
from store.streams import StreamKind

_PORTION: Final = 2000
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)
_NOT_FINITE: Final = {"NaN": math.nan, "Infinity": math.inf, "-Infinity": -math.inf}
_BY_CHANCE: Final = (StreamKind.NUMBER, StreamKind.DEVICE)
_FLOATS: Final = frozenset(
    {"lat", "lon", "accuracy_m", "in_db", "out_db", "level_db", "lost_percent", "figures"}
)
"""Names of the fields whose text `_NOT_FINITE` is a number: digital silence has a level of -Infinity dB."""


class Format(StrEnum):
    """Formats of an export."""

    JSONL = "jsonl"
    MSGPACK = "msgpack"


class _Keys(msgspec.Struct, omit_defaults=True):
    """Row of `alert_key`; destroyed keys are left out."""

    number: bytes | None = None
    position: bytes | None = None
    words: bytes | None = None
    person: str | None = None


class _Line(msgspec.Struct, forbid_unknown_fields=True):
    """Line of jsonl."""

    seq: int
    stream: str
    version: int
    type: str
    at: str
    node: str
    data: dict[str, object]
    epoch: int = 0
    keys: _Keys | None = None
    alias: str | None = None


class _Map(msgspec.Struct):
    """Map of msgpack."""

    seq: int
    stream: str
    version: int
    type: str
    at_us: int
    node: str
    epoch: int
    data: bytes
    keys: _Keys | None = None
    alias: str | None = None


_AccompanyingRows = tuple[_Keys | None, str | None]
"""Keys and alias that belong to the stream of a row."""
_NOTHING: Final[_AccompanyingRows] = (None, None)


def export_events(journal: Journal, out: BinaryIO, form: Format = Format.JSONL, *, since: int = 0) -> int:
    """Write every event after seq `since`; return their number. Raises JournalError, OSError."""
    count, seq = 0, since
    say = _line_of if form is Format.JSONL else _map_of
    while found := journal.rows(rows.AFTER, seq, _PORTION):
        out.write(b"".join(say(_decrypted_row(row), _accompanying_rows(journal, row)) for row in found))
        seq = int(found[-1][0])
        count += len(found)
    return count


def import_file(journal: Journal, file: Path) -> int:
    """Import an export, all or nothing; return the number of events.

    Raises TransferError, with the number of the line or map, for an invalid file, and for a journal that is
    not empty.
    """

    def work(transaction: Transaction) -> int:
        if transaction.seq:
            raise TransferError(
                f"the journal holds events up to seq {transaction.seq}; an import needs an empty one"
            )
        count = 0
        portion: list[Row] = []
        for where, row, beside in _checked(file):
            portion.append(_imported_row(transaction, row, beside))
            count += 1
            if len(portion) == _PORTION:
                _restore(transaction, portion, where)
                portion = []
        _restore(transaction, portion, f"{file}: at its end")
        return count

    return journal.transact(work)


def _restore(transaction: Transaction, portion: list[Row], where: str) -> None:
    try:
        transaction.restore(portion)
    except StoreMisuse as error:
        raise TransferError(f"{where}: {error}") from error


def _decrypted_row(row: Row) -> Row:
    *rest, data = row[:8]
    opens = is_encrypted(row[3], data) and decode_fields(data) is not None
    return (*rest, decrypt_event(row[3], data, tuple(row[8:])) if opens else data)


def _accompanying_rows(journal: Journal, row: Row) -> _AccompanyingRows:
    """Return the keys and alias that an import needs to restore the row exactly."""
    kind, owner = streams.parse(row[1])
    if row[2] != 1 or kind not in (StreamKind.INBOX, *_BY_CHANCE):
        return _NOTHING
    if kind in _BY_CHANCE:
        named = journal.row(erasable.ALIAS_ROW, row[1])
        return None, None if named is None else str(named[2])
    keys = journal.row(erasable.KEY_ROW, owner)
    return None if keys is None else _Keys(*keys[1:]), None


def _imported_row(tx: Transaction, row: Row, beside: _AccompanyingRows) -> Row:
    """Return the row for the journal, with personal data encrypted; store its keys and alias."""
    seq, stream, *_ = row
    kind, owner = streams.parse(stream)
    keys, alias = beside
    if keys is not None:
        tx.write(erasable.ADD_KEYS, owner, *msgspec.structs.astuple(keys))
    if alias is not None:
        tx.write(erasable.ADD_ALIAS, stream, kind.value, alias)
    return (seq, stream, *row[2:7], _sealed(tx, row))


def _sealed(tx: Transaction, row: Row) -> bytes:
    """Return the row's data with personal data encrypted; store an identified person with the keys."""
    _, stream, _, kind, *_, data = row
    assert isinstance(data, bytes)
    alert, said = streams.alert_of(stream), decode_fields(data)
    if said is None or kind not in PERSONAL or alert is None:
        return data
    if kind == "user.identified":
        tx.set_person(alert, UserId(str(said["user"])))
    return (
        msgspec.msgpack.encode(encrypt_fields(kind, said, tx.keys_of(alert)))
        if has_personal(kind, said)
        else data
    )


def _checked(file: Path) -> Iterator[tuple[str, Row, _AccompanyingRows]]:
    """Yield the file's rows with their locations, after checks of form and order."""
    versions: dict[str, int] = {}
    last = 0
    for where, row, beside in _rows(file):
        seq, stream, version, kind, _at_us, _node, _epoch, data = row
        if seq <= last:
            raise TransferError(f"{where}: seq {seq} does not follow {last}")
        if version != versions.get(stream, 0) + 1:
            raise TransferError(
                f"{where}: version {version} of {stream} follows {versions.get(stream, 0)}; "
                "only a whole journal can be imported"
            )
        last, versions[stream] = seq, version
        try:
            decode_event(data)
        except DecodeError as error:
            if kind in types():
                raise TransferError(f"{where}: {kind} does not decode: {error}") from error
        yield where, row, beside


def _rows(file: Path) -> Iterator[tuple[str, Row, _AccompanyingRows]]:
    try:
        with file.open("rb") as source:
            first = source.read(1)
            source.seek(0)
            yield from _from_lines(source, file) if first == b"{" else _from_maps(source, file)
    except OSError as error:
        raise TransferError(f"{file} cannot be read: {error.strerror}") from error


# ---------------------------------------------------------------------------------------- jsonl


def _line_of(row: Row, beside: _AccompanyingRows) -> bytes:
    seq, stream, version, kind, at_us, node, epoch, data = row
    said = decode_fields(data)
    if said is None:
        raise TransferError(f"event {seq} ({stream} {version}, {kind}) is damaged; export as msgpack")
    line: dict[str, object] = {
        "seq": seq,
        "stream": stream,
        "version": version,
        "type": kind,
        "at": _moment(at_us),
        "node": node,
        "data": {key: _readable(key, value) for key, value in said.items() if key != "type"},
    }
    if epoch:
        line["epoch"] = epoch
    line |= _accompanying_fields(beside)
    return msgspec.json.encode(line) + b"\n"


def _accompanying_fields(beside: _AccompanyingRows) -> dict[str, object]:
    said = dict(zip(("keys", "alias"), beside, strict=True))
    return {name: value for name, value in said.items() if value is not None}


def _from_lines(source: BinaryIO, file: Path) -> Iterator[tuple[str, Row, _AccompanyingRows]]:
    decoder = msgspec.json.Decoder(_Line)
    for number, text in enumerate(source, 1):
        where = f"{file}:{number}"
        if not text.strip():
            continue
        try:
            line = decoder.decode(text)
            data = {"type": line.type, **{key: _exact(key, value) for key, value in line.data.items()}}
            yield (
                where,
                (
                    line.seq, line.stream, line.version, line.type, _instant(line.at), line.node, line.epoch,
                    msgspec.msgpack.encode(data),
                ),
                (line.keys, line.alias),
            )  # fmt: skip
        except (msgspec.MsgspecError, UnicodeDecodeError, ValueError, OverflowError) as error:
            raise TransferError(f"{where}: {error}") from error


def _is_moment(key: str) -> bool:
    return key == "at" or key.endswith("_at")


def _readable(key: str, value: object) -> object:
    """Return the value in a form that JSON can hold and people can read."""
    match value:
        case bool():
            return value
        case int() if _is_moment(key):
            return _moment(value)
        case float() if not math.isfinite(value):
            return next(name for name, one in _NOT_FINITE.items() if repr(one) == repr(value))
        case dict():
            return {inner: _readable(str(inner), one) for inner, one in value.items()}
        case list():
            return [_readable(key, one) for one in value]
        case bytes():
            raise TransferError(f"{key} holds bytes, which JSON cannot hold; export as msgpack")
        case _:
            return value


def _exact(key: str, value: object) -> object:
    """Return the value that `_readable` has converted."""
    match value:
        case str() if _is_moment(key):
            return _instant(value)
        case str() if key in _FLOATS and value in _NOT_FINITE:
            return _NOT_FINITE[value]
        case dict():
            return {inner: _exact(key if key in _FLOATS else str(inner), one) for inner, one in value.items()}
        case list():
            return [_exact(key, one) for one in value]
        case _:
            return value


def _moment(at_us: int) -> str | int:
    """Return the time in RFC 3339; the number itself if it is outside the calendar."""
    try:
        at = _EPOCH + timedelta(microseconds=at_us)
    except OverflowError:
        return at_us
    return at.isoformat(timespec="microseconds").replace("+00:00", "Z")


def _instant(text: str) -> int:
    return (datetime.fromisoformat(text) - _EPOCH) // _MICROSECOND


# -------------------------------------------------------------------------------------- msgpack


def _map_of(row: Row, beside: _AccompanyingRows) -> bytes:
    seq, stream, version, kind, at_us, node, epoch, data = row
    keys, alias = beside
    return msgspec.msgpack.encode(
        _Map(
            seq=seq,
            stream=stream,
            version=version,
            type=kind,
            at_us=at_us,
            node=node,
            epoch=epoch,
            data=data,
            keys=keys,
            alias=alias,
        )
    )


def _from_maps(source: BinaryIO, file: Path) -> Iterator[tuple[str, Row, _AccompanyingRows]]:
    unpacker = msgpack.Unpacker(source, raw=False, strict_map_key=False)
    number = 0
    while True:
        number += 1
        where = f"{file}: map {number}"
        try:
            said = unpacker.unpack()
        except msgpack.OutOfData:
            if unpacker.tell() != source.tell():
                raise TransferError(f"{where} is cut off") from None
            return
        except (ValueError, msgpack.exceptions.UnpackException) as error:
            raise TransferError(f"{where}: {error or 'is no MessagePack'}") from error
        try:
            one = msgspec.convert(said, _Map)
        except msgspec.ValidationError as error:
            raise TransferError(f"{where}: {error}") from error
        row = (one.seq, one.stream, one.version, one.type, one.at_us, one.node, one.epoch, one.data)
        yield where, row, (one.keys, one.alias)


__all__ = ["Format", "export_events", "import_file"]
