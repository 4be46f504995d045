"""WaveDrom: timing diagrams, registers and circuits as JSON."""
