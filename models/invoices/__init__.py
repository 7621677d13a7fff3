"""How likely what was found in a vendor invoice is to be wrong."""
