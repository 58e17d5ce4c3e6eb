#!/usr/bin/env python
"""Django's own commands, for those who work on linli; everybody else uses `linli`."""

import os
import sys

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "linli.settings")
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)
