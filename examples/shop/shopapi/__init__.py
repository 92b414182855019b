"""Orders shop: a small, deliberately flawed HTTP API used as an upstream in examples."""

VERSION = "1.4.2"
