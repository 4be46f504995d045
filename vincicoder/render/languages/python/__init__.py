"""Python programs that draw: charts, molecules, circuits."""
