"""PlantUML."""
