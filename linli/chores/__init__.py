"""What is done by the clock: `linli work`, and the processes of `linli up`."""
