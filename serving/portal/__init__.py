"""What portals and people inside send: claims and claim payments as CSV, JSON or FHIR R4, as the records of X12."""
