"""Everything that changes programs, accruals, periods, statements and settlements."""
