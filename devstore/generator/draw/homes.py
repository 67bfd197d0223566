"""Where generated shoppers live, how they are called there, and by which carriers a parcel reaches them."""

from dataclasses import dataclass

from devstore.seed.places import AU, DE, GB, JP, US, Land, Place

FR = Land(
    *("FR", "France", "fr", 10, (3.0, 5.0), "9.50", "+33 1 99 00 0{:03d}"),
    ("rue des Lilas", "avenue du Port", "quai Nord", "place du Marché"),
    (
        Place("Lyon", None, None, "69001"),
        Place("Nantes", None, None, "44000"),
        Place("Lille", None, None, "59000"),
        Place("Paris", None, None, "75011"),
    ),
    ("Camille", "Hugo", "Inès", "Léo", "Chloé", "Rayan", "Zoé", "Théo"),
    ("Moreau", "Garnier", "Lefèvre", "Benali", "Roux", "Faure"),
    "Europe/Paris",
)
CA = Land(
    *("CA", "Canada", "en", 9, (4.0, 8.0), "13.00", "+1 416 555 0{:03d}"),
    ("Cedar Road", "Lake Street", "Birch Avenue"),
    (
        Place("Toronto", "Ontario", "ON", "M5V 2T6"),
        Place("Vancouver", "British Columbia", "BC", "V5K 0A1"),
        Place("Halifax", "Nova Scotia", "NS", "B3H 1A1"),
        Place("St. John's", "Newfoundland and Labrador", "NL", "A1C 1A1"),
    ),
    ("Olivia", "Liam", "Aanya", "Noah", "Mila", "Étienne", "Grace"),
    ("Tremblay", "Singh", "MacDonald", "Chen", "Roy", "Campbell"),
    "America/Toronto",
)
LANDS = (GB, US, DE, JP, AU, FR, CA)

# How often somebody agreed to marketing at checkout.
AGREED = {"GB": 0.55, "US": 0.6, "DE": 0.35, "JP": 0.5, "AU": 0.55, "FR": 0.4, "CA": 0.45}

# Zones of provinces that are not the land's.
ZONES = {
    "OR": "America/Los_Angeles",
    "TX": "America/Chicago",
    "WI": "America/Chicago",
    "AZ": "America/Phoenix",
    "HI": "Pacific/Honolulu",
    "WA": "Australia/Perth",
    "SA": "Australia/Adelaide",
    "TAS": "Australia/Hobart",
    "BC": "America/Vancouver",
    "NS": "America/Halifax",
    "NL": "America/St_Johns",
}

# By whom a shop in Britain sends there.
CARRIERS = {
    "GB": ("Royal Mail", "Evri", "DPD"),
    "US": ("USPS", "UPS", "FedEx"),
    "DE": ("DHL", "Deutsche Post", "DPD"),
    "FR": ("DPD", "UPS", "Asendia"),
    "JP": ("Japan Post", "FedEx"),
    "AU": ("Asendia", "DHL"),
    "CA": ("Asendia", "UPS"),
}


@dataclass(frozen=True, slots=True)
class Home:
    """A land, a place in it and the zone people there live by."""

    land: Land
    place: Place

    @property
    def zone(self) -> str:
        """Return the IANA name."""
        return ZONES.get(self.place.province_code or "", self.land.zone)
