"""What goes out: layers as files, maps to hand on."""
