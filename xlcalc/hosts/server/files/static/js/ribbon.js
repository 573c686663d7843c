// The ribbon's one button opens the task pane, which needs no code.
