"""Features to score, to calibrated confidence, to lane; how that is saved, loaded and certified."""
