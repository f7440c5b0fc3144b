// What scripts add to the pages of the admin section. Each page works without them.
