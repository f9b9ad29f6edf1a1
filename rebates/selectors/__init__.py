"""Everything that pages, API and services read of programs and money. Fetching authorises."""
