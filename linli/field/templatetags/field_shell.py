"""What the shell and its service worker say of the app itself: its files, and a version that changes with any of them."""

from django import template

from linli.field import files

register = template.Library()
register.simple_tag(files.version, name="field_version")
register.simple_tag(files.everything, name="field_files")
register.simple_tag(files.modules, name="field_modules")
