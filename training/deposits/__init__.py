"""Which remittances a bank deposit holds: learnt from sure ties, applied to a whole statement."""
