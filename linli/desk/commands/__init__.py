"""The command bar: a line is read, completed, and turned into the form of a step; nothing is done before that is sent."""
