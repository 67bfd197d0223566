"""The app inside the dev store's admin, both served for a browser: two origins, real ID tokens, the stand-ins."""

import contextlib
import socket
import threading

from werkzeug.serving import make_server

from devstore.app import create_app
from devstore.platform.announce import install_app
from devstore.platform.install import shop_by_handle
from devstore.state.engine import unit_of_work
from tests.database import API_KEY, API_SECRET
from tests.devstore_platform.conftest import ROOT, empty, forget
from tests.serving import Quiet

SHOP = "kiln-and-kettle"


def free_port():
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


@contextlib.contextmanager
def serving_at(app, port):
    server = make_server("127.0.0.1", port, app, threaded=True, request_handler=Quiet)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)


@contextlib.contextmanager
def admin_of(app, database, patch, ports, sink):
    """Serve both; yield the address of the app's page in the admin."""
    for name, value in {
        "DEVSTORE_DATABASE_URL": database,
        "DEVSTORE_PORT": str(ports["devstore"]),
        "APP_URL": f"http://127.0.0.1:{ports['app']}",
        "SHOPIFY_API_KEY": API_KEY,
        "SHOPIFY_API_SECRET": API_SECRET,
        "DEVSTORE_SINK_LOG": str(sink),
        "DEVSTORE_SMTP_PORT": "0",
        "DEVSTORE_APP_FOLDER": str(ROOT),
    }.items():
        patch.setenv(name, value)
    forget()
    empty()
    with unit_of_work(announce=False) as session:
        install_app(session, shop_by_handle(session, SHOP))
    with serving_at(create_app(), ports["devstore"]), serving_at(app, ports["app"]):
        yield f"http://127.0.0.1:{ports['devstore']}/admin/{SHOP}/apps/welltimed"
    forget()
