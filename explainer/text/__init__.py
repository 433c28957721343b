"""Words, letters and dates; knows nothing about sites."""
