"""Mail has one way out: the guard and the hand-off stand before it, and nothing of the app goes around them."""

import ast
from pathlib import Path

ROOT = Path(__file__).parents[2]
APP = ROOT / "app"
WAY_OUT = "app/channels/smtp"
MAKES_IT = "app/wiring.py"
TAKES_IT = {
    "app/flows/sending/drain.py",  # what is due, through decision, hand-off and outbox
    "app/flows/sending/send_sample.py",  # a test mail to the merchant's own address
}
DRIVES_IT = {"app/messages/outbox.py", "app/messages/way_out.py", "app/flows/sending/send_sample.py"}
SPEAKS = {"begin", "finish", "cross"}


def sources():
    for path in APP.rglob("*.py"):
        yield str(path.relative_to(ROOT)), path.read_text()


def imported(text):
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            yield from (each.name for each in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from (node.module, *(f"{node.module}.{each.name}" for each in node.names))


def test_mail_leaves_by_the_outbox_and_the_merchants_own_test_mail_alone():
    taking, making, speaking = set(), set(), set()
    for name, text in sources():
        if '["transport"]' in text or '"transport"' in text:
            taking.add(name)
        if name.startswith(WAY_OUT):
            continue
        if any(
            module.startswith(("app.channels.smtp.phases", "app.channels.smtp.connection")) for module in imported(text)
        ):
            making.add(name)
        if any(module.split(".")[0] == "smtplib" for module in imported(text)):
            speaking.add(name)
    assert taking == TAKES_IT | {MAKES_IT}
    assert making == {MAKES_IT}
    assert speaking == set()


def test_only_the_outbox_crosses_the_line():
    crossing = set()
    for name, text in sources():
        if name.startswith(WAY_OUT) or "PhasedTransport" not in text:
            continue
        calls = {
            node.func.attr
            for node in ast.walk(ast.parse(text))
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
        }
        if calls & SPEAKS:
            crossing.add(name)
    assert crossing - {"app/channels/base.py"} <= DRIVES_IT
    assert "app/messages/outbox.py" in crossing


def test_a_second_way_out_would_be_found():
    assert "smtplib" in set(imported("import smtplib"))
    assert "app.channels.smtp.phases.SmtpSender" in set(imported("from app.channels.smtp.phases import SmtpSender"))
