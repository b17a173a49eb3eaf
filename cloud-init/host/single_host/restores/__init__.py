"""The way back: what is saved, beside what is there, then in its place."""
