"""Which positions a crew should look at on the spot; tablets judge by the same rule (`web/src/model/position.ts`)."""

CHECK = "確認："
"""What an import writes into the note of a place that it doubts."""
CHECK_OF_ALL = f"台帳全体で{CHECK}"
"""What is open of a whole ledger is asked of the office once, and not of a crew at each of its places."""
POOR_M = 20.0
"""From this radius on, a position that nobody chose on the spot is rough."""
CHOSEN_ON_THE_SPOT = ("field", "gps", "tap", "confirmed")
"""Methods of positions that a person or their device chose there."""
