"""The output folder: always one complete build, whatever is stopped when."""
