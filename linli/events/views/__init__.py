"""The pages of matters: the queue, one matter, its acts, a new report, the map."""
