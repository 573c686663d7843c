"""What the documentation site shows beside its written pages: functions, figures, the house."""
