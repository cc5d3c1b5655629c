"""`python -m simulator FILE [--directory DIR]`: the simulated carrier as a separate process, like a network.

When ready, the process writes DIR/carrier.json; SIGTERM, SIGINT and SIGHUP stop it in order, which removes
that file and the ports' links. Logs go to stderr. The carrier must not end with its starter, and runs in a
session of its own.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import errno
import fcntl
import logging
import os
import signal
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import msgspec

from simulator.config import Config, SimulatorConfig, control_address, load_config
from simulator.control import Control
from simulator.errors import ConfigError
from simulator.http import serve
from simulator.network.carrier import Carrier
from simulator.runner import Runner, wall_clock

READY_FILE = "carrier.json"
LOCK_FILE = "carrier.lock"

log = logging.getLogger("simulator")


def main(arguments: list[str] | None = None) -> int:
    """Run the carrier. Return 0 after an orderly stop, 1 if it could not run, 2 for an invalid file."""
    parser = argparse.ArgumentParser(prog="python -m simulator", description="A simulated GSM carrier.")
    parser.add_argument("file", type=Path, help="the world, in TOML")
    parser.add_argument("--directory", type=Path, help="where carrier.json and the ports' links go")
    options = parser.parse_args(arguments)
    logging.basicConfig(stream=sys.stderr, level=logging.INFO, format="%(asctime)s %(name)s %(message)s")
    logging.raiseExceptions = False  # a log without a reader must not end a call
    try:
        config = load_config(options.file)
    except ConfigError as error:
        log.error("%s", error)
        return 2
    try:
        if options.directory is not None:
            options.directory.mkdir(parents=True, exist_ok=True)
            return asyncio.run(_run(config, options.directory.absolute()))
        with tempfile.TemporaryDirectory(prefix="securwoman-carrier-") as directory:
            return asyncio.run(_run(config, Path(directory)))
    except OSError as error:
        log.error("%s", error)
        return 1


async def _run(config: Config, directory: Path) -> int:
    with _lock(directory) as locked:
        if not locked:
            log.error(
                "another simulated carrier runs in %s: stop the other carrier, or name another directory",
                directory,
            )
            return 1
        clock = wall_clock()
        runner = Runner(Carrier(config, clock()), directory, clock)
        server = await _serve(Control(runner), config.simulator)
        ready = directory / READY_FILE
        stop = asyncio.Event()
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            asyncio.get_running_loop().add_signal_handler(number, stop.set)
        try:
            runner.start()
            host, port = server.sockets[0].getsockname()[:2]
            control = f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
            _write_atomically(ready, _ready_report(runner, control))
            log.info("ready: %d modems, %s, %s", len(runner.stations), control, ready)
            await stop.wait()
        finally:
            ready.unlink(missing_ok=True)
            server.close()
            runner.stop()
    log.info("stopped")
    return 0


async def _serve(control: Control, config: SimulatorConfig) -> asyncio.Server:
    host, port = control_address(config.control)
    try:
        return await serve(control.handle, host, port)
    except OSError as error:
        if error.errno != errno.EADDRINUSE or not config.control_any_port:
            raise
        log.warning("the address %s is in use: the control API listens on another port", config.control)
        return await serve(control.handle, host, 0)


def _ready_report(runner: Runner, control: str) -> bytes:
    modems = [
        {
            "name": name,
            "at": str(station.at.link) if station.at is not None else None,
            "voice": str(station.voice.link) if station.voice is not None else None,
            "dialect": station.modem.config.dialect,
            "trunk": station.modem.config.trunk,
            "number": station.modem.config.number,
            "imei": station.modem.imei,
        }
        for name, station in runner.stations.items()
    ]
    return msgspec.json.encode({"pid": os.getpid(), "control": control, "modems": modems})


def _write_atomically(path: Path, data: bytes) -> None:
    new = path.with_name(f".{path.name}.{os.getpid()}")
    new.write_bytes(data)
    new.replace(path)


@contextlib.contextmanager
def _lock(directory: Path) -> Iterator[bool]:
    """Hold the lock of a running carrier; the kernel releases the lock however the process ends."""
    with (directory / LOCK_FILE).open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            yield True


if __name__ == "__main__":
    sys.exit(main())
