"""What the admin does not show: tables of packages that mean nothing here, and would mislead."""

from django.contrib import admin
from waffle.models import Flag, Sample, Switch

# Ours is accounts.Flag. waffle registers its own flag all the same, and switching one there would change nothing; no
# switch and no sample (chance, anew at every look) is asked for anywhere.
for unused in (Flag, Sample, Switch):
    if admin.site.is_registered(unused):
        admin.site.unregister(unused)
