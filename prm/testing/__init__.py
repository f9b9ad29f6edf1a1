"""What tests stand on: real worker and web processes, and short ways to make things through the services."""
