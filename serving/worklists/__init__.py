"""Who works what today: reviewers with their queues and minutes, their worklists, and the backlog as a lead sees it."""
