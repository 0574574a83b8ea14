"""What the admin does not show: tables of packages that mean nothing here, and would mislead."""

from django.contrib import admin
from waffle.models import Flag, Sample

# Ours is accounts.Flag; waffle registers its own all the same, and switching one there would change nothing. Samples
# are decided by chance at every look, which is nothing that money may depend on.
for unused in (Flag, Sample):
    if admin.site.is_registered(unused):
        admin.site.unregister(unused)
