"""Everything that pages, API and services read of partner companies. Fetching authorises."""
