"""Many workbooks from one: lists of scenarios, batches, their manifest and their summaries."""
