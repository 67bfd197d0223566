"""Which clock a province lives by, for countries with more than one.

Province codes are Shopify's (its public region data) and, where those differ, ISO 3166-2's. A province that is split
goes to the clock most of its people live by, but for the postal codes split_zips.py names. `REST` names the clock of
every other province of the country, where one clock serves them all; without it an unlisted province is unknown.
"""

from __future__ import annotations

from typing import Final

REST: Final = "*"

PROVINCE_ZONES: Final[dict[str, dict[str, str]]] = {
    "AR": {"America/Argentina/Buenos_Aires": REST},  # twelve rows in tzdata, one clock since 2009
    "AU": {
        "Australia/Sydney": "NSW ACT",
        "Australia/Melbourne": "VIC",
        "Australia/Brisbane": "QLD",
        "Australia/Adelaide": "SA",
        "Australia/Darwin": "NT",
        "Australia/Perth": "WA",
        "Australia/Hobart": "TAS",
    },
    "BR": {
        "America/Sao_Paulo": "DF ES GO MG PR RJ RS SC SP",
        "America/Bahia": "BA",
        "America/Maceio": "AL SE",
        "America/Recife": "PE",
        "America/Fortaleza": "CE MA PB PI RN",
        "America/Araguaina": "TO",
        "America/Belem": "AP PA",
        "America/Campo_Grande": "MS",
        "America/Cuiaba": "MT",
        "America/Porto_Velho": "RO",
        "America/Boa_Vista": "RR",
        "America/Manaus": "AM",
        "America/Rio_Branco": "AC",
    },
    "CA": {
        "America/St_Johns": "NL NF",
        "America/Halifax": "NS PE",
        "America/Moncton": "NB",
        "America/Toronto": "ON QC",
        "America/Winnipeg": "MB",
        "America/Regina": "SK",
        "America/Edmonton": "AB NT",
        "America/Vancouver": "BC",
        "America/Whitehorse": "YT",
        "America/Iqaluit": "NU",
    },
    "CD": {  # the west by Kinshasa; the east, in old and new province codes, by Lubumbashi
        "Africa/Kinshasa": "BC BN EQ KG KL KN MN MO NU SU TU",
        "Africa/Lubumbashi": "BU HK HL HU IT KA KC KE KO KS KW LO LU MA NK OR SA SK TA TO TP",
    },
    "CL": {
        "America/Santiago": REST,  # Easter Island belongs to Valparaíso and is lost to it
        "America/Punta_Arenas": "MA",
        "America/Coyhaique": "AI",
    },
    "CN": {"Asia/Shanghai": REST},  # Xinjiang's unofficial second clock is not what its post and offices use
    "CY": {"Asia/Nicosia": REST},
    "DE": {"Europe/Berlin": REST},  # Büsingen keeps the same time
    "EC": {"America/Guayaquil": REST, "Pacific/Galapagos": "W"},
    "ES": {"Europe/Madrid": REST, "Africa/Ceuta": "CE ML", "Atlantic/Canary": "GC TF CN"},
    "FM": {"Pacific/Chuuk": "TRK YAP", "Pacific/Pohnpei": "PNI", "Pacific/Kosrae": "KSA"},
    "GL": {"America/Nuuk": REST},
    "ID": {
        "Asia/Jakarta": "AC BB BE BT JA JB JI JK JT KR LA RI SB SS SU YO",
        "Asia/Pontianak": "KB KT",
        "Asia/Makassar": "BA GO KI KS KU NB NT SA SG SN SR ST",
        "Asia/Jayapura": "MA MU PA PB PD PE PP PS PT",
    },
    "KZ": {"Asia/Almaty": REST},  # one clock since March 2024
    "MH": {"Pacific/Majuro": REST},
    "MN": {"Asia/Ulaanbaatar": REST, "Asia/Hovd": "043 046 071"},
    "MX": {
        "America/Mexico_City": "AGS AGU CAMP CAM CHIS CHP DF CDMX CMX COL DGO DUR GTO GUA GRO HGO HID JAL MEX MICH MIC"
        " MOR OAX PUE QRO QUE SLP TAB TLAX TLA VER ZAC",
        "America/Monterrey": "COAH COA NL NLE TAMPS TAM",
        "America/Merida": "YUC",
        "America/Cancun": "Q_ROO ROO",
        "America/Chihuahua": "CHIH CHH",
        "America/Hermosillo": "SON",
        "America/Mazatlan": "BCS NAY SIN",
        "America/Tijuana": "BC BCN",
    },
    "MY": {"Asia/Kuala_Lumpur": REST, "Asia/Kuching": "LBN SBH SWK 12 13 15"},
    "NZ": {"Pacific/Auckland": REST, "Pacific/Chatham": "CIT"},
    "PF": {"Pacific/Tahiti": REST, "Pacific/Marquesas": "M", "Pacific/Gambier": "G"},
    "PG": {"Pacific/Port_Moresby": REST, "Pacific/Bougainville": "NSB"},
    "PS": {"Asia/Hebron": REST, "Asia/Gaza": "DEB GZA KYS NGZ RFH"},
    "PT": {"Europe/Lisbon": REST, "Atlantic/Azores": "20", "Atlantic/Madeira": "30"},
    "RU": {
        "Europe/Kaliningrad": "KGD",
        "Europe/Moscow": "AD ARK BEL BRY CE CU DA IN IVA KB KC KDA KL KLU KO KOS KR KRS LEN LIP ME MO MOS MOW MUR NEN"
        " NGR NIZ ORL PNZ PSK ROS RYA SE SMO SPE STA TA TAM TUL TVE VLA VLG VOR YAR",
        "Europe/Kirov": "KIR",
        "Europe/Volgograd": "VGG",
        "Europe/Astrakhan": "AST",
        "Europe/Saratov": "SAR",
        "Europe/Ulyanovsk": "ULY",
        "Europe/Samara": "SAM UD",
        "Asia/Yekaterinburg": "BA CHE KGN KHM ORE PER SVE TYU YAN",
        "Asia/Omsk": "OMS",
        "Asia/Barnaul": "AL ALT",
        "Asia/Novosibirsk": "NVS",
        "Asia/Novokuznetsk": "KEM",
        "Asia/Tomsk": "TOM",
        "Asia/Krasnoyarsk": "KK KYA TY",
        "Asia/Irkutsk": "BU IRK",
        "Asia/Chita": "ZAB",
        "Asia/Yakutsk": "AMU SA",
        "Asia/Vladivostok": "KHA PRI YEV",
        "Asia/Magadan": "MAG",
        "Asia/Sakhalin": "SAK",
        "Asia/Kamchatka": "KAM",
        "Asia/Anadyr": "CHU",
    },
    "UA": {"Europe/Kyiv": REST, "Europe/Simferopol": "43 40"},
    "US": {
        "America/New_York": "CT DC DE FL GA MA MD ME NC NH NJ NY OH PA RI SC VA VT WV",
        "America/Detroit": "MI",
        "America/Indiana/Indianapolis": "IN",
        "America/Kentucky/Louisville": "KY",
        "America/Chicago": "AL AR IA IL KS LA MN MO MS ND NE OK SD TN TX WI",
        "America/Denver": "CO MT NM UT WY",
        "America/Boise": "ID",
        "America/Phoenix": "AZ",
        "America/Los_Angeles": "CA NV OR WA",
        "America/Anchorage": "AK",
        "Pacific/Honolulu": "HI",
        "America/Puerto_Rico": "PR",
        "America/St_Thomas": "VI",
        "Pacific/Guam": "GU",
        "Pacific/Saipan": "MP",
        "Pacific/Pago_Pago": "AS",
        "Pacific/Palau": "PW",
        "Pacific/Majuro": "MH",
        "Pacific/Pohnpei": "FM",
    },  # AA, AE and AP are military post: anywhere
    "UZ": {"Asia/Tashkent": REST},
}
