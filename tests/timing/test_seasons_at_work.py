"""Seasons at work: the page that names them, a fork, a profile and a mail that ask, and the past asked with them."""

import html

from app.flows.facts.calendars import SeasonSetting
from app.flows.facts.gather import gather
from app.flows.facts.gather_shown import gather_shown
from app.flows.language.forms import flow_document
from app.flows.replay.history import load
from app.flows.replay.question import Question, answer
from app.flows.rules.guard import decide
from app.flows.sending.compose import compose
from app.flows.timing.limits import Limits
from app.kit.clock import business_now
from app.messages.mail.compile import TemplateSource, compile_template
from app.messages.mail.fill import fill
from app.messages.mail.sample import sample_context
from app.shops.settings import load as load_setting
from app.shops.settings import save as save_setting
from tests.admin.flow_documents import document, running, runs, send
from tests.admin.merchant import DAY
from tests.admin.test_replays import past
from tests.admin_people.stories import words

WINTER = "11-15/01-06 Winter"
IN_WINTER = {"fact": "season", "op": "one_of", "value": ["winter"]}
FORK = {
    "type": "branch", "key": "season", "if": IN_WINTER,
    "then": [send("slow", delay_days=5)], "else": [send("quick", delay_days=1)],
}  # fmt: skip


def call_it(merchant, named=WINTER):
    with merchant.work() as session:
        save_setting(session, SeasonSetting(named), by="user:7")


def taken(merchant):
    return [(each["way"], each["because"][0]["found"]) for run in runs(merchant) for each in run.path]


def test_a_fork_asks_which_season_it_is_when_it_is_reached(merchant):
    call_it(merchant)
    running(merchant, FORK)
    merchant.order("Ana", placed=3, sent=2, arrived=0)
    merchant.pass_time(days=60)  # the middle of January
    merchant.order("Bo", placed=3, sent=2, arrived=0)
    assert taken(merchant) == [("then", ["Winter"]), ("else", [])]
    assert [step for _, step in merchant.plans()] == ["slow", "quick"]


def test_a_profile_is_asked_for_the_season_it_leaves_in(merchant):
    call_it(merchant, "12-01/12-31 Winter")
    running(merchant, send("care_mail", delay_days=20), profile={"not": IN_WINTER})
    merchant.order("Ana", placed=3, sent=2, arrived=0)
    merchant.pass_time(days=20)
    with merchant.work() as session:
        (one,) = gather(session, [merchant.plans()["#1401", "care_mail"].id])
        told = decide(one.facts, Limits(), max(merchant.now, one.facts.follow_up.due_at))
    assert (told.reason, told.looked_at["against"]) == ("profile", "the season is Winter")


def test_a_mail_names_the_season_it_leaves_in(merchant):
    call_it(merchant)
    running(merchant, send("care_mail"))
    merchant.order("Ana", placed=3, sent=2, arrived=0)
    with merchant.work() as session:
        (one,) = gather(session, [merchant.plans()["#1401", "care_mail"].id])
        shown = gather_shown(session, [one])
        context = compose(shown, one, (), Nothing(), "", business_now(session))
        later = compose(shown, one, (), Nothing(), "", business_now(session) + 90 * DAY)
    assert (context.season, later.season) == ("Winter", "")
    source = TemplateSource(
        "{% if season == 'Winter' %}For cold days{% else %}For you{% endif %}",
        "p",
        "<mjml><mj-body></mj-body></mjml>",
        "It is {{ season }} at {{ shop.name }}.",
    )
    mail = fill(compile_template(source), context.as_mapping())
    assert (mail.subject, mail.text.strip()) == ("For cold days", "It is Winter at Kiln & Kettle.")
    assert fill(compile_template(source), sample_context().as_mapping()).subject == "For you"


class Nothing:
    """No links."""

    def ours(self, _purpose):
        return ""

    def out(self, _name, _address):
        return ""


def test_the_past_is_asked_with_the_seasons_of_today(merchant):
    past(merchant)
    draft = flow_document(document(FORK, key="draft"))

    def asked(document):
        with merchant.work() as session:
            question = Question(merchant.now - 30 * DAY, merchant.now, document)
            frame = load.frame(session)
            ids = [each for orders in load.people(session) for each in orders]
            return answer(session, frame, question, ids).report

    without = asked(draft)
    call_it(merchant, "10-15/11-30 Autumn\n10-20/11-30 Winter")
    with_winter = asked(draft)
    assert without.messages == with_winter.messages > 5

    def first_day(told):
        return min(told.days)

    assert (first_day(with_winter) - first_day(without)).days == 4


def test_what_is_typed_is_kept_shown_again_and_said_in_settings(merchant):
    typed = {"name": ["Winter", "", "Leap"], "first": ["2026-11-15", "", "2028-02-29"]}
    typed["last"] = ["2027-01-06", "", "2028-02-29"]
    answer_ = merchant.post("/settings/seasons", **typed)
    assert "Saved. Forks and mails go by it from now on." in html.unescape(answer_.text)
    with merchant.work() as session:
        assert load_setting(session, SeasonSetting).named == f"{WINTER}\n02-29/02-29 Leap"
    shown = merchant.fetch("/settings/seasons").text
    for value in ('value="Winter"', 'value="2026-11-15"', 'value="2027-01-06"', 'value="2000-02-29"'):
        assert value in shown
    told = words(merchant.fetch("/settings").text)
    assert "Winter: 15 November to 6 January." in told
    assert "Today it is Winter." in told
    assert "Nothing was changed" in merchant.post("/settings/seasons", **typed).text


def test_what_is_wrong_is_said_and_nothing_saved(merchant):
    for name, first, said in (("", "2026-11-15", "Give the season a name."), ("Win\0ter", "x", "Give its first and")):
        answer_ = merchant.post("/settings/seasons", name=name, first=first, last="2026-12-01")
        assert answer_.status_code == 422
        assert said in html.unescape(answer_.text)
    with merchant.work() as session:
        assert load_setting(session, SeasonSetting) == SeasonSetting()
