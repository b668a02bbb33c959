"""GIS Capture: from a ledger to a map that crews edit offline, and back."""
