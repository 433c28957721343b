"""Words, letters and dates, whatever they are for; it knows nothing of sites."""
