"""The meaning of a workbook: its engine, its named cells, and what they become for other inputs."""
