"""What the signed pages say, in the languages mails are written in. The shop speaks; we stand in the last line."""

from __future__ import annotations

from collections.abc import Mapping

from app.messages.signed.choice_words import CHOICE_WORDS

WORDS: Mapping[str, Mapping[str, str]] = {
    "en": {
        "language": "en",
        "write_to": "Questions? Write to {email}.",
        "footer": "This page is kept for {shop} by Welltimed.",
        "to_shop": "Go to {shop}",
        "unsubscribe_title": "Stop these mails?",
        "unsubscribe_lead": "We will stop asking for reviews and sending tips. News of orders you place still reaches "
        "you: that a parcel is on its way, for example.",
        "unsubscribe_button": "Stop these mails",
        "unsubscribe_or": "Or choose which mails you get",
        "unsubscribed_title": "These mails are stopped",
        "unsubscribed_lead": "We won't ask for reviews or send tips any more. News of orders you place still reaches "
        "you.",
        "unsubscribed_back": "Choose what you do want to get",
        "preferences_title": "What we may write to you about",
        "preferences_legend": "Mails about",
        "topic_order": "Thanks for an order",
        "topic_shipping": "Where a parcel is",
        "topic_product_help": "Help with what you bought",
        "topic_review_ask": "Rating what you bought",
        "preferences_button": "Save my choice",
        "preferences_saved": "Your choice is saved. It holds from now on.",
        "buy_again_gone_title": "Not for sale right now",
        "buy_again_gone_lead": "What you bought can't be put in a basket at the moment. It may come back.",
        "too_often_title": "That was a bit often",
        "too_often_lead": "This form was sent many times within a minute. What was sent before is kept; this time "
        "nothing was changed. Try again in a minute.",
        "too_often_back": "Back to the page",
    },
    "de": {
        "language": "de",
        "write_to": "Fragen? Schreiben Sie an {email}.",
        "footer": "Diese Seite führt Welltimed für {shop}.",
        "to_shop": "Zu {shop}",
        "unsubscribe_title": "Diese Mails abbestellen?",
        "unsubscribe_lead": "Wir fragen dann nicht mehr nach Bewertungen und senden keine Tipps. Nachrichten zu Ihren "
        "Bestellungen erreichen Sie weiter, etwa wenn ein Paket unterwegs ist.",
        "unsubscribe_button": "Mails abbestellen",
        "unsubscribe_or": "Oder auswählen, welche Mails Sie erhalten",
        "unsubscribed_title": "Diese Mails sind abbestellt",
        "unsubscribed_lead": "Wir fragen nicht mehr nach Bewertungen und senden keine Tipps mehr. Nachrichten zu Ihren "
        "Bestellungen erreichen Sie weiter.",
        "unsubscribed_back": "Auswählen, was Sie erhalten möchten",
        "preferences_title": "Worüber wir Ihnen schreiben dürfen",
        "preferences_legend": "Mails zu",
        "topic_order": "Dank für eine Bestellung",
        "topic_shipping": "Wo ein Paket ist",
        "topic_product_help": "Hilfe zu Ihrem Einkauf",
        "topic_review_ask": "Bewertung Ihres Einkaufs",
        "preferences_button": "Auswahl speichern",
        "preferences_saved": "Ihre Auswahl ist gespeichert und gilt ab jetzt.",
        "buy_again_gone_title": "Zurzeit nicht erhältlich",
        "buy_again_gone_lead": "Was Sie gekauft haben, lässt sich gerade nicht in den Warenkorb legen. Vielleicht "
        "kommt es wieder.",
        "too_often_title": "Das war etwas oft",
        "too_often_lead": "Dieses Formular wurde innerhalb einer Minute sehr oft abgeschickt. Was vorher kam, ist "
        "gespeichert; diesmal wurde nichts geändert. Versuchen Sie es in einer Minute noch einmal.",
        "too_often_back": "Zurück zur Seite",
    },
}


def words(locale: str) -> Mapping[str, str]:
    """Return the phrases of a language; English where there is no other."""
    known = locale if locale in WORDS else "en"
    return {**WORDS[known], **CHOICE_WORDS[known]}
