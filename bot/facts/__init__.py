"""The facts in replies: dates, dice, arithmetic, the weather and pictures."""
