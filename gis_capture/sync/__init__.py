"""Push, pull and merge: how tablets and the store come to hold the same."""
