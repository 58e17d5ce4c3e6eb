"""Hot spots of matters and places, never of persons: what rises, what comes back, what is reported over and over."""
