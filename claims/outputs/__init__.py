"""What a check is written to besides the screen: pages, summaries and the formats of CI systems."""
