"""The mail server of the world: an SMTP receiver in memory, and the log of every mail it accepted.

The log is written before the answer is given: what is in it was accepted, whatever the app got to hear.
"""

import math
import os
import re
import select
from datetime import timedelta
from types import SimpleNamespace

RCPT = re.compile(rb"RCPT TO:<([^>]*)>", re.IGNORECASE)
MESSAGE_ID = re.compile(rb"^Message-ID: <([^>]+)>", re.MULTILINE | re.IGNORECASE)
UNSAID = "451 4.3.2 later"


class Post:
    """Accept mail. `accepted` holds (when, Message-ID, recipient, content), `unsaid` ids whose answer was lost."""

    def __init__(self, hub, fates):
        self.hub, self.fates = hub, fates
        self.accepted, self.unsaid, self.refused = [], set(), set()
        self.quiet, self._mute = os.pipe()
        self.loud, writer = os.pipe()
        os.write(writer, b"!")
        self._open = [self.quiet, self._mute, self.loud, writer]

    def close(self):
        """Let the descriptors go."""
        for each in self._open:
            os.close(each)

    def is_dead(self, address):
        """Say whether nobody is at an address."""
        return address.startswith("gone")

    def socket_module(self, real):
        """Return what stands for the module `socket` where the app connects to a mail server."""
        made = {name: getattr(real, name) for name in dir(real) if not name.startswith("__")}
        return SimpleNamespace(**(made | {"create_connection": lambda *_, **__: Line(self)}))

    def select_module(self):
        """Return what stands for the module `select` there: a poll of one silent line, in virtual time."""
        return SimpleNamespace(POLLIN=select.POLLIN, POLLOUT=select.POLLOUT, poll=lambda: Poll(self.hub))


class Poll:
    """Let the time pass for which a line would be waited for; whoever wakes may find that it is gone."""

    def __init__(self, hub):
        self.hub = hub

    def register(self, line, events):
        """Take a line: what it has to say it says at once, so that it is silent."""

    def poll(self, milliseconds):
        """Wait in vain, for whole milliseconds as the system does."""
        self.hub.sleep(timedelta(milliseconds=math.ceil(milliseconds)))
        return []


class Line:
    """One connection, as its client's socket."""

    def __init__(self, post):
        self.post, self.hub = post, post.hub
        self.process = self.hub.current.process if self.hub.current else None
        if self.process:
            self.process.lines.add(self)
        self.out, self.unread, self.data, self.recipient, self.left = b"220 ready\r\n", b"", None, None, False
        self.silent = False

    def sendall(self, data):
        """Take what the client says."""
        if self.left:
            raise BrokenPipeError
        self.unread += bytes(data)
        self._listen()
        self.hub.perhaps_give_way()

    def send(self, data):
        """Take what the client says, all of it; return how much that is."""
        self.sendall(data)
        return len(data)

    def recv(self, size):
        """Give what was answered; b"" once this end has closed."""
        self.hub.perhaps_give_way()
        if self.out:
            given, self.out = self.out[:size], self.out[size:]
            return given
        if self.left:
            return b""
        raise BlockingIOError

    def _listen(self):
        while not self.left and not self.silent:
            if self.data is not None:
                if b"\r\n.\r\n" not in self.unread:
                    return
                content, _, self.unread = self.unread.partition(b"\r\n.\r\n")
                self.data = None
                self._dot(content)
            elif b"\r\n" in self.unread:
                command, _, self.unread = self.unread.partition(b"\r\n")
                self._command(command)
            else:
                return

    def _command(self, command):
        verb = command[:4].upper().decode()
        if verb in {"EHLO", "HELO"}:
            self._say("250-post.example.com\r\n250-PIPELINING\r\n250 SIZE 1000000")
        elif verb == "QUIT":
            self._say("221 bye")
            self.left = True
        elif verb == "RSET":
            self.recipient = None
            self._say("250 ok")
        elif verb in {"MAIL", "RCPT", "DATA"}:
            self._mail(verb, command)
        else:
            self._say("500 what")

    def _mail(self, verb, command):
        trouble = self.post.fates.of_phase(verb)
        if trouble == "drop":
            self.left, self.out = True, b""
        elif trouble == "silence":
            self.silent = True
        elif trouble:
            self._refuse(trouble, (RCPT.search(command) or [b"", b""])[1].decode())
        elif verb == "MAIL":
            self.recipient = ""
            self._say("250 2.1.0 ok")
        elif verb == "RCPT":
            self._recipient(command)
        elif not self.recipient:
            self._say("503 5.5.1 not now")
        else:
            self.data = b""
            self._say("354 go on")

    def _recipient(self, command):
        address = RCPT.search(command)[1].decode()
        if self.post.is_dead(address):
            self.post.refused.add(address)
            self._say("550 5.1.1 nobody here")
        elif self.recipient is None:
            self._say("503 5.5.1 not now")
        else:
            self.recipient = address
            self._say("250 2.1.5 ok")

    def _dot(self, content):
        trouble = self.post.fates.of_phase("dot")
        message_id = MESSAGE_ID.search(content)[1].decode()
        if trouble in {"drop", "silence", "taken, then drop"}:
            self.post.unsaid.add(message_id)
            if trouble.startswith("taken") or self.post.fates.dice.random() < 0.5:
                self._accept(message_id, content)
            self.left = trouble != "silence"
            self.silent = trouble == "silence"
        elif trouble:
            self._refuse(trouble, self.recipient)
        else:
            self._accept(message_id, content)
            self._say("250 2.0.0 queued")
        self.recipient = None

    def _refuse(self, reply, address):
        if reply.startswith("5"):
            self.post.refused.add(address)
        self._say(reply)

    def _accept(self, message_id, content):
        self.post.accepted.append((self.hub.now, message_id, self.recipient, content))

    def _say(self, reply):
        self.out += reply.encode() + b"\r\n"

    def cut(self):
        """End with the client's process: what has no dot yet is dropped."""
        self.left, self.unread = True, b""
        if self.process:
            self.process.lines.discard(self)

    def close(self):
        """Close the client's end."""
        self.cut()

    def shutdown(self, _how=None):
        """Close the client's end."""
        self.cut()

    def setblocking(self, flag):
        """Take whether it waits by itself: it never does."""

    def setsockopt(self, *option):
        """Take an option."""

    def fileno(self):
        """Return a descriptor that is readable where something came out of turn, or the end."""
        return self.post.loud if self.out or self.left else self.post.quiet
