"""A mail leads only where a browser can go."""

import pytest

from app.flows.sending.linking import MessageLinks
from app.messages.prepare import Known


@pytest.mark.parametrize("target", ["", "https://a..b/x", "https://a.example:99999/", "javascript:alert(1)"])
def test_no_link_is_made_to_what_no_browser_can_go_to(wired, target):
    linking = MessageLinks(wired.config, 1, Known("message"))
    assert linking.out("tracking", target) == ""
    assert linking.made == []


def test_a_link_leads_out_by_ours(wired):
    linking = MessageLinks(wired.config, 1, Known("message"))
    assert linking.out("tracking", "https://track.example.com/1").startswith(f"{wired.config.app_url}/c/")
    assert [(link.purpose, link.target) for link in linking.made] == [("tracking", "https://track.example.com/1")]
