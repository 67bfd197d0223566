"""Whose clock a message goes by."""

import zoneinfo
from datetime import datetime, timedelta
from zoneinfo import available_timezones

import pytest

from app.flows.timing.province_zones import PROVINCE_ZONES
from app.flows.timing.recipient_zone import RecipientZone, ZoneSource, recipient_zone
from app.flows.timing.split_zips import SPLIT_ZIPS

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


@pytest.mark.parametrize(
    ("country", "province", "zip_code", "zone"),
    [
        ("US", "IN", "46402", "America/Chicago"),  # Gary
        ("US", "IN", "47708-1234", "America/Chicago"),  # Evansville
        ("US", "IN", "46204", "America/Indiana/Indianapolis"),
        ("US", "KY", "42101", "America/Chicago"),  # Bowling Green
        ("US", "KY", "40202", "America/Kentucky/Louisville"),
        ("US", "TN", "37902", "America/New_York"),  # Knoxville
        ("US", "TN", "37355", "America/Chicago"),  # Manchester, between Chattanooga and Nashville
        ("US", "TN", "37201", "America/Chicago"),
        ("US", "FL", "32501", "America/Chicago"),  # Pensacola
        ("US", "FL", "33101", "America/New_York"),
        ("US", "TX", "79901", "America/Denver"),  # El Paso
        ("US", "TX", "79830", "America/Chicago"),  # Alpine, in the same hundred
        ("US", "ND", "58601", "America/Denver"),  # Dickinson
        ("US", "SD", "57701", "America/Denver"),  # Rapid City
        ("US", "SD", "57601", "America/Chicago"),  # Mobridge
        ("US", "NE", "69361", "America/Denver"),  # Scottsbluff
        ("US", "NE", "69101", "America/Chicago"),  # North Platte
        ("US", "KS", "67735", "America/Denver"),  # Goodland
        ("US", "OR", "97914", "America/Boise"),  # Ontario
        ("US", "OR", "97201", "America/Los_Angeles"),
        ("US", "ID", "83814", "America/Los_Angeles"),  # Coeur d'Alene
        ("US", "ID", "83702", "America/Boise"),
        ("US", "MI", "49938", "America/Menominee"),  # Ironwood
        ("US", "AZ", "86515", "America/Denver"),  # Window Rock keeps summer time
        ("US", "AK", "99546", "America/Adak"),
        ("US", "CA", "79901", "America/Los_Angeles"),  # a code of another state says nothing
        ("US", "TX", "", "America/Chicago"),
        ("US", "TX", "El Paso!", "America/Chicago"),
        ("CA", "BC", "V1G 2A1", "America/Dawson_Creek"),
        ("CA", "BC", "v1c4b4", "America/Edmonton"),  # Cranbrook
        ("CA", "ON", "P9N 3X1", "America/Winnipeg"),  # Kenora
        ("CA", "NL", "A2V 1A1", "America/Goose_Bay"),
        ("CA", "QC", "G4T 1A1", "America/Halifax"),
        ("AU", "NSW", "2880", "Australia/Broken_Hill"),
        ("AU", "NSW", "2000", "Australia/Sydney"),
        ("BR", "AM", "69640-000", "America/Eirunepe"),  # Tabatinga
        ("BR", "AM", "69005-000", "America/Manaus"),
        ("BR", "PE", "53990-000", "America/Noronha"),
        ("MX", "CHIH", "32000", "America/Ciudad_Juarez"),
        ("MX", "NAY", "63732", "America/Bahia_Banderas"),
        ("MX", "TAMPS", "88000", "America/Matamoros"),
        ("ES", None, "35001", "Atlantic/Canary"),
        ("PT", None, "9500-001", "Atlantic/Azores"),
        ("CL", "VS", "2770000", "Pacific/Easter"),
        ("ID", "PA", "99111", "Asia/Jayapura"),
        ("RU", "KGD", "236000", "Europe/Kaliningrad"),
    ],
)
def test_a_postal_code_decides_where_a_province_keeps_several_clocks(country, province, zip_code, zone):
    assert recipient_zone(country, province, SHOP, zip_code).name == zone


def test_every_postal_code_table_names_zones_that_exist_and_each_beginning_once():
    for provinces in SPLIT_ZIPS.values():
        for zones in provinces.values():
            assert set(zones) <= available_timezones()
            starts = [start for named in zones.values() for start in named.split()]
            assert len(starts) == len(set(starts))


@pytest.mark.parametrize(
    ("country", "province", "zip_code", "winter", "summer"),
    [  # nine in the morning of 15 January and 15 July, in hours before or after UTC
        ("US", "AZ", "85001", -7, -7),
        ("US", "AZ", "86515", -7, -6),
        ("US", "IN", "46204", -5, -4),
        ("CA", "SK", "S4P 3Y2", -6, -6),
        ("CA", "NL", "A1A 1A1", -3.5, -2.5),
        ("BR", "SP", "01310-100", -3, -3),
        ("AU", "NSW", "2000", 11, 10),
        ("AU", "QLD", "4000", 10, 10),
        ("AU", "NSW", "2898", 11, 10.5),  # Lord Howe moves half an hour
        ("ID", "PA", "99111", 9, 9),
        ("RU", "MOW", "101000", 3, 3),
    ],
)
def test_summer_time_is_kept_where_it_is_kept(country, province, zip_code, winter, summer):
    zone = recipient_zone(country, province, SHOP, zip_code).zone
    for month, hours in ((1, winter), (7, summer)):
        assert datetime(2027, month, 15, 9, tzinfo=zone).utcoffset() == timedelta(hours=hours)


def test_zones_are_the_pinned_packages_and_never_the_machines():
    assert zoneinfo.TZPATH == ()
