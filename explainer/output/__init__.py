"""The folder that a build writes: always one whole build, whatever is stopped when."""
