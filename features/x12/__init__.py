"""Reading X12: 835, 837P, 837I, 837D, 277CA and 999, as typed records with problems beside them."""
