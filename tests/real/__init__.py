"""Open data from end to end, through the commands; figures are counted here by other means."""
