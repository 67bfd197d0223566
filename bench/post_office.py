"""The peer of bench/sends.py: django-post_office in a process of its own.

usage: python -m bench.post_office queue COUNT | send; PG_PORT, PG_NAME, SINK_PORT and MAIL (a JSON file) are variables.
Its settings are those of the driver it was first measured with: batches of 500, five threads, errors logged. With
DKIM_KEY it signs, as who wants that of it does: it has no signing of its own, so the mails go through dkimpy.
"""

from __future__ import annotations

import json
import os
import sys
import time
from pathlib import Path

import django
import dkim
from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.smtp import EmailBackend
from django.core.management import call_command

PLAIN = "django.template.backends.django.DjangoTemplates"
PLAINLY, SIGNING = "django.core.mail.backends.smtp.EmailBackend", "bench.post_office.SigningBackend"
OWN = "post_office.template.backends.post_office.PostOfficeTemplates"

SIGNED = (b"From", b"To", b"Subject", b"Date", b"Message-ID", b"MIME-Version", b"Content-Type")


class SigningBackend(EmailBackend):
    """Hand each mail over with a signature on top."""

    def _send(self, email_message: EmailMessage) -> bool:
        mail = email_message.message().as_bytes(linesep="\r\n")
        domain, selector = os.environ["DKIM_DOMAIN"].encode(), os.environ["DKIM_SELECTOR"].encode()
        signature = dkim.sign(mail, selector, domain, os.environ["DKIM_KEY"].encode(), include_headers=SIGNED)
        self.connection.sendmail(email_message.from_email, email_message.recipients(), signature + mail)
        return True


def configure() -> None:
    settings.configure(
        SECRET_KEY="x",
        USE_TZ=True,
        DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
        INSTALLED_APPS=["django.contrib.contenttypes", "post_office"],
        EMAIL_HOST="127.0.0.1",
        EMAIL_PORT=int(os.environ["SINK_PORT"]),
        EMAIL_BACKEND="post_office.EmailBackend",
        DATABASES={
            "default": {
                "ENGINE": "django.db.backends.postgresql",
                "HOST": "127.0.0.1",
                "PORT": os.environ["PG_PORT"],
                "USER": "postgres",
                "NAME": os.environ["PG_NAME"],
            }
        },
        CACHES={"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}},
        TEMPLATES=[
            {"BACKEND": OWN, "APP_DIRS": False, "DIRS": [], "OPTIONS": {"context_processors": []}},
            {"BACKEND": PLAIN, "OPTIONS": {}},
        ],
        POST_OFFICE={
            "BACKENDS": {"default": SIGNING if "DKIM_KEY" in os.environ else PLAINLY},
            "BATCH_SIZE": 500,
            "THREADS_PER_PROCESS": 5,
            "LOG_LEVEL": 1,
        },
    )
    django.setup()


def queue(count: int) -> dict[str, float]:
    from post_office import mail  # noqa: PLC0415 - after setup()
    from post_office.models import Email, EmailTemplate  # noqa: PLC0415

    call_command("migrate", verbosity=0)
    Email.objects.all().delete()
    EmailTemplate.objects.all().delete()
    told = json.loads(Path(os.environ["MAIL"]).read_text())
    template = EmailTemplate.objects.create(
        name="thank_you", subject=told["subject"], content=told["text"], html_content=told["html"]
    )
    mail.send_many(
        [
            {
                "recipients": [f"c{number}@customer.example"],
                "sender": "care@shop.example",
                "template": template,
                "context": told["context"],
                "render_on_delivery": True,
            }
            for number in range(count)
        ]
    )
    return {"queued": count}


def send() -> dict[str, float]:
    from post_office.models import STATUS, Email  # noqa: PLC0415

    started = time.perf_counter()
    call_command("send_queued_mail", processes=1, log_level=1, verbosity=0)
    seconds = time.perf_counter() - started
    return {"seconds": seconds, "sent": Email.objects.filter(status=STATUS.sent).count()}


if __name__ == "__main__":
    configure()
    print(json.dumps(queue(int(sys.argv[2])) if sys.argv[1] == "queue" else send()))
