"""Persons, departments, appointments, and what an appointment lets a person see."""
