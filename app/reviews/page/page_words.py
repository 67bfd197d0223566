"""What the review page says, in the languages mails are written in. One star is thanked as warmly as five."""

from __future__ import annotations

from collections.abc import Mapping

from app.messages.signed import page_words

WORDS: Mapping[str, Mapping[str, str]] = {
    "en": {
        "rate_title": "How has it been?",
        "rate_lead": "Good or bad helps the next person. It takes a minute.",
        "rate_some": "Leave out what you have not tried yet.",
        "order": "Order {order}",
        "stars_legend": "Your stars",
        "star_1": "1 star",
        "star_2": "2 stars",
        "star_3": "3 stars",
        "star_4": "4 stars",
        "star_5": "5 stars",
        "review_label": "What should the next person know?",
        "optional": "optional",
        "name_label": "Name shown with your review",
        "name_help": "A first name is enough. Leave it empty to stay unnamed.",
        "send_review": "Send my review",
        "send_reviews": "Send my reviews",
        "errors_title": "One thing first",
        "error_no_stars": "Choose 1 to 5 stars.",
        "error_words_without_stars": "Choose 1 to 5 stars, so that your words can be shown.",
        "error_not_stars": "Stars must be 1 to 5.",
        "error_long_body": "A review may have {most} characters. This one has {count}.",
        "error_long_name": "A name may have {most} characters. This one has {count}.",
        "thanks_title": "Thank you",
        "thanks_lead": "Good or bad, it helps the next person.",
        "state_published": "This goes on the product page as it stands here.",
        "state_pending": "{shop} reads this first, because there is a link, an address or a number in it."
        " In two weeks at the latest it is shown, without that.",
        "state_hidden": "{shop} does not show this: {reason}.",
        "hidden_spam": "it advertises something else",
        "hidden_personal_data": "it tells who somebody is or how to reach them",
        "hidden_abuse": "it insults somebody",
        "hidden_not_about_the_product": "it is not about the product",
        "hidden_illegal": "the law does not allow it",
        "hidden_asked_by_writer": "you asked for it to be taken down",
        "thanks_contact": "Is something not right with what you bought? Reply to our mail or write to {email}.",
        "edit_review": "Change what I wrote",
        "not_arrived": "It has not arrived yet",
        "not_arrived_title": "Thank you for saying so",
        "not_arrived_lead": "We ask you nothing about it for a week. Reply to our mail and we look into where it is.",
        "none_title": "Nothing to rate yet",
        "none_lead": "This page shows what you can rate once it has arrived.",
    },
    "de": {
        "rate_title": "Wie ist Ihr Eindruck?",
        "rate_lead": "Ob gut oder schlecht: Es hilft den Nächsten. Es dauert eine Minute.",
        "rate_some": "Was Sie noch nicht ausprobiert haben, lassen Sie aus.",
        "order": "Bestellung {order}",
        "stars_legend": "Ihre Sterne",
        "star_1": "1 Stern",
        "star_2": "2 Sterne",
        "star_3": "3 Sterne",
        "star_4": "4 Sterne",
        "star_5": "5 Sterne",
        "review_label": "Was sollten andere wissen?",
        "optional": "freiwillig",
        "name_label": "Name, der bei Ihrer Bewertung steht",
        "name_help": "Ein Vorname genügt. Ohne Namen lassen Sie das Feld leer.",
        "send_review": "Bewertung senden",
        "send_reviews": "Bewertungen senden",
        "errors_title": "Eines noch",
        "error_no_stars": "Wählen Sie 1 bis 5 Sterne.",
        "error_words_without_stars": "Wählen Sie 1 bis 5 Sterne, damit Ihre Worte erscheinen können.",
        "error_not_stars": "Es sind 1 bis 5 Sterne möglich.",
        "error_long_body": "Eine Bewertung darf {most} Zeichen haben. Diese hat {count}.",
        "error_long_name": "Ein Name darf {most} Zeichen haben. Dieser hat {count}.",
        "thanks_title": "Vielen Dank",
        "thanks_lead": "Ob gut oder schlecht: Es hilft den Nächsten.",
        "state_published": "Das erscheint so auf der Produktseite.",
        "state_pending": "{shop} liest das zuerst, weil ein Link, eine Adresse oder eine Nummer darin steht."
        " Spätestens in zwei Wochen erscheint es, dann ohne diese Angabe.",
        "state_hidden": "{shop} zeigt das nicht: {reason}.",
        "hidden_spam": "es wirbt für etwas anderes",
        "hidden_personal_data": "es verrät, wer jemand ist oder wie man ihn erreicht",
        "hidden_abuse": "es beleidigt jemanden",
        "hidden_not_about_the_product": "es handelt nicht vom Produkt",
        "hidden_illegal": "das Gesetz erlaubt es nicht",
        "hidden_asked_by_writer": "Sie haben darum gebeten",
        "thanks_contact": "Stimmt etwas mit Ihrem Einkauf nicht? Antworten Sie auf unsere Mail oder schreiben Sie an "
        "{email}.",
        "edit_review": "Meine Worte ändern",
        "not_arrived": "Es ist noch nicht angekommen",
        "not_arrived_title": "Danke für den Hinweis",
        "not_arrived_lead": "Wir fragen eine Woche lang nicht. Antworten Sie auf unsere Mail, und wir suchen es.",
        "none_title": "Noch nichts zu bewerten",
        "none_lead": "Diese Seite zeigt, was Sie bewerten können, sobald es angekommen ist.",
    },
}


def words(locale: str) -> Mapping[str, str]:
    """Return the phrases of a language, those of every signed page included; English where there is no other."""
    common = page_words.words(locale)
    return {**common, **WORDS[common["language"]]}
