"""What does a company need to offer the functions in Excel from a server of its own?

A project of xlwings Server with our functions in it: `project` writes it, `start` checks what it
needs and runs it, and `web` adds the pages that xlwings Server lacks. `descriptions` is what the
task pane and the help pages say of each function. The rest of a project lies in `files`; there
`.txt` stands behind the name of a file that is filled in.
"""
