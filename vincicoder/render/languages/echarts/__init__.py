"""ECharts options and programs."""
