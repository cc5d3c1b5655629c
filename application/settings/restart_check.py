"""Check whether a node that restarts by itself would start with its present settings.

The check runs before the node ends: a center that would not come back is not ended. Faults that only a start
reveals, such as another journal or another address among the nodes, require a person at the machine.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from application.errors import NodeError, SettingsError
from application.listening import listen, unfit, unguarded
from application.settings.check import metrics_address
from application.settings.effective import Counting, counting, faults_of_text
from application.settings.fields import by_hand
from application.settings.file import loaded, text_of
from application.settings.views import SettingFault
from application.state.state_dir import NodeFile, StateDir, read_json
from model.settings.web import HttpSettings


def obstacles(state: StateDir) -> list[SettingFault]:
    """Return the known reasons why the node of this state directory would not start again; empty if none."""
    node = read_json(state.node_file, NodeFile)
    if node is None:
        return [SettingFault(path="", reason="the state of the node cannot be read")]
    text = ""
    try:
        started = text_of(state.settings_started)
        text = text_of(Path(node.config))
        settings = loaded(text, Path(node.config))
        next_, now = counting(text, node, state.run), counting(started, node, state.run)
    except SettingsError as error:
        return faults_of_text(error, text)
    if not settings.modem and (node.simulation is None or not Path(node.simulation).is_file()):
        return [SettingFault(path="modem", reason="neither a [[modem]] nor a simulation is configured")]
    return [*_by_hand(next_, now), *_http(settings.http, next_, now)]


def _by_hand(next_: Counting, now: Counting) -> Iterator[SettingFault]:
    for path in next_.values:
        if by_hand(path) and next_.values[path] != now.values.get(path):
            yield SettingFault(path=path, reason="changed by hand: restart the node at the machine")


def _http(http: HttpSettings, next_: Counting, now: Counting) -> Iterator[SettingFault]:
    host, port = str(next_.values["http.host"]), next_.values["http.port"]
    assert isinstance(port, int)
    moved = [path for path in ("http.host", "http.port") if next_.values[path] != now.values[path]]
    try:
        # At an unchanged port the node itself is listening.
        with listen(host, port if "http.port" in moved else 0) as tried:
            fault = unguarded(http, tried.getsockname()[0])
    except NodeError as error:
        yield SettingFault(path=(*moved, "http.host")[0], reason=str(error))
        return
    if fault:
        yield SettingFault(path="http.host", reason=fault)
    if http.certificate and (fault := unfit(Path(http.certificate), Path(http.key))):
        yield SettingFault(path="http.certificate", reason=fault)
    if http.metrics and next_.values["http.metrics"] != now.values["http.metrics"]:
        try:
            listen(*metrics_address(http)).close()
        except NodeError as error:
            yield SettingFault(path="http.metrics", reason=str(error))
