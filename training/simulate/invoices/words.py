"""The invented names of vendors and items, by kind of vendor."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Kind:
    """What a kind of vendor sells; prices in cents, quantities in the unit that is ordered."""

    name: str
    nouns: tuple[str, ...]
    goods: tuple[str, ...]
    price: int
    price_spread: float
    quantity: float
    packs: tuple[int, ...]
    departments: tuple[str, ...]
    share: float  # of the invoices of its group


FIRST = ("CEDAR", "NORTH", "SUMMIT", "HARBOR", "GRANITE", "LIBERTY", "PIONEER", "CRESCENT", "EVERGREEN", "COPPER",
         "SILVER", "VALLEY", "LAKE", "PRAIRIE", "BLUE", "IRON", "MAPLE", "GOLDEN", "STERLING", "COASTAL", "CENTRAL",
         "UNITED", "FIRST", "TRI-STATE", "MIDLAND", "CARDINAL", "FALCON", "ATLAS", "BEACON", "ORION")  # fmt: skip
SECOND = ("RIDGE", "POINT", "FIELD", "BRIDGE", "CREEK", "STAR", "GATE", "VIEW", "HILL", "WOOD", "BROOK", "CREST",
          "SHORE", "LINE", "PATH", "HAVEN", "MARK", "PEAK", "STONE", "PORT")  # fmt: skip
SUFFIXES = ("INC", "LLC", "CORPORATION", "CO", "COMPANY", "LP")
CLINICAL = ("STANDARD", "SMALL", "MEDIUM", "LARGE", "XL", "STERILE", "TYPE A", "TYPE B", "4IN", "6IN", "10MM")
PLAIN = ("STANDARD", "SMALL", "LARGE", "ECONOMY", "PREMIUM", "HEAVY", "A", "B", "C", "NO 2", "NO 4")
FORMS = {"medical": CLINICAL, "laboratory": CLINICAL, "implants": CLINICAL, "pharmacy": ("", "GENERIC", "PF"),
         "food": PLAIN, "office": PLAIN, "plant": PLAIN}  # fmt: skip
ABBREVIATIONS = {"MEDICAL": "MED", "SUPPLY": "SUP", "CORPORATION": "CORP", "COMPANY": "CO", "SERVICES": "SVCS",
                 "EQUIPMENT": "EQUIP", "LABORATORY": "LAB", "PHARMACEUTICAL": "PHARM", "INTERNATIONAL": "INTL",
                 "DISTRIBUTION": "DIST", "MAINTENANCE": "MAINT", "SOLUTIONS": "SOLNS"}  # fmt: skip

GOODS = (
    Kind("medical", ("MEDICAL SUPPLY", "SURGICAL", "MEDICAL PRODUCTS", "HEALTHCARE DISTRIBUTION"),
         ("GLOVE EXAM", "GAUZE SPONGE", "SYRINGE", "CATHETER TRAY", "DRAPE", "GOWN ISOLATION", "MASK", "SUTURE",
          "DRESSING FOAM", "IV SET", "ELECTRODE", "TUBING"), 4200, 0.9, 6, (1, 10, 20, 50, 100),
         ("6010", "6120", "6170", "6310"), 0.38),
    Kind("pharmacy", ("PHARMACEUTICAL", "DRUG DISTRIBUTION", "PHARMACY SUPPLY"),
         ("TABLET 500MG", "VIAL 10ML", "SOLUTION IV", "INHALER", "OINTMENT", "PREFILLED SYRINGE", "CAPSULE 20MG"),
         7800, 1.2, 8, (1, 1, 10, 25), ("7170",), 0.17),
    Kind("laboratory", ("LABORATORY PRODUCTS", "DIAGNOSTICS", "LABORATORY SUPPLY"),
         ("REAGENT KIT", "TUBE COLLECTION", "CONTROL SERUM", "SLIDE", "PIPETTE TIP", "TEST CARTRIDGE"),
         14500, 0.9, 4, (1, 10, 100), ("7050", "7060"), 0.11),
    Kind("implants", ("ORTHOPEDICS", "IMPLANT SYSTEMS", "CARDIAC DEVICES"),
         ("SCREW CORTICAL", "PLATE LOCKING", "STENT", "LEAD PACING", "MESH", "CUP ACETABULAR"),
         95000, 0.9, 1, (1,), ("6010", "7230"), 0.07),
    Kind("food", ("FOODS", "PRODUCE", "FOOD SERVICE"),
         ("JUICE", "BREAD", "VEGETABLE MIX", "CHICKEN", "COFFEE", "SUPPLEMENT DRINK"), 3100, 0.6, 10,
         (1, 12, 24), ("8320",), 0.09),
    Kind("office", ("OFFICE PRODUCTS", "PRINTING", "BUSINESS SUPPLY"),
         ("PAPER", "TONER", "LABEL ROLL", "WRISTBAND", "FOLDER", "PEN"), 2900, 0.9, 4, (1, 10, 12),
         ("8510", "8610"), 0.08),
    Kind("plant", ("INDUSTRIAL SUPPLY", "MAINTENANCE SUPPLY", "ELECTRIC SUPPLY"),
         ("FILTER", "LAMP", "VALVE", "BATTERY", "BELT", "FITTING", "CLEANER"), 3800, 1.0, 5, (1, 10), ("8430",
         "8440"), 0.10),
)  # fmt: skip

SERVICES = (
    Kind("staffing", ("STAFFING", "NURSE STAFFING SERVICES"), ("REGISTERED NURSE HOURS", "THERAPIST HOURS"),
         8800, 0.2, 36, (1,), ("6120", "6170", "6310"), 0.40),
    Kind("repair", ("EQUIPMENT REPAIR", "BIOMEDICAL SERVICES", "MECHANICAL SERVICES"),
         ("LABOR", "PARTS", "TRIP CHARGE"), 14500, 0.5, 4, (1,), ("8430", "7050", "6010"), 0.30),
    Kind("professional", ("CONSULTING", "LEGAL SERVICES", "ADVISORS"), ("PROFESSIONAL FEES", "EXPENSES"),
         31000, 0.4, 10, (1,), ("8610", "8510"), 0.15),
    Kind("courier", ("COURIER", "LOGISTICS"), ("DELIVERY CHARGES", "FUEL SURCHARGE"), 2400, 0.5, 9, (1,),
         ("7060", "7170", "8510"), 0.15),
)  # fmt: skip

CONTRACTS = (
    Kind("utility", ("ELECTRIC", "WATER DISTRICT", "GAS"), ("UTILITY SERVICE",), 420000, 1.1, 1, (1,),
         ("8430",), 0.2),
    Kind("lease", ("CAPITAL LEASING", "PROPERTIES", "EQUIPMENT FINANCE"), ("LEASE PAYMENT",), 165000, 0.9, 1,
         (1,), ("8610", "7050", "6010"), 0.25),
    Kind("maintenance", ("MAINTENANCE SERVICES", "IMAGING SERVICES", "ELEVATOR"), ("SERVICE AGREEMENT",),
         98000, 0.8, 1, (1,), ("8430", "7230"), 0.25),
    Kind("waste", ("WASTE SERVICES", "LINEN SERVICES", "SHREDDING"), ("MONTHLY SERVICE",), 36000, 0.7, 1, (1,),
         ("8440", "8610"), 0.15),
    Kind("telecom", ("COMMUNICATIONS", "NETWORKS", "SOFTWARE"), ("SUBSCRIPTION",), 62000, 1.0, 1, (1,),
         ("8510", "8610"), 0.15),
)  # fmt: skip
