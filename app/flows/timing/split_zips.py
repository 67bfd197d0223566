"""Which clock a postal code lives by, in provinces that keep several.

By country and province, the beginnings of postal codes (no blanks or hyphens); the longest that fits wins, and what
none fits keeps the province's own clock of province_zones. "" is for addresses without a province.

Sources. United States: for every ZIP code the place its post office stands at, laid over the zone boundaries of the
tz database (package zipcodes 3.0.0 over tzfpy 2.1.1, read 2026-11); a code that crosses a boundary goes by its post
office. Canada, Mexico, Brazil, Australia, Chile, New Zealand, Spain and Portugal: the areas the tz database names,
by the post's own areas; a few places on a border may be an hour off. Russia's and Indonesia's zones follow provinces.
"""

from __future__ import annotations

from typing import Final

SPLIT_ZIPS: Final[dict[str, dict[str, dict[str, str]]]] = {
    "AU": {
        "NSW": {"Australia/Broken_Hill": "2880", "Australia/Lord_Howe": "2898"},
        "WA": {"Australia/Eucla": "6443"},
    },
    "BR": {
        "AM": {"America/Eirunepe": "6960 6963 6964 6965 6966 6985 6986 6987 6988 6989"},  # along Peru and Acre
        "PE": {"America/Noronha": "5399"},
    },
    "CA": {
        "BC": {
            "America/Dawson_Creek": "V1G V1J V0C",
            "America/Edmonton": "V1A V1C V0A V0B",  # the East Kootenay
            "America/Creston": "V0B1G",
        },
        "NL": {"America/Goose_Bay": "A2V A0P A0R"},  # Labrador
        "NU": {"America/Cambridge_Bay": "X0B", "America/Rankin_Inlet": "X0C"},
        "ON": {"America/Winnipeg": "P8N P8T P9A P9N P0V P0W P0X"},  # west of the 90th meridian
        "QC": {"America/Halifax": "G4T"},  # the Magdalen Islands
        "SK": {"America/Edmonton": "S9V"},  # Lloydminster
    },
    "CL": {code: {"Pacific/Easter": "277"} for code in ("", "VS")},
    "ES": {"": {"Atlantic/Canary": "35 38", "Africa/Ceuta": "51 52"}},
    "MX": {
        code: zones
        for codes, zones in {
            "CHIH CHH": {"America/Ciudad_Juarez": "320 321 322 323 324 325", "America/Ojinaga": "3288"},
            "COAH COA": {"America/Matamoros": "260 262"},  # Piedras Negras, Acuña
            "NAY": {"America/Bahia_Banderas": "6373"},
            "TAMPS TAM": {"America/Matamoros": "873 874 875 880 881 882 883 885 886 887 889"},
        }.items()
        for code in codes.split()
    },
    "NZ": {"": {"Pacific/Chatham": "8942"}},
    "PT": {"": {"Atlantic/Madeira": "90 91 92 93 94", "Atlantic/Azores": "95 96 97 98 99"}},
    "US": {
        "AK": {
            "America/Adak": "99546 99547",
        },
        "AL": {
            "America/New_York": "36854 36863 36867 36868 36869 36870 36874 36877",
        },
        "AZ": {
            "America/Denver": "86016 86020 86031 86033 86035 86044 86045 86053 86054 865",
            "America/Phoenix": "86512 86555",
        },
        "FL": {
            "America/Chicago": "324 325",
            "America/New_York": "32456 32457",
        },
        "ID": {
            "America/Los_Angeles": "835 838",
            "America/Boise": "83547 83549",
        },
        "IN": {
            "America/Chicago": (
                "463 464 46531 46532 46534 46968 47514 47515 47520 47523 47525 47531 47536 "
                "47537 47550 47551 47552 47556 47574 47576 47577 47579 47586 47588 476 477 "
                "47922 47943 47948 47951 47963 47964 47977 47978"
            ),
        },
        "KS": {
            "America/Denver": "67733 67735 67741 67758 67761 67762 67836 67857 67878 67879",
        },
        "KY": {
            "America/Chicago": (
                "40111 40115 40119 40140 40143 40144 40145 40146 40152 40153 40170 40171 "
                "40176 40178 420 421 422 423 424 42602 42603 42629 42642 427"
            ),
            "America/Kentucky/Louisville": (
                "42701 42702 42716 42718 42719 42724 42732 42733 42740 42748 42758 42776 42784 42788"
            ),
        },
        "MI": {
            "America/Menominee": (
                "49801 49802 49812 49815 49821 49831 49834 49845 49847 49848 49852 49858 "
                "49863 49870 49873 49874 49876 49877 49881 49886 49887 49892 49893 49896 "
                "49902 49903 49911 49915 49920 49927 49935 49938 49947 49959 49964 49968 "
                "49969"
            ),
        },
        "ND": {
            "America/Denver": "58529 58533 58535 58562 58564 58569 586 58838",
            "America/Chicago": "58631 58638",
        },
        "NE": {
            "America/Denver": ("69021 69023 69027 69030 69033 69037 69041 69045 691 69211 69216 69218 69219 693"),
            "America/Chicago": (
                "69101 69103 69120 69123 69130 69132 69135 69138 69142 69143 69151 69157 "
                "69161 69163 69165 69166 69167 69169 69170 69171"
            ),
        },
        "NV": {
            "America/Denver": "89883",
        },
        "OR": {
            "America/Boise": "979",
            "America/Los_Angeles": "97904 97905 97907",
        },
        "SD": {
            "America/Denver": "57521 57532 57537 57543 57547 57551 57552 57553 57567 57574 57577 576 577",
            "America/Chicago": "57601 57631 57632 57646 57648",
        },
        "TN": {
            "America/New_York": "373 374 376 377 378 379",
            "America/Chicago": (
                "37301 37305 37306 37313 37318 37324 37327 37328 37330 37334 37335 37338 "
                "37339 37340 37342 37345 37347 37348 37349 37352 37355 37356 37357 37359 "
                "37360 37365 37366 37367 37374 37375 37376 37378 37380 37382 37383 37387 "
                "37388 37389 37394 37396 37397 37398 37723"
            ),
        },
        "TX": {
            "America/Denver": "79821 79835 79836 79837 79838 79839 79849 79851 79853 799 885",
        },
    },
}
