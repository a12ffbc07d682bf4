"""The LaTeX source of a paper: its theorems, labels and references, and how they are linked to the claims."""
