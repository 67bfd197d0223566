"""Whose clock a message goes by."""

import zoneinfo
from zoneinfo import available_timezones

import pytest

from app.flows.timing.province_zones import PROVINCE_ZONES
from app.flows.timing.recipient_zone import RecipientZone, ZoneSource, recipient_zone

SHOP = "Europe/London"


@pytest.mark.parametrize(
    ("country", "province", "zone"),
    [
        ("US", "CA", "America/Los_Angeles"),
        ("US", "NY", "America/New_York"),
        ("US", "US-HI", "Pacific/Honolulu"),  # ISO's spelling
        ("us", "az", "America/Phoenix"),
        ("US", "PR", "America/Puerto_Rico"),
        ("CA", "ON", "America/Toronto"),
        ("CA", "BC", "America/Vancouver"),
        ("CA", "NL", "America/St_Johns"),
        ("AU", "QLD", "Australia/Brisbane"),
        ("AU", "SA", "Australia/Adelaide"),
        ("AU", "WA", "Australia/Perth"),
        ("BR", "AM", "America/Manaus"),
        ("BR", "SP", "America/Sao_Paulo"),
        ("BR", "AC", "America/Rio_Branco"),
        ("MX", "Q ROO", "America/Cancun"),  # Shopify's spelling
        ("MX", "ROO", "America/Cancun"),
        ("MX", "BC", "America/Tijuana"),
        ("MX", "DF", "America/Mexico_City"),
        ("RU", "KGD", "Europe/Kaliningrad"),
        ("RU", "PRI", "Asia/Vladivostok"),
        ("ID", "BA", "Asia/Makassar"),
        ("ID", "PA", "Asia/Jayapura"),
        ("ES", "TF", "Atlantic/Canary"),
        ("PT", "PT-20", "Atlantic/Azores"),
        ("NZ", "CIT", "Pacific/Chatham"),
    ],
)
def test_a_province_decides_where_a_country_has_several_clocks(country, province, zone):
    assert recipient_zone(country, province, SHOP) == RecipientZone(zone, ZoneSource.PROVINCE)


@pytest.mark.parametrize(
    ("country", "province", "zone"),
    [
        ("JP", "JP-13", "Asia/Tokyo"),
        ("JP", None, "Asia/Tokyo"),
        ("GB", "ENG", "Europe/London"),
        ("FR", None, "Europe/Paris"),
        ("IN", "MH", "Asia/Kolkata"),
        ("DE", None, "Europe/Berlin"),
        ("ES", "B", "Europe/Madrid"),
        ("PT", "PT-11", "Europe/Lisbon"),
        ("NZ", "AUK", "Pacific/Auckland"),
        ("AR", "C", "America/Argentina/Buenos_Aires"),
        ("CN", "XJ", "Asia/Shanghai"),
    ],
)
def test_a_country_decides_where_it_has_one_clock(country, province, zone):
    assert recipient_zone(country, province, SHOP) == RecipientZone(zone, ZoneSource.COUNTRY)


@pytest.mark.parametrize(
    ("country", "province"),
    [(None, None), ("", ""), ("US", None), ("US", "AE"), ("RU", "??"), ("XX", "CA"), ("ZZ", None)],
)
def test_the_shop_decides_where_the_address_does_not(country, province):
    assert recipient_zone(country, province, SHOP) == RecipientZone(SHOP, ZoneSource.SHOP)


def test_a_shop_zone_nobody_knows_still_gives_a_clock():
    assert recipient_zone(None, None, "Mars/Olympus") == RecipientZone("Etc/UTC", ZoneSource.NONE)


def test_every_zone_named_exists_and_every_province_has_one_clock():
    for country, zones in PROVINCE_ZONES.items():
        assert set(zones) <= available_timezones(), country
        codes = [code for named in zones.values() for code in named.split()]
        assert len(codes) == len(set(codes)), country


SHOPIFY_PROVINCES = {  # as Shopify's region data lists them
    "US": "AL AK AS AZ AR CA CO CT DE DC FM FL GA GU HI ID IL IN IA KS KY LA ME MH MD MA MI MN MS MO MT NE NV NH NJ NM"
    " NY NC ND MP OH OK OR PW PA PR RI SC SD TN TX UT VT VA WA WV WI WY VI",
    "CA": "AB BC MB NB NL NT NS NU ON PE QC SK YT",
    "AU": "ACT NSW NT QLD SA TAS VIC WA",
    "BR": "AC AL AP AM BA CE DF ES GO MA MT MS MG PA PB PR PE PI RJ RN RS RO RR SC SP SE TO",
    "ID": "AC BA BB BT BE GO JK JA JB JT JI KB KS KT KI KU KR LA MA MU SU NB NT PA PB RI SS SR SN ST SG SA SB YO",
    "MX": "AGS,BC,BCS,CAMP,CHIS,CHIH,DF,COAH,COL,DGO,GTO,GRO,HGO,JAL,MEX,MICH,MOR,NAY,NL,OAX,PUE,QRO,Q ROO,SLP,SIN,SON,"
    "TAB,TAMPS,TLAX,VER,YUC,ZAC",
    "RU": "AD AL ALT AMU ARK AST BA BEL BRY BU CE CHE CHU CU DA IN IRK IVA YEV KB KGD KL KLU KAM KC KR KEM KHA KK KHM"
    " KIR KO KOS KDA KYA KGN KRS LEN LIP MAG ME MO MOW MOS MUR NEN NIZ NGR NVS OMS ORE ORL PNZ PER PRI PSK ROS RYA SPE"
    " SA SAK SAM SAR SE SMO STA SVE TAM TA TOM TUL TVE TYU TY UD ULY VLA VGG VLG VOR YAN YAR ZAB",
}


@pytest.mark.parametrize("country", SHOPIFY_PROVINCES)
def test_every_province_shopify_offers_there_is_known(country):
    listed = SHOPIFY_PROVINCES[country]
    for province in listed.split(",") if "," in listed else listed.split():
        assert recipient_zone(country, province, SHOP).source is ZoneSource.PROVINCE, province


def test_zones_are_the_pinned_packages_and_never_the_machines():
    assert zoneinfo.TZPATH == ()
