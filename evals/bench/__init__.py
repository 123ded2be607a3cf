"""How fast and in how much memory: figures as JSON, beside the plain floor where there is one."""
