"""What facilities do and bill: procedures, plausible diagnoses, and list prices.

Procedures are CPT and HCPCS numbers only, diagnoses ICD-10-CM codes without dots. Prices are cents.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Form = Literal["P", "I"]


@dataclass(frozen=True, slots=True)
class Item:
    """One line that a service may bill, and how often it does."""

    procedure: str | None
    price: int
    share: float = 1.0
    units: tuple[int, int] = (1, 1)
    modifiers: tuple[str, ...] = ()
    revenue: str | None = None


@dataclass(frozen=True, slots=True)
class Service:
    """A kind of visit: its lines (the first is the main one), diagnoses, place and patients."""

    name: str
    form: Form
    weight: float
    place: str  # place of service of an 837P; type of bill of an 837I without its frequency
    specialty: str
    items: tuple[Item, ...]
    diagnoses: tuple[str, ...]
    ages: tuple[int, int] = (0, 100)
    sex: str = ""
    series: bool = False
    days: tuple[int, int] = (0, 0)  # inpatient stay
    specialist: bool = False  # plans with gatekeepers want a referral


def _p(procedure: str, dollars: int, share: float = 1.0, units: tuple[int, int] = (1, 1), *mods: str) -> Item:
    return Item(procedure, dollars * 100, share, units, mods)


def _i(
    revenue: str,
    procedure: str | None,
    dollars: int,
    share: float = 1.0,
    units: tuple[int, int] = (1, 1),
    *mods: str,
) -> Item:
    return Item(procedure, dollars * 100, share, units, mods, revenue)


CHRONIC = ("I10", "E119", "E785", "F411", "M5450", "J449", "K219", "E039", "N390", "J069", "R0789", "G43909")
SPINE = ("M5450", "M5416", "M48061", "S39012A")
JOINT = ("M1711", "M25561", "M25511", "S83241A", "M7541")
HEART = ("I10", "I2510", "I4891", "R0789", "I5022")
MOOD = ("F331", "F411", "F4310", "F902")
GUT = ("Z1211", "K219", "K5730", "D123", "R1013")
CANCER = ("C50912", "C3490", "C189", "C8330")

SERVICES: tuple[Service, ...] = (
    Service("office", "P", 20, "11", "family", (
        _p("99213", 145, 0.75), _p("99214", 210, 0.45), _p("36415", 18, 0.2), _p("85025", 42, 0.12),
        _p("80053", 58, 0.12), _p("83036", 48, 0.1), _p("96372", 65, 0.08)), CHRONIC),
    Service("office-long", "P", 10, "11", "internal", (
        _p("99214", 210), _p("93000", 75, 0.15), _p("80061", 62, 0.2), _p("84443", 80, 0.15)), CHRONIC, (18,
        100)),
    Service("new-patient", "P", 5, "11", "internal", (
        _p("99203", 230), _p("81003", 22, 0.2), _p("85025", 42, 0.2)), CHRONIC),
    Service("new-patient-specialist", "P", 3, "11", "orthopedics", (
        _p("99204", 320), _p("20610", 240, 0.3), _p("73562", 120, 0.4)), JOINT, (12, 100), specialist=True),
    Service("well-child", "P", 5, "11", "family", (
        _p("99392", 190), _p("90460", 45, 0.7, (1, 3)), _p("90700", 85, 0.5), _p("90686", 60, 0.3)),
        ("Z00129",), (0, 6)),
    Service("well-adult", "P", 5, "11", "family", (
        _p("99396", 240), _p("80061", 62, 0.4), _p("83036", 48, 0.3), _p("90471", 40, 0.2), _p("90686", 60,
        0.2)),
        ("Z0000", "Z0001"), (18, 64)),
    Service("wellness-visit", "P", 2.5, "11", "internal", (_p("G0439", 180), _p("99213", 145, 0.3)),
        ("Z0000",), (65, 100)),
    Service("therapy", "P", 10, "11", "therapy", (
        _p("97110", 72, 1, (2, 3), "GP"), _p("97140", 68, 0.7, (1, 1), "GP"), _p("97530", 74, 0.4, (1, 2),
        "GP")),
        (*SPINE, *JOINT), (10, 100), series=True),
    Service("counselling", "P", 7, "11", "behavioral", (_p("90834", 165, 0.6), _p("90837", 215, 0.5)), MOOD,
        (8, 90), series=True),
    Service("telehealth", "P", 4, "10", "family", (_p("99213", 145, 1, (1, 1), "95"),), CHRONIC, (2, 90)),
    Service("telecounselling", "P", 3, "10", "behavioral", (_p("90837", 215, 1, (1, 1), "95"),), MOOD, (8,
        90),
        series=True),
    Service("chiropractic", "P", 3, "11", "chiropractic", (_p("98941", 78, 1, (1, 1), "AT"), _p("97012", 40,
        0.3)),
        SPINE, (16, 90), series=True),
    Service("reading", "P", 5, "22", "radiology", (
        _p("72148", 260, 0.3, (1, 1), "26"), _p("74177", 290, 0.3, (1, 1), "26"), _p("71046", 45, 0.5, (1,
        1), "26")),
        ("M5416", "R1013", "R0602", "R911")),
    Service("mri-center", "P", 3, "11", "radiology", (
        _p("73721", 1150, 0.4), _p("70553", 1850, 0.3), _p("72148", 1250, 0.4)), ("M25561", "G43909",
        "M5416", "S83241A"),
        (10, 95), specialist=True),
    Service("mammogram", "P", 2, "11", "radiology", (_p("77067", 260), _p("77063", 90, 0.6)), ("Z1231",),
        (40, 85), "F"),
    Service("heart-test", "P", 3, "11", "cardiology", (
        _p("93306", 780), _p("93000", 75, 0.4), _p("78452", 1650, 0.2), _p("99214", 210, 0.4)), HEART, (30,
        100),
        specialist=True),
    Service("endoscopy", "P", 2.5, "24", "gastroenterology", (
        _p("45380", 1180, 0.5), _p("45385", 1320, 0.35), _p("45378", 980, 0.3)), GUT, (40, 90),
        specialist=True),
    Service("skin", "P", 3, "11", "dermatology", (
        _p("17000", 160), _p("17003", 25, 0.5, (1, 6)), _p("11102", 210, 0.3), _p("99213", 145, 0.6)),
        ("L570", "D485", "L821"), (16, 95), specialist=True),
    Service("injection", "P", 3, "11", "orthopedics", (
        _p("20610", 240), _p("J3301", 12, 0.8, (4, 8)), _p("99213", 145, 0.5)), JOINT, (25, 95),
        specialist=True),
    Service("knee-arthroscopy", "P", 0.8, "24", "orthopedics", (_p("29881", 3400), _p("29877", 1900, 0.2)),
        ("S83241A", "M1711"), (16, 75), specialist=True),
    Service("cataract", "P", 1, "24", "ophthalmology", (_p("66984", 2400, 1, (1, 1), "RT"),), ("H2511",
        "H2513"), (55, 98),
        specialist=True),
    Service("infusion", "P", 1.5, "11", "oncology", (
        _p("96413", 520), _p("J9035", 98, 0.5, (10, 60)), _p("J9271", 62, 0.4, (200, 200)), _p("96375", 110,
        0.5)),
        CANCER, (25, 90), series=True, specialist=True),
    Service("sleep-study", "P", 0.8, "11", "pulmonary", (_p("95810", 1450),), ("G4733", "R0683"), (25, 85),
        specialist=True),
    Service("equipment", "P", 1.2, "12", "equipment", (_p("E0601", 210, 0.8, (1, 1), "RR"), _p("A7030", 165,
        0.3)),
        ("G4733",), (25, 90)),
    Service("laboratory", "P", 5, "81", "laboratory", (
        _p("80053", 58), _p("80061", 62, 0.6), _p("84443", 80, 0.4), _p("82306", 115, 0.4), _p("83036", 48,
        0.3)),
        ("E119", "E785", "E039", "E559", "Z0000")),
    Service("emergency-physician", "P", 4, "23", "emergency", (_p("99284", 640, 0.6), _p("99285", 940, 0.3),
        _p("99283", 420, 0.3)),
        ("R0789", "R1013", "S0990XA", "J189", "N390")),
    Service("emergency", "I", 5, "13", "emergency", (
        _i("0450", "99284", 1650, 0.6), _i("0450", "99283", 1020, 0.5), _i("0300", "80053", 180, 0.6),
        _i("0305", "85025", 120, 0.6), _i("0324", "71046", 390, 0.4), _i("0352", "74177", 3900, 0.15),
        _i("0250", None, 85, 0.6)), ("R0789", "R1013", "S0990XA", "J189", "N390")),
    Service("outpatient-imaging", "I", 3.5, "13", "radiology", (
        _i("0612", "72148", 2600, 0.4), _i("0352", "74177", 3100, 0.3), _i("0402", "76700", 640, 0.4)),
        ("M5416", "R1013", "R911", "M48061"), specialist=True),
    Service("outpatient-surgery", "I", 1.8, "13", "orthopedics", (
        _i("0360", "29881", 9800, 0.5), _i("0360", "27447", 32500, 0.2), _i("0360", "64483", 2900, 0.5),
        _i("0250", None, 420), _i("0710", None, 1250)), (*JOINT, "M5416"), (16, 90), specialist=True),
    Service("outpatient-endoscopy", "I", 1.8, "13", "gastroenterology", (
        _i("0750", "45385", 4200, 0.5), _i("0750", "45380", 3900, 0.5), _i("0312", "88305", 310, 0.6),
        _i("0250", None, 160)),
        GUT, (40, 90), specialist=True),
    Service("hospital-clinic", "I", 4, "13", "internal", (_i("0510", "G0463", 210), _i("0300", "80053", 180,
        0.2)), CHRONIC),
    Service("hospital-laboratory", "I", 5, "14", "laboratory", (
        _i("0301", "80053", 180), _i("0301", "84443", 240, 0.4), _i("0305", "85025", 120, 0.5)),
        ("E119", "E785", "E039", "D649")),
    Service("hospital-therapy", "I", 3, "13", "therapy", (
        _i("0420", "97110", 140, 1, (2, 3), "GP"), _i("0420", "97140", 130, 0.6, (1, 1), "GP")), (*SPINE,
        *JOINT), (10, 95),
        series=True),
    Service("hospital-infusion", "I", 1.2, "13", "oncology", (
        _i("0335", "96413", 1250), _i("0636", "J9035", 190, 0.5, (10, 60)), _i("0636", "J1453", 5, 0.5,
        (150, 150))),
        CANCER, (25, 90), series=True, specialist=True),
    Service("inpatient-medical", "I", 4, "11", "internal", (
        _i("0120", None, 2900, 1, (2, 6)), _i("0250", None, 1800), _i("0300", None, 2400), _i("0450",
        "99285", 2700, 0.7)),
        ("J189", "A419", "I5023", "N390", "J441"), (20, 100), days=(2, 6)),
    Service("inpatient-surgical", "I", 1.6, "11", "orthopedics", (
        _i("0120", None, 3100, 1, (1, 4)), _i("0360", None, 14500), _i("0278", None, 9800, 0.8), _i("0250",
        None, 2100)),
        ("M1711", "M1611", "S72001A"), (30, 95), days=(1, 4), specialist=True),
    Service("birth", "I", 1.5, "11", "obstetrics", (
        _i("0122", None, 2700, 1, (2, 3)), _i("0720", None, 5400), _i("0250", None, 900)), ("O80", "O82"),
        (18, 44), "F",
        days=(2, 3)),
)  # fmt: skip

TAXONOMY = {
    "family": "207Q00000X", "internal": "207R00000X", "orthopedics": "207X00000X", "therapy": "225100000X",
    "behavioral": "103TC0700X", "chiropractic": "111N00000X", "radiology": "2085R0202X",
    "cardiology": "207RC0000X",
    "gastroenterology": "207RG0100X", "dermatology": "207N00000X", "ophthalmology": "207W00000X",
    "oncology": "207RX0202X", "pulmonary": "207RP1001X", "equipment": "332B00000X",
    "laboratory": "291U00000X",
    "emergency": "207P00000X", "obstetrics": "207V00000X",
}  # fmt: skip

# Procedures that payers may want authorised, and the share of managed payers that do.
AUTHORIZABLE = {
    "72148": 0.85, "73721": 0.85, "70553": 0.85, "74177": 0.6, "78452": 0.7, "93306": 0.2, "29881": 0.7,
    "27447": 0.9,
    "64483": 0.7, "66984": 0.2, "95810": 0.8, "E0601": 0.85, "J9035": 0.8, "J9271": 0.9, "97110": 0.2,
    "90837": 0.15,
    "45380": 0.1, "45385": 0.1,
}  # fmt: skip

# Services that payers may hold not necessary for a diagnosis; each payer's list is drawn from these.
DOUBTFUL_PAIRS = (
    ("72148", "M5450"), ("97110", "M5450"), ("97012", "M5450"), ("82306", "Z0000"), ("82306", "E785"),
    ("93306", "I10"),
    ("93000", "I10"), ("80061", "Z0000"), ("84443", "Z0000"), ("84443", "E785"), ("70553", "G43909"),
    ("29881", "M1711"),
    ("98941", "S39012A"), ("45380", "K219"), ("20610", "M25511"), ("99285", "N390"), ("G0463", "F411"),
    ("78452", "R0789"),
    ("11102", "L821"), ("17000", "L821"), ("74177", "R1013"), ("95810", "R0683"), ("97140", "M25511"),
    ("83036", "Z0000"),
    ("99284", "N390"), ("99214", "J069"), ("36415", "J069"), ("85025", "J069"),
)  # fmt: skip

VISIT_CODES = frozenset(
    ("99203", "99204", "99213", "99214")
)  # need modifier 25 beside a procedure on the same claim
MINOR_PROCEDURES = frozenset(("20610", "17000", "11102", "93000", "96372", "G0439", "93306"))
