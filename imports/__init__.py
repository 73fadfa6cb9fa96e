"""Files in: units, calendar and campaign data. Every fault is named with its line and field; a faulty file changes nothing."""
