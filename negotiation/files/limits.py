"""How much a file may hold before it is refused; small tables have theirs in `tables`."""

MAP_BYTES = 5_000_000
MAP_UNPACKED_BYTES = 20_000_000
MAP_FILES = 40
LOG_BYTES = 50_000_000
LOG_UNPACKED_BYTES = 400_000_000
LOG_EVENTS = 1_000_000
XML_DEPTH = 100
XML_ELEMENTS = 400_000
