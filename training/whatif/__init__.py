"""What-if: history replayed under another policy or another model, decision by decision."""
