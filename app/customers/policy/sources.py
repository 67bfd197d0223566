"""The texts the table rests on. Pure."""

from __future__ import annotations

from datetime import date
from typing import Final

from app.customers.policy.terms import Source

LOOKED_UP: Final = date(2026, 11, 22)

EPRIVACY: Final = Source(
    "Directive 2002/58/EC, Article 13(1) and (2)",
    "https://eur-lex.europa.eu/eli/dir/2002/58/oj",
    LOOKED_UP,
)
BGH_2018: Final = Source(
    "Bundesgerichtshof, 10 July 2018, VI ZR 225/17; § 7(3) UWG",
    "https://ra.de/urteil/bgh/urteil-vi-zr-22517-2018-07-10",
    LOOKED_UP,
)
TKG_174: Final = Source(
    "Austria: § 174 TKG 2021, with a broad reading of direct marketing by its courts",
    "https://www.werbe.at/dos-donts/recht-werbung/telefonwerbung-e-mail-werbung/",
    LOOKED_UP,
)
PECR_22: Final = Source(
    "UK: PECR 2003, regulation 22(2) and (3)",
    "https://www.legislation.gov.uk/uksi/2003/2426/regulation/22",
    LOOKED_UP,
)
ICO_SERVICE: Final = Source(
    "UK: ICO guidance on direct marketing and on messages that only serve a purchase",
    "https://ico.org.uk/for-organisations/direct-marketing-and-privacy-and-electronic-communications/",
    LOOKED_UP,
    confirmed=False,
)
SWISS_UWG: Final = Source(
    "Switzerland: Article 3(1)(o) UWG",
    "https://www.fedlex.admin.ch/eli/cc/1988/223_223_223/de",
    LOOKED_UP,
    confirmed=False,
)
CASL_10: Final = Source(
    "Canada: CASL, section 10(9) and (10); CRTC guidance on implied consent",
    "https://crtc.gc.ca/eng/com500/guide.htm",
    LOOKED_UP,
)
CAN_SPAM: Final = Source(
    "USA: CAN-SPAM Act, 15 U.S.C. 7701; FTC compliance guide",
    "https://www.ftc.gov/business-guidance/resources/can-spam-act-compliance-guide-business",
    LOOKED_UP,
)
SPAM_ACT_AU: Final = Source(
    "Australia: Spam Act 2003, section 16 and Schedule 2, clause 2",
    "http://classic.austlii.edu.au/au/legis/cth/consol_act/sa200366/sch2.html",
    LOOKED_UP,
)
NZ_2007: Final = Source(
    "New Zealand: Unsolicited Electronic Messages Act 2007",
    "https://www.legislation.govt.nz/act/public/2007/0007/latest/whole.html",
    LOOKED_UP,
    confirmed=False,
)
JP_26_2002: Final = Source(
    "Japan: Act No. 26 of 2002, as in force since December 2008, Article 3",
    "http://www.soumu.go.jp/main_sosiki/joho_tsusin/eng/Releases/NewsLetter/Vol19/Vol19_12/Vol19_12.html",
    LOOKED_UP,
)
TCPA: Final = Source(
    "USA: TCPA, 47 CFR 64.1200(a)(2) and (f)(9)",
    "https://www.ecfr.gov/current/title-47/section-64.1200",
    LOOKED_UP,
)
WHATSAPP: Final = Source(
    "WhatsApp Business messaging policy: opt-in, approved templates outside the 24-hour window",
    "https://business.whatsapp.com/policy",
    LOOKED_UP,
    confirmed=False,
)
OUR_CHOICE: Final = Source(
    "No text of a law: the careful reading this product starts from",
    "docs/decisions/country-policy.md",
    LOOKED_UP,
)
