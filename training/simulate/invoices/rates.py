"""Every rate that the simulated vendor invoices are drawn from, with where it comes from beside it.

"chosen" means that no public figure was found. Rates of causes are shares of all invoices, not of lines. Beside
each cause stands what looks like it and is legitimate: a rule that only compares three files must raise false
alarms, as it does in life (5-15 % of healthcare invoices fail to match at first: Premier, as vendors quote it).
"""

from __future__ import annotations

# --- What is wrong ----------------------------------------------------------------------------------------
# 0.8-1.2 % of invoices are paid twice, as firms that recover payments say; ours arrive twice. An equal number is
# stopped by most systems, so that more of those that get so far have been typed anew.
DUPLICATE = 0.004
NEAR_DUPLICATE = 0.006
# Price is the most common fault of orders in healthcare (GHX's data, in Healthcare Purchasing News, April 2022: 3 to
# 10 times any other); 2-3 % of invoices, say those who audit them.
PRICE = 0.02
# 1.5 % is below the 3-4 % that auditors name, as theirs counts deliveries that are merely booked late.
QUANTITY = 0.015
NOT_RECEIVED = 0.005  # chosen: the costly and rare end of the quantity faults
COST_CENTRE = 0.01  # chosen: found at month end, if at all, and so never counted in public
UNUSUAL_AMOUNT = 0.005  # chosen: a zero too many, a meter misread, another's bill
WRONG_TOTAL = 0.004  # chosen: typed and scanned invoices only, as electronic ones are added up by machine
CLEAN = 1 - PRICE - QUANTITY - NOT_RECEIVED - COST_CENTRE - UNUSUAL_AMOUNT - WRONG_TOTAL  # before any copies

# --- What invoices there are ------------------------------------------------------------------------------
ORDERED = 0.62  # of all invoices; chosen. The rest are the two below.
RECURRING = 0.25  # rent, leases, maintenance contracts, utilities
SERVICES = 0.13  # agency staff, repairs, lawyers: no order
VENDORS = (40, 300, 2000)  # at least, one more for so many invoices, at most; chosen
SECOND_ID = 0.08  # vendors that stand twice in the vendor master, as after an acquisition; chosen
USES_SECOND_ID = (0.1, 0.4)  # of their invoices, and of the duplicates: the number check works within one id
NAME_VARIANT = 0.15  # invoices with the vendor's name written another way; chosen
# Days from the date of an invoice to its receipt, and from the original to its copy: median and sigma. Copies sent
# by mail and by another way come soon after each other, reminders weeks later; and originals go astray too.
DAYS_UNDER_WAY = (4.0, 0.9)
LATE_MAIL = (0.12, (10, 60))  # share, and further days
DAYS_TO_COPY = (7.0, 1.2)
RETYPED = 0.012  # invoices typed with a number that is not as the vendor writes it, and no copies; chosen
ORDER_NUMBER_MISSING = 0.03  # invoices against orders that do not name them; chosen

# --- What looks like a duplicate --------------------------------------------------------------------------
EQUAL_BILLS = 0.65  # recurring contracts whose amount is the same each time; the others follow use
ACCOUNT_AS_NUMBER = 0.08  # contracts whose bills bear the account number only, the same each month
STANDING_ORDER = 0.2  # orders that repeat an earlier one, line for line
EVEN_SPLIT = 0.5  # orders delivered in parts whose parts are equal
REBILLED = 0.003  # invoices credited in full and sent again under a new number
BLANKET_ORDER = 0.3  # contracts with one order a year, billed in twelve parts, and no receipts

# --- What looks like a wrong price ------------------------------------------------------------------------
RISE_DAYS = (200, 420)  # between a vendor's contract prices, and by how much they rise
RISE = (0.03, 0.8)  # median and sigma of a lognormal: most are 1 to 6 %, a few 15 %
LATE_PRICE_FILE = (0, 35)  # days until the item master knows the new prices
# Order lines with a price that is not the contract's, of items without one or keyed wrong; the invoice is right. Far
# below what is said of hospitals (up to 60 % of orders: Vizient's newsroom), most of which is late price files.
ORDER_PRICE_WRONG = 0.012
ORDER_PRICE_OFF = 0.12  # sigma of how far
SUBSTITUTED = 0.006  # lines with a like item at another price, as the one that was ordered had run out
MARKET_PRICED = 0.15  # vendors whose prices move from day to day, with this sigma
MARKET_SPREAD = 0.008
BILLS_EACHES = 0.12  # vendors that bill single pieces where cases were ordered
PRICE_FAULTS = {"list": 0.4, "tier": 0.35, "digits": 0.1, "low": 0.15}  # chosen

# --- What looks like a wrong quantity, or like goods that never came --------------------------------------
DELIVERIES = {1: 0.8, 2: 0.15, 3: 0.05}  # an order; back orders are common
SHORT_AT_FIRST = 0.5  # lines of such orders that come in unequal parts; chosen
BILLS_WHOLE_ORDER = 0.12  # vendors that bill all of it with the first delivery
OVER_SHIPPED = 0.01  # lines delivered, accepted and billed above the order
BOOKED_LATE = 0.06  # deliveries booked up to three weeks after they came, often after the invoice
MISCOUNTED = 0.005  # receipts that a clerk keyed wrong
RECEIVED_IN_EACHES = 0.01  # receipts of cases, counted in pieces
BILL_ONLY = 0.3  # orders of implants used from consignment, that no one receives
RETURNED = 0.025  # ordered invoices with a credit note for some of the goods
RETURN_BOOKED = 0.6  # of those, with a negative receipt

# --- What looks like a wrong cost centre, or an unusual amount --------------------------------------------
CHARGED_ELSEWHERE = 0.03  # items that are always charged otherwise than ordered; history shows it
CHARGED_CENTRALLY = 0.4  # of those, the ones that the main hospital bears for all
RECODED = 0.003  # invoices with a line that accounting rightly charges elsewhere, once; no file shows why
REORGANISED = 0.15  # departments that get a new cost centre within the time
STOCKED_UP = 0.015  # orders of several times the usual
TRUE_UP = 0.02  # recurring bills that settle a year's use
FREIGHT = {"none": 0.5, "flat": 0.3, "share": 0.2}  # vendors
TAXED = 0.12  # vendors that charge sales tax: most hospitals are exempt

DAYS_TO_INVOICE = 25  # from order to receipt of its invoice, on average, as the draws give it

# --- Who looks at invoices --------------------------------------------------------------------------------
AUDITED = 0.15  # invoices drawn at random for a person to check before payment; chosen
DAYS_TO_AUDIT = (2, 20)  # from receipt; chosen, as is the next
DAYS_TO_RELEASE = (1, 5)  # of an invoice that a rule of the ERP held
# What the rules hold: a price this far from the order's, or a total so many times the mean of the vendor's so far,
# from so many invoices on. Anything billed beyond the order or the receipts, another cost centre than the order's, a
# sum that is off, and the same vendor, number and total are held at once. Chosen, as tolerances of ERPs are.
HELD_PRICE = 0.03
HELD_TIMES, HELD_AFTER = 4, 5
# Reviewers err: faults that they pass, and clean invoices in which they see one. Chosen.
OVERLOOKED = 0.04
IMAGINED = 0.002
