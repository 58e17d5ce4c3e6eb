"""The pages for people who have a dispute: applying, a party's own page behind its link, and whether a paper is genuine."""
