"""A step, or a macro, on many matters at once: chosen, tried out, shown, then done one by one."""
