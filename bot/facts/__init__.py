"""Facts for replies: dates, times, sums, dice, pictures and the weather."""
