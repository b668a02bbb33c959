"""Damages ledgers and reads them, to see that nothing but a reading or a refusal comes out."""
