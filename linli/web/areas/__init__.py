"""The pages of areas: the tree, one area of any level, and the acts on the register."""
