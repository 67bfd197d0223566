"""How soon after its time a mail is handed off, over many shops: `python -m tests.chaos.prompt SECONDS SHOPS`.

Fifty thousand mails an hour, evenly over the shops and the time, through real processes on one machine. Prints JSON.
"""

import json
import sys
import time

from tests.chaos.soak import World
from tests.chaos.verdict import verdict
from tests.servers import temporary_folder

AN_HOUR = 50_000
SOON_S, LATE_S = 10, 60
WAITED = """select extract(epoch from a.handoff_at - f.due_at) from follow_up f
    join message m on m.shop_id = f.shop_id and m.follow_up_id = f.id
    join attempt a on a.shop_id = m.shop_id and a.message_id = m.id where a.handoff_at is not null"""


def main(seconds, shops):
    """Let the mails come due, and say how long each waited."""
    with temporary_folder(durable=True) as folder:
        world = World(folder, "prompt")
        try:
            world.start_servers(drop_share=0)
            mails = shops * max(1, round(AN_HOUR * seconds / 3600 / shops))  # as many at each
            lasts = mails * 3600 / AN_HOUR
            world.start_app(mails, lasts / 0.8, shops)
            time.sleep(lasts)
            world.rest()
            waited = sorted(float(each) for (each,) in world.ask(WAITED))
            found = verdict(world.url, world.sink_log)
        finally:
            world.crew.stop()
    return {
        "mails": len(waited),
        "soon": sum(each <= SOON_S for each in waited) / len(waited),
        "not_late": sum(each <= LATE_S for each in waited) / len(waited),
        "median_s": waited[len(waited) // 2],
        "longest_s": waited[-1],
        "earliest_s": waited[0],
        "faults": found.faults,
    }


if __name__ == "__main__":
    print(json.dumps(main(float(sys.argv[1]), int(sys.argv[2]))))
