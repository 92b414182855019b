"""What the simulator and the exploits share: an HTTP client, HAR recording, journeys."""
