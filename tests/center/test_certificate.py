"""TLS of the center's own: who makes a certificate, which one is served, and what the doctor says of it."""

from __future__ import annotations

import ssl
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from application import certificates
from application.certificates import Certificate as Told
from application.certificates import make, read
from application.errors import NodeError
from application.listening import unguarded
from application.settings.file import parse
from application.settings.where import shipped
from application.state.state_dir import StateDir
from center import cli
from center.checks.web import certificate as examined
from center.node.certificate import Certificate
from center.node.launching import NodeOptions
from center.node.node import Node
from messages.events import AlarmCleared, AlarmRaised
from model.checks import Severity
from model.settings.web import HttpSettings


@pytest.fixture
def state(tmp_path: Path) -> StateDir:
    state = StateDir(tmp_path / "state")
    state.create()
    return state


@pytest.fixture
def made(state: StateDir) -> Callable[..., Told]:
    """Makes a pair in the state directory, and again."""
    return lambda *names: make(names or ("a.example",), state.keys / "authority.pem", state.path)[1]


def handshake(server: Path, authority: Path, host: str) -> None:
    """A client's with whoever serves by this file. Raises ssl.SSLError where it would not go on."""
    serving = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    serving.load_cert_chain(server / "center.pem", server / "center.key")
    asking = ssl.create_default_context(cafile=str(authority))
    asking.verify_flags |= ssl.VERIFY_X509_STRICT
    ends = [ssl.MemoryBIO() for _ in range(4)]
    server_side = serving.wrap_bio(ends[0], ends[1], server_side=True)
    client_side = asking.wrap_bio(ends[2], ends[3], server_hostname=host)
    for _ in range(3):
        for side, said, heard in ((client_side, ends[3], ends[0]), (server_side, ends[1], ends[2])):
            with suppress(ssl.SSLWantReadError):
                side.do_handshake()
            heard.write(said.read())


def test_a_certificate_is_made_for_names_and_addresses_and_renewed_by_the_same_authority(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    state, folder = StateDir(tmp_path / "state"), tmp_path / "tls"
    command = [
        "certificate",
        "make",
        "--name",
        "Centre.example.org",
        "--name",
        "192.0.2.5",
        "--to",
        str(folder),
    ]
    assert cli.run([*command, "--state", str(state)]) == 0
    said = capfd.readouterr().out.splitlines()
    first = read((folder / "center.pem").read_bytes())
    assert first.names == ("centre.example.org", "192.0.2.5")
    assert first.days_left == 396
    assert first.fingerprint in said[0]
    assert said[2] == f"SHA-256 {read((folder / 'authority.crt').read_bytes()).fingerprint}"
    settings = parse("[http]\n" + "\n".join(said[-2:])).http
    assert (settings.certificate, settings.key) == (str(folder / "center.pem"), str(folder / "center.key"))
    for host in ("centre.example.org", "192.0.2.5"):
        handshake(folder, folder / "authority.crt", host)
    with pytest.raises(ssl.SSLCertVerificationError):
        handshake(folder, folder / "authority.crt", "other.example.org")
    private = [folder / "center.key", state.keys / "authority.pem"]
    assert [file.stat().st_mode & 0o777 for file in private] == [0o600, 0o600]
    trusted = (folder / "authority.crt").read_bytes()
    assert cli.run([*command, "--state", str(state)]) == 0
    assert (folder / "authority.crt").read_bytes() == trusted
    assert read((folder / "center.pem").read_bytes()).fingerprint != first.fingerprint


@pytest.mark.parametrize("name", ["", "a b", "*.example.org", "http://a", "-a", "a/b", "a" * 64])
def test_a_name_that_is_none_is_refused(tmp_path: Path, name: str) -> None:
    assert cli.run(["certificate", "make", "--name", name, "--state", str(tmp_path / "state")]) == 2
    assert not (tmp_path / "state" / "certificate").exists()


def test_half_of_a_new_pair_is_not_served_and_the_whole_of_it_is(
    state: StateDir, made: Callable[..., Told]
) -> None:
    first = made()
    pair = Certificate(state.path / "center.pem", state.path / "center.key", state.served)
    assert (pair.fault, pair.look()) == ("", [])
    old_key = (state.path / "center.key").read_bytes()
    second = made()
    new_key = (state.path / "center.key").read_bytes()
    (state.path / "center.key").write_bytes(old_key)
    assert pair.look() == [], "it may still be being written"
    assert [type(one) for one in pair.look()] == [AlarmRaised]
    assert "does not match" in pair.fault
    assert read(state.served.read_bytes()).fingerprint == first.fingerprint
    assert pair.look() == []
    (state.path / "center.key").unlink()
    pair.look()
    (raised,) = pair.look()
    assert isinstance(raised, AlarmRaised)
    assert "No such file" in raised.text
    (state.path / "center.key").write_bytes(new_key)
    assert pair.look() == []
    assert [type(one) for one in pair.look()] == [AlarmCleared]
    assert read(state.served.read_bytes()).fingerprint == second.fingerprint
    assert state.served.stat().st_mode & 0o777 == 0o600


def test_a_start_amid_a_renewal_serves_what_was_good_and_one_without_is_refused(
    state: StateDir, made: Callable[..., Told]
) -> None:
    files = (state.path / "center.pem", state.path / "center.key", state.served)
    made()
    content = files[1].read_bytes()
    key = serialization.load_pem_private_key(content, None)
    kind, form = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
    files[1].write_bytes(key.private_bytes(kind, form, serialization.BestAvailableEncryption(b"secret")))
    with pytest.raises(NodeError, match="no certificate and unencrypted key in PEM"):
        Certificate(*files)
    files[1].write_bytes(content)
    assert Certificate(*files).fault == ""
    files[0].write_bytes(files[0].read_bytes()[:100])
    again = Certificate(*files)
    assert [type(one) for one in again.look()] == [AlarmRaised]


@pytest.mark.parametrize(
    ("http", "address", "refused"),
    [
        (HttpSettings(), "127.0.0.1", False),
        (HttpSettings(), "::1", False),
        (HttpSettings(), "10.0.0.1", True),
        (HttpSettings(), "0.0.0.0", True),
        (HttpSettings(), "::", True),
        (HttpSettings(), "fe80::1%eth0", True),
        (HttpSettings(behind_proxy=True), "10.0.0.1", False),
        (HttpSettings(certificate="a", key="b"), "0.0.0.0", False),
    ],
)
def test_beyond_this_machine_nothing_is_served_without_tls(
    http: HttpSettings, address: str, refused: bool
) -> None:
    assert ("certificate make" in unguarded(http, address)) is refused


def test_a_node_that_would_serve_others_without_tls_does_not_start(state: StateDir) -> None:
    options = NodeOptions(
        state=state.path,
        config=shipped("center.toml"),
        simulate=shipped("simulation.toml"),
        host="0.0.0.0",
        port=0,
    )
    with pytest.raises(NodeError, match=r"0\.0\.0\.0 is reached from outside this machine"):
        Node(options).run()


@pytest.mark.parametrize(
    ("days", "verdict", "words"),
    [
        (397, Severity.OK, "396 days are left"),
        (22, Severity.OK, "21 days are left"),
        (21, Severity.WARN, "20 days are left"),
        (14, Severity.WARN, "13 days are left; renew the certificate now: people on duty are called"),
        (-1, Severity.FAIL, "expired"),
    ],
)
def test_the_doctor_says_how_long_a_certificate_lasts(
    state: StateDir, made: Callable[..., Told], monkeypatch: pytest.MonkeyPatch,
    days: int, verdict: Severity, words: str,
) -> None:  # fmt: skip
    monkeypatch.setattr(certificates, "VALID_DAYS", days)
    monkeypatch.setattr(certificates, "_CLOCKS", timedelta(days=10))
    made("a.example")
    (found,) = said(state, 'public_url = "https://a.example"')
    assert found[0] is verdict
    assert words in found[1]
    assert "http.public_url is empty" in said(state)[-1][1]


def said(state: StateDir, more: str = "") -> list[tuple[Severity, str]]:
    text = f'[http]\ncertificate = "{state.path}/center.pem"\nkey = "{state.path}/center.key"\n{more}'
    return [(one.verdict, one.text) for one in examined(state, parse(text), None)]


def test_the_doctor_finds_a_pair_that_does_not_fit_and_names_that_it_is_not_for(
    state: StateDir, made: Callable[..., Told]
) -> None:
    made("a.example", "192.0.2.5")
    good = said(state, 'public_url = "https://A.example:8443"\n[cluster]\nweb = "https://192.0.2.5"')
    assert [verdict for verdict, _ in good] == [Severity.OK]
    assert said(state, 'public_url = "https://b.example"')[-1] == (
        Severity.FAIL,
        "http.public_url: the certificate is not for b.example",
    )
    key = (state.path / "center.key").read_bytes()
    made()
    (state.path / "center.key").write_bytes(key)
    (state.path / "center.key").chmod(0o644)
    assert said(state) == [
        (Severity.FAIL, f"http.key: {state.path}/center.key is readable by other accounts: chmod 600"),
        (Severity.FAIL, "the certificate does not match the key"),
    ]
    (state.path / "center.pem").unlink()
    assert "No such file" in said(state)[-1][1]


def rsa_authority(file: Path) -> None:
    key = rsa.generate_private_key(65537, 2048)
    file.write_bytes(file.read_bytes().partition(b"-----BEGIN PRIVATE")[0] + private(key))


def with_a_password(file: Path) -> None:
    kind = serialization.BestAvailableEncryption(b"secret")
    file.write_bytes(file.read_bytes().partition(b"-----BEGIN PRIVATE")[0] + private(key_of(file), kind))


def key_of(file: Path) -> Any:
    return serialization.load_pem_private_key(file.read_bytes(), None)


def private(key: Any, kind: Any = None) -> bytes:
    form = serialization.PrivateFormat.PKCS8
    return bytes(key.private_bytes(serialization.Encoding.PEM, form, kind or serialization.NoEncryption()))


@pytest.mark.parametrize(("spoil", "why"), [(rsa_authority, "elliptic curve"), (with_a_password, "password")])
def test_an_authority_that_cannot_sign_is_an_error_of_its_file(
    state: StateDir, made: Callable[..., Told], spoil: Callable[[Path], None], why: str
) -> None:
    made("a.example")
    spoil(state.keys / "authority.pem")
    with pytest.raises(ValueError, match=why):
        made("a.example")


def test_a_machine_with_a_folder_of_authorities_knows_them(
    state: StateDir, made: Callable[..., Told], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made("a.example")
    folder = tmp_path / "certs"
    folder.mkdir()
    (folder / "4a6481c9.0").write_bytes((state.path / "authority.crt").read_bytes())
    paths = ssl.DefaultVerifyPaths(None, str(folder), "", str(folder / "none"), "", str(folder))
    monkeypatch.setattr(ssl, "get_default_verify_paths", lambda: paths)
    assert certificates.is_known_here((state.path / "center.pem").read_bytes(), "a.example")
    assert not certificates.is_known_here((state.path / "center.pem").read_bytes(), "b.example")
