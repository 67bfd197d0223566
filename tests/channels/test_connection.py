import base64
import datetime as dt
import ipaddress
import socket
import ssl
from threading import Thread

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from app.channels.base import Scope, TransportError
from app.channels.smtp.address import Security, parse
from app.channels.smtp.connection import Connection, Deadlines

WITH_TLS = "250-test\r\n250-STARTTLS\r\n250 AUTH PLAIN"
PLAIN = base64.b64encode(b"\0shop\0s3cret").decode()


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    """Write a key and a self-signed certificate for 127.0.0.1; return their one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "test")])
    signed = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(dt.datetime(2020, 1, 1, tzinfo=dt.UTC))
        .not_valid_after(dt.datetime(2099, 1, 1, tzinfo=dt.UTC))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("tls") / "server.pem"
    path.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        + signed.public_bytes(serialization.Encoding.PEM)
    )
    return path


@pytest.fixture
def tls(certificate):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    return context


def test_starttls_with_a_trusted_certificate_carries_password_and_message(
    serve, sender_to, message, tls, certificate, monkeypatch
):
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    server = serve(tls=tls, EHLO=WITH_TLS)
    sender = sender_to(server, Security.STARTTLS, "shop", "s3cret")
    sender.begin(message)
    sender.finish()
    assert [c.split()[0] for c in server.commands] == ["EHLO", "STARTTLS", "EHLO", "AUTH", "MAIL", "RCPT", "DATA"]
    assert f"AUTH PLAIN {PLAIN}" in server.commands
    assert len(server.delivered) == 1


def test_a_certificate_nobody_vouches_for_stops_the_channel_before_any_secret(serve, sender_to, message, tls):
    server = serve(tls=tls, EHLO=WITH_TLS)
    with pytest.raises(TransportError) as refused:
        sender_to(server, Security.STARTTLS, "shop", "s3cret").begin(message)
    assert (refused.value.permanent, refused.value.scope) == (False, Scope.CHANNEL)
    assert [c.split()[0] for c in server.commands] == ["EHLO", "STARTTLS"]


def test_a_server_that_stopped_offering_encryption_gets_nothing(serve, sender_to, message):
    server = serve()
    with pytest.raises(TransportError, match="no encryption") as refused:
        sender_to(server, Security.STARTTLS).begin(message)
    assert refused.value.scope is Scope.CHANNEL
    assert [c.split()[0] for c in server.commands] == ["EHLO"]


def test_words_slipped_in_before_tls_are_not_believed(serve, sender_to, message, tls, certificate, monkeypatch):
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    server = serve(tls=tls, EHLO=WITH_TLS, STARTTLS="220 go\r\n250 injected")
    with pytest.raises(TransportError):
        sender_to(server, Security.STARTTLS).begin(message)
    assert server.delivered == []


def test_a_wrong_password_stops_the_channel_and_nobody_is_blamed(serve, sender_to, message):
    server = serve(EHLO="250-test\r\n250 AUTH PLAIN", AUTH="535 5.7.8 wrong")
    with pytest.raises(TransportError, match="535 at auth") as refused:
        sender_to(server, username="shop", password="s3cret").begin(message)
    assert (refused.value.permanent, refused.value.scope) == (False, Scope.CHANNEL)


def test_the_password_is_in_no_error(serve, sender_to, message):
    server = serve(EHLO="250-test\r\n250 AUTH PLAIN", AUTH=f"535 5.7.8 {PLAIN}? ana@example.com? no")
    sender = sender_to(server, username="shop", password="s3cret")
    with pytest.raises(TransportError) as refused:
        sender.begin(message)
    assert "s3cret" not in str(refused.value)
    assert "s3cret" not in repr(sender.server)
    assert "ana@" not in str(refused.value)


@pytest.fixture
def pair():
    """A connection and the socket of whoever it speaks to."""
    ours, theirs = socket.socketpair()
    ours.setblocking(False)
    connection = Connection(parse("smtp://127.0.0.1:25"), "here.example", Deadlines())
    connection.sock = ours
    yield connection, theirs
    ours.close()
    theirs.close()


def test_more_than_the_socket_takes_at_once_goes_as_it_is_read(pair):
    connection, theirs = pair
    sent = bytes(range(256)) * 20_000
    got = bytearray()

    def read_all():
        while len(got) < len(sent):
            got.extend(theirs.recv(65_536))

    reader = Thread(target=read_all)
    reader.start()
    connection.allow(30)
    connection.write(sent)
    reader.join(30)
    assert bytes(got) == sent


def test_who_does_not_read_or_answer_is_waited_for_until_the_deadline_and_no_longer(pair):
    connection, _ = pair
    connection.allow(0.05)
    with pytest.raises(TimeoutError):
        connection.write(bytes(20_000_000))
    connection.allow(0.05)
    with pytest.raises(TimeoutError):
        connection.read()


def test_past_the_deadline_what_has_come_is_heard_and_nothing_is_said(pair):
    connection, theirs = pair
    theirs.sendall(b"250-one\r\n250 two\r\n")
    connection.allow(-1)
    assert connection.read().text == "one two"
    with pytest.raises(TimeoutError):
        connection.write(b"QUIT\r\n")
    theirs.setblocking(False)
    with pytest.raises(BlockingIOError):
        theirs.recv(10)
