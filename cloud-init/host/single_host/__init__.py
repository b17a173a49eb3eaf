"""The program on the server: it converges the machine and runs one compose application behind Caddy."""

__version__ = "0.1.0"
