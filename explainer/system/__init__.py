"""Everything asked of the machine: files, their stats, the process, the clock, the terminal."""
