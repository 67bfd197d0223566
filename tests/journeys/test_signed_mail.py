"""With a key given, what leaves is signed, and the receiver believes it."""

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from app import wiring
from app.kit import runtime
from app.kit.clock import real_now
from tests.channels.test_dkim import RSA, verified
from tests.database import make_config
from tests.journeys.bodies import order_body
from tests.journeys.test_first_mile import know


@pytest.fixture
def wired(database_url, redis_url, sink):
    pem = RSA.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    told = {"DKIM_DOMAIN": "welltimed.example.com", "DKIM_SELECTOR": "wt1", "DKIM_KEY": pem}
    told["SMTP_URL"] = f"smtp://127.0.0.1:{sink.port}"
    app = wiring.create_app(make_config(database_url, redis_url, **told))
    here = runtime.current()
    here.parts.update(flask=app, real_transport=here.parts["transport"])
    yield here
    here.engines.dispose()


def test_a_mail_that_leaves_is_signed(shop):
    shop.wired.parts["transport"] = shop.wired.parts["real_transport"]
    shop.start_flows()
    body = order_body(real_now())
    know(shop, body)
    shop.webhook("orders/paid", body)
    shop.apply()
    shop.drain()
    (sent,) = shop.sink.delivered
    mail = sent.removesuffix(b".\r\n").replace(b"\r\n..", b"\r\n.")
    assert verified(mail, shop.wired.config.dkim)
    assert not verified(mail.replace(b"Kettle", b"Teapot"), shop.wired.config.dkim)
