"""After a database was put back: nothing twice, nothing lost, and nothing before somebody has looked."""

from datetime import timedelta

from app.flows.models import FollowUpState
from app.kit import ticker
from app.kit.clock import real_now
from app.messages.models import MessageState
from tests.restoring.conftest import preferences_path


def forgotten_thanks(lives):
    """Back up, thank for order 2, forget that and hear of the order again."""
    lives.buy(1)
    lives.shop.drain()
    lives.back_up()
    lives.buy(2)
    lives.shop.drain()
    assert len(lives.sink.delivered) == 2
    lives.put_back()
    lives.buy(2)


def test_nothing_is_sent_from_a_database_that_was_put_back(lives):
    forgotten_thanks(lives)
    lives.shop.drain()
    ticker.tick(lives.wired)
    lives.shop.drain()
    assert len(lives.sink.delivered) == 2
    assert lives.follow_ups()[-1] == (FollowUpState.HELD, None, "restored")
    assert "Waiting: 1 messages. Nothing is sent." in lives.ask().output


def test_a_database_that_was_only_restarted_goes_on(lives):
    lives.back_up()
    lives.wired.engines.dispose()
    lives.buy(1)
    lives.shop.drain()
    assert len(lives.sink.delivered) == 1
    assert lives.ask().output == "Nothing waits: the database is the one we left.\n"


def test_a_shop_that_was_not_read_again_keeps_all_waiting(lives):
    forgotten_thanks(lives)
    lives.shop.drain()
    refused = lives.ask("--release", "--log-is-whole")
    assert refused.exit_code == 1
    assert "kiln-and-kettle.myshopify.com" in refused.output
    lives.shop.drain()
    assert len(lives.sink.delivered) == 2


def test_what_the_log_names_is_not_sent_again_and_its_links_work(lives, tmp_path):
    forgotten_thanks(lives)
    lives.shop.drain()
    link = preferences_path(lives.mails()[1])
    assert lives.shop.web.get(link).status_code == 404
    lives.read_again()
    assert lives.ask("--log", lives.log(tmp_path / "log")).exit_code == 0
    assert "1 messages go on" in lives.ask("--release", "--log-is-whole").output
    lives.shop.drain()
    assert len(lives.sink.delivered) == 2
    assert lives.follow_ups()[-1] == (FollowUpState.DONE, "handed_over", None)
    assert lives.messages() == [MessageState.ACCEPTED, MessageState.ACCEPTED]
    assert lives.shop.web.get(link).status_code == 200


def test_what_a_whole_log_does_not_name_is_sent(lives, tmp_path):
    forgotten_thanks(lives)
    lives.buy(3)
    lives.shop.drain()
    lives.read_again()
    lives.ask("--log", lives.log(tmp_path / "log"), "--release", "--log-is-whole")
    lives.shop.drain()
    assert [mail["Subject"] for mail in lives.mails()][2:] == [lives.mails()[0]["Subject"].replace("#1", "#3")]
    assert lives.messages() == [MessageState.ACCEPTED] * 3


def test_without_a_whole_log_what_was_due_may_have_left(lives):
    forgotten_thanks(lives)
    lives.shop.drain()
    lives.read_again()
    lives.ask("--release")
    lives.shop.drain()
    assert len(lives.sink.delivered) == 2
    assert lives.messages() == [MessageState.ACCEPTED, MessageState.UNKNOWN]


def test_what_is_due_after_the_return_is_sent_whatever_the_log(lives):
    forgotten_thanks(lives)
    lives.shop.drain()
    lives.read_again()
    lives.ask("--release")
    lives.wait(timedelta(minutes=5))
    lives.buy(4, placed_at=real_now() + timedelta(minutes=5))
    lives.shop.drain()
    assert len(lives.sink.delivered) == 3


def test_a_wrong_log_is_refused_and_names_the_line(lives, tmp_path):
    forgotten_thanks(lives)
    lives.shop.drain()
    for text, words in (("<a@b>\nnonsense\n", "Line 2"), ('{"at": "2026-01-01"}\n', "Line 1"), ("{\n", "Line 1")):
        (tmp_path / "log").write_text(text)
        refused = lives.ask("--log", str(tmp_path / "log"))
        assert refused.exit_code == 2
        assert words in refused.output
