"""What recruitment knows without a database: fields of forms, checks of companies, names, partner codes."""
