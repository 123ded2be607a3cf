"""A question to an answer made of quotes, and the pages and commands around it."""
