"""What the page of choices says, in the languages mails are written in: each choice with what it does not stop."""

from __future__ import annotations

from collections.abc import Mapping

CHOICE_WORDS: Mapping[str, Mapping[str, str]] = {
    "en": {
        "preferences_lead": "Untick what you don't want. It holds as soon as it is saved.",
        "preferences_stopped": "Tips and questions are stopped. Tick one of them to get it again.",
        "topic_order_hint": "One mail after you order. The order confirmation reaches you either way.",
        "topic_shipping_hint": "That a parcel has left, and that it has arrived.",
        "topic_product_help_hint": "How to set up and look after what arrived.",
        "topic_review_ask_hint": "One question about what you bought, once you have had it for a while.",
        "often_legend": "Tips and questions, at most",
        "often_hint": "News of orders you place is not counted and never held back.",
        "often_everything": "As they come",
        "often_weekly": "One a week",
        "often_monthly": "One a month",
        "mute_legend": "Nothing more about",
        "mute_hint": "No tips and no questions about what is ticked here. News of an order it is part of still "
        "reaches you.",
        "pause_title": "Take a break",
        "pause_lead": "No tips and no questions for a while. News of orders you place still reaches you.",
        "pause_two_weeks": "2 weeks, until {day}",
        "pause_one_month": "1 month, until {day}",
        "pause_three_months": "3 months, until {day}",
        "paused_lead": "You take a break until {day}. No tips and no questions before then; news of orders you "
        "place still reaches you.",
        "resume_button": "End the break now",
        "stop_title": "Stop tips and questions",
        "stop_lead": "None of them comes any more, whatever you buy. News of orders you place still reaches you: "
        "that a parcel is on its way, for example.",
        "unsubscribe_all": "Stop everything but order news",
        "preferences_paused": "Your break has begun.",
        "preferences_resumed": "Your break is over.",
        "preferences_stop_saved": "Tips and questions are stopped.",
    },
    "de": {
        "preferences_lead": "Entfernen Sie das Häkchen, wo Sie nichts hören möchten. Es gilt, sobald es "
        "gespeichert ist.",
        "preferences_stopped": "Tipps und Fragen sind abbestellt. Setzen Sie ein Häkchen, um sie wieder zu erhalten.",
        "topic_order_hint": "Eine Mail nach Ihrer Bestellung. Die Bestellbestätigung erreicht Sie in jedem Fall.",
        "topic_shipping_hint": "Dass ein Paket unterwegs ist und dass es angekommen ist.",
        "topic_product_help_hint": "Wie Sie einrichten und pflegen, was angekommen ist.",
        "topic_review_ask_hint": "Eine Frage zu Ihrem Einkauf, wenn Sie ihn eine Weile haben.",
        "often_legend": "Tipps und Fragen höchstens",
        "often_hint": "Nachrichten zu Ihren Bestellungen zählen nicht mit und werden nie zurückgehalten.",
        "often_everything": "Wie sie kommen",
        "often_weekly": "Einmal in der Woche",
        "often_monthly": "Einmal im Monat",
        "mute_legend": "Nichts mehr zu",
        "mute_hint": "Keine Tipps und keine Fragen zu dem, was hier angekreuzt ist. Nachrichten zu einer "
        "Bestellung, die es enthält, erreichen Sie weiter.",
        "pause_title": "Eine Pause einlegen",
        "pause_lead": "Für eine Weile keine Tipps und keine Fragen. Nachrichten zu Ihren Bestellungen erreichen "
        "Sie weiter.",
        "pause_two_weeks": "2 Wochen, bis {day}",
        "pause_one_month": "1 Monat, bis {day}",
        "pause_three_months": "3 Monate, bis {day}",
        "paused_lead": "Sie haben Pause bis {day}. Vorher kommen keine Tipps und keine Fragen; Nachrichten zu "
        "Ihren Bestellungen erreichen Sie weiter.",
        "resume_button": "Pause jetzt beenden",
        "stop_title": "Tipps und Fragen abbestellen",
        "stop_lead": "Es kommt nichts mehr davon, was immer Sie kaufen. Nachrichten zu Ihren Bestellungen "
        "erreichen Sie weiter, etwa wenn ein Paket unterwegs ist.",
        "unsubscribe_all": "Alles außer Bestellnachrichten abbestellen",
        "preferences_paused": "Ihre Pause hat begonnen.",
        "preferences_resumed": "Ihre Pause ist zu Ende.",
        "preferences_stop_saved": "Tipps und Fragen sind abbestellt.",
    },
}
