"""The commands, by what they are for: setting up, running, looking into the archive, keeping sources."""
