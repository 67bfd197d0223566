"""A mail server whose log is the truth: `python -m tests.chaos.sink PORT LOG DROP_SHARE SEED`. Raw asyncio.

A mail is in the log, on the disk, before anybody is told that it was accepted. A share of the answers after the dot is
never given: the connection is dropped instead, and the sender cannot know.
"""

import asyncio
import json
import os
import random
import re
import sys

MESSAGE_ID = re.compile(rb"^Message-ID:\s*<([^>]+)>", re.IGNORECASE | re.MULTILINE)
END = b"\r\n.\r\n"
ANSWERS = {
    b"EHLO": b"250-sink\r\n250-8BITMIME\r\n250-PIPELINING\r\n250 SIZE 50000000\r\n",
    b"MAIL": b"250 2.1.0 Ok\r\n",
    b"RCPT": b"250 2.1.5 Ok\r\n",
    b"RSET": b"250 2.0.0 Ok\r\n",
    b"DATA": b"354 End with a dot\r\n",
    b"QUIT": b"221 2.0.0 Bye\r\n",
}
TOGETHER_S = 0.003  # one write to the disk for all that come within it


class Log:
    """Keep accepted mails; `keep` returns once they are on the disk."""

    def __init__(self, path):
        self.file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        self.lines, self.kept = [], None

    async def keep(self, line):
        self.lines.append(line)
        if self.kept is None:
            self.kept = asyncio.get_running_loop().create_task(self._write())
        await asyncio.shield(self.kept)

    async def _write(self):
        await asyncio.sleep(TOGETHER_S)
        lines, self.lines, self.kept = self.lines, [], None
        os.write(self.file, b"".join(lines))
        os.fdatasync(self.file)


class Sink:
    def __init__(self, log, drop_share, seed):
        self.log, self.drop_share, self.dice = log, drop_share, random.Random(seed)

    async def talk(self, reader, writer):
        try:
            await self._talk(reader, writer)
        except (ConnectionError, asyncio.IncompleteReadError):
            pass  # the other side was killed: that is what it is for
        finally:
            writer.close()

    async def _talk(self, reader, writer):
        writer.write(b"220 sink\r\n")
        while True:
            line = await reader.readline()
            if not line:
                return
            verb = line[:4].upper()
            writer.write(ANSWERS.get(verb, b"500 5.5.2 What?\r\n"))
            if verb == b"QUIT":
                return
            if verb == b"DATA":
                mail = await reader.readuntil(END)
                found = MESSAGE_ID.search(mail)
                dropped = self.dice.random() < self.drop_share
                fact = {"message_id": found[1].decode() if found else "", "told": not dropped}
                await self.log.keep(json.dumps(fact).encode() + b"\n")
                if dropped:
                    return
                writer.write(b"250 2.0.0 Ok: taken\r\n")


async def main(port, path, drop_share, seed):
    sink = Sink(Log(path), float(drop_share), seed)
    server = await asyncio.start_server(sink.talk, "127.0.0.1", int(port), limit=4 * 2**20)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
