"""Members (従事者): people of the firms outside, by number; their accounts live on the shelf of their zone."""
