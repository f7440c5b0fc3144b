# The admin section: its navigation, the dashboard, movies and their history.

admin-navigation = Admin section
admin-nav-dashboard = Dashboard
admin-nav-genres = Genres
admin-nav-users = Users
admin-nav-import = Import
admin-nav-changes = Changes
