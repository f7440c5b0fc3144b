# The admin section: genres, users, imports and changes. What these pages share with the others of the section is in
# admin.ftl.

# Buttons and headings of tables that several of these pages share.
manage-add = Add
manage-edit = Edit
manage-delete = Delete
manage-show-all = Show all
manage-sort-name = By name
manage-sort-count = Most movies first
manage-name = Name
manage-actions = Actions
manage-state = State
manage-created = Created
manage-when = When
manage-who = Who
manage-size-bytes = { $count ->
    [one] { $count } byte
   *[other] { $count } bytes
}
manage-size-kb = { $size } kB
manage-size-mb = { $size } MB
manage-size-gb = { $size } GB

# Genres.
manage-genre-search = Find genres
manage-genre-new = New genre
manage-genre-see = See that genre
manage-genre-edit-movies = Edit its movies
manage-genre-show-movies = Show its movies
# Said after a number, to people who do not see the table.
manage-genre-listing = { $count ->
    [one] movie: show that of { $name }
   *[other] movies: show those of { $name }
}
manage-genres-all = All genres
manage-genres-count = { $count ->
    [one] { $count } genre
   *[other] { $count } genres
}
manage-genres-none = There are no genres yet.
manage-genres-not-found = No genre has this in its name.
manage-genre-movies = { $count ->
    [0] No movie has this genre.
    [one] { $count } movie has this genre.
   *[other] { $count } movies have this genre.
}
manage-genre-added = The genre { $name } was added.
manage-genre-renamed = The genre is called { $name } now.
manage-genre-merged = { $count ->
    [0] The genre was merged into { $name }; no movie had it.
    [one] { $count } movie went over to { $name }.
   *[other] { $count } movies went over to { $name }.
}
manage-genre-deleted = The genre was deleted.
manage-genre-rename = Rename
manage-genre-rename-hint = The new name shows at once in every movie that has the genre.
manage-genre-merge-instead = Merge into it instead
manage-genre-merge = Merge
manage-genre-merge-title = Merge into another genre
manage-genre-merge-hint = The movies get the other genre in place of this one, and this one is removed. You will see how many before it happens.
manage-genre-merge-into = The genre that stays
manage-genre-merge-choose = Choose another genre
manage-genre-merge-text = { $count ->
    [0] No movie has the genre { $name }. It will be removed, and { $target } stays. This cannot be undone.
    [one] { $count } movie gets the genre { $target } in place of { $name }, which will be removed. This cannot be undone.
   *[other] { $count } movies get the genre { $target } in place of { $name }, which will be removed. This cannot be undone.
}
manage-genre-delete-title = Delete the genre
manage-genre-delete-hint = It is taken from the movies that have it. You will see how many before it happens.
manage-genre-delete-text = { $count ->
    [0] No movie has the genre { $name }. It will be deleted.
    [one] { $count } movie loses the genre { $name }, which will be deleted. This cannot be undone.
   *[other] { $count } movies lose the genre { $name }, which will be deleted. This cannot be undone.
}
manage-genre-in-use = Meanwhile there are movies with this genre. Nothing was deleted.

# Users.
manage-user-search = Find users
manage-users-count = { $count ->
    [one] { $count } user
   *[other] { $count } users
}
manage-users-not-found = No user has this in the name.
manage-role = Role
manage-role-admin = Admin
manage-role-user = User
manage-enabled = Active
manage-disabled = Disabled
# Beside one's own name.
manage-you = You
manage-user-promote = Make admin
manage-user-demote = Make user
manage-user-disable = Disable
manage-user-enable = Enable
manage-user-promote-title = Make an admin
manage-user-promote-text = { $name } will be able to change everything, as you are.
manage-user-demote-title = Make a plain user
manage-user-demote-text = { $name } will only be able to read.
manage-user-demote-self = You, { $name }, will only be able to read. Another admin has to undo that.
manage-user-disable-title = Disable the account
manage-user-disable-text = { $name } will not be able to log in, and is logged out everywhere.
manage-user-disable-self = You, { $name }, will be logged out and not be able to log in. Another admin has to undo that.
manage-user-enable-title = Enable the account
manage-user-enable-text = { $name } will be able to log in again.
manage-user-delete-title = Delete the account
manage-user-delete-text = The account { $name } and its tokens will be deleted. What it changed stays. This cannot be undone.
manage-user-delete-self = Your own account { $name } and its tokens will be deleted. What you changed stays. This cannot be undone.
manage-user-changed = The user was changed.
manage-user-deleted = The user was deleted.
manage-user-last-admin = This is the last admin, without whom nobody could administer the server. Make another user an admin first.

# Imports: a file is uploaded, a dry run says what it would do, and then it is imported.
manage-import-text = Upload a file with movies. First you see what it would change; nothing is stored before you say so.
manage-import-file = File
manage-import-hint = JSON (an array, or one object per line) or CSV, also compressed by gzip; at most { $size }.
manage-import-upload = Upload and check
manage-import-no-file = Choose a file that is not empty.
manage-import-too-large = The file is too large: at most { $size } are taken, unpacked.
manage-import-no-place = Too many uploads wait on the server. Finish or discard one of them, or try again later.
manage-import-busy = As many imports run as may at once. Please try again in a moment.
manage-import-yours = Your uploads
manage-import-kept-most = At most { $count } files wait here for you to import them: one more takes the place of the oldest.
manage-imports-none = Nothing was imported yet.
manage-imports-all = All imports
# Where the movies of an import come from: the name of a file, or "api".
manage-import-source = Source
manage-import-uploaded = Uploaded
manage-import-checking = Being checked
manage-import-checked = Checked
manage-import-applying = Being imported
manage-import-done = Imported
manage-import-failed = Failed
manage-import-cancelled = Cancelled
manage-import-interrupted = Interrupted
manage-why = Why?
manage-import-uploaded-text = The file is on the server. Next it is checked what it would change.
manage-import-checking-text = A dry run finds out what the file would change. Nothing is stored.
manage-import-checked-text = This is what an import would do now. Nothing is stored yet.
manage-import-applying-text = You can leave this page: the import goes on. Whatever is stored stays stored.
manage-import-nothing = An import would change nothing.
manage-import-done-text = The import is done.
manage-import-kept = What was stored before that stays: it is counted here. Imported again, the file adds what is missing.
manage-import-not-stored = Nothing was stored.
manage-import-failed-feed = The file cannot be read to its end:
manage-import-failed-server = The server could not go on. Its log says why.
manage-import-progress = How much of the file is read
manage-import-read = { $count ->
    [0] The first records are on their way
    [one] { $count } record done so far
   *[other] { $count } records done so far
}
manage-import-check = Check
manage-import-apply = Import
manage-import-stop = Cancel
manage-import-discard = Discard
manage-import-another = Import another file
manage-import-changes = See the changes
# How many movies an import adds, changes, finds as they are; how many records it cannot take.
manage-created-count = New
manage-updated-count = Changed
manage-unchanged-count = Unchanged
manage-rejected-count = Rejected
manage-rejects = Rejected records
manage-rejects-text = { $count ->
    [one] { $count } record breaks rules and is left out.
   *[other] { $count } records break rules and are left out.
}
manage-rejects-csv = As CSV
manage-rejects-ndjson = As NDJSON
manage-rejects-cut = There are too many for a file: it has the first ones.
manage-rejects-first = { $count ->
    [one] The broken rule
   *[other] The first { $count } broken rules
}
manage-record = Record
manage-record-whole = the whole record
manage-reason = Reason

# Changes.
manage-changes-filter = Filter the changes
manage-any = Any
manage-how = By way of
manage-what-done = What was done
manage-to-what = To what
manage-changes-no-user = No user can have this name.
manage-changes-none = Nothing was changed yet.
manage-changes-not-found = There are no such changes.
manage-changes-go-on = None of the latest changes is such a one. Older ones may be.
manage-changes-api = These changes in the API
# What happened; the name of the movie or genre comes after it.
manage-movie-created = Movie added
manage-movie-updated = Movie changed
manage-movie-deleted = Movie removed
manage-movies-created = { $count ->
    [one] { $count } movie added by an import
   *[other] { $count } movies added by an import
}
manage-genre-change-created = Genre added
manage-genre-change-renamed = Genre renamed
manage-genre-change-deleted = Genre removed
manage-differences = { $count ->
    [one] { $count } field
   *[other] { $count } fields
}
# Said before a value, to people who do not see that it is struck out, or new.
manage-before = before:
manage-after = now:
