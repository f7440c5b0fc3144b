# The admin section: its navigation, the dashboard, movies and their history.

admin-navigation = Admin section
admin-nav-dashboard = Dashboard
admin-nav-genres = Genres
admin-nav-users = Users
admin-nav-import = Import
admin-nav-changes = Changes

# The dashboard. The number stands above these words, so they do not repeat it.
admin-figure-movies = { $count ->
    [one] movie
   *[other] movies
}
admin-figure-genres = { $count ->
    [one] genre
   *[other] genres
}
admin-figure-users = { $count ->
    [one] user
   *[other] users
}
# The search index, and how it stands.
admin-index = Search index
admin-index-current = Up to date
admin-index-behind = Catching up
admin-index-building = Being built
admin-index-no-database = Database away
# The number of the last change that the index shows.
admin-index-change = Shows everything up to change { $number }
admin-last-changes = Last changes
admin-all-changes = All changes
admin-last-imports = Last imports
admin-to-import = Import movies
admin-nothing-yet = Nothing yet.
# How many records of an import became what.
admin-import-counts = { $created } new, { $updated } changed, { $rejected } rejected

# In the place of a user's name: a program on the server's own machine did it.
admin-program = a program on the server
# By which way a change came: the interface for programs, a web page, a feed, the command line.
admin-via-api = API
admin-via-page = Web page
admin-via-import = Import
admin-via-cli = Command line
admin-action-create = Added
admin-action-update = Changed
admin-action-delete = Removed

# The list of movies.
admin-find-movies = Find movies
admin-search = Search
admin-genre = Genre
admin-any-genre = Any genre
admin-sort = Order
# The order where nobody chose another: by how well words match, else by popularity.
admin-sort-best = Best first
admin-sort-popularity = Most popular first
admin-sort-name = Title, A to Z
admin-sort-score = Highest score first
admin-sort-newest = Newest year first
admin-sort-oldest = Oldest year first
admin-sort-changed = Last changed first
admin-sort-added = Last added first
admin-sort-id = By number
# Applies a filter.
admin-show = Show
admin-show-all = Show all movies
admin-none-found = No movie matches this search.
admin-no-movies = There are no movies yet. Add the first one, or import many.
admin-movies-count = { $count ->
    [one] { $count } movie
   *[other] { $count } movies
}
admin-movies-count-more = { $count } movies or more
admin-changed = Changed
admin-history = History
admin-history-of = History of { $name }
admin-pages = Pages
admin-page-of = Page { $number } of { $last }
admin-previous = Previous page
admin-next = Next page

# Choosing movies, to change them all at once.
admin-choose = Choose
admin-choose-page = Choose all on this page
admin-choose-movie = Choose { $name }
admin-chosen-none = No movie chosen
# A script puts the number in the place of "#".
admin-chosen-count = Chosen: #
admin-select-matching = All { $count } movies that match this search
admin-select-too-many = More than { $most } movies match this search: narrow it down to change all of them at once.
admin-with-chosen = With the chosen movies
admin-add-genres = Add genres
admin-remove-genres = Take genres away
admin-set-genres = Replace all genres
admin-delete-movies = Remove the movies
admin-continue = Continue
admin-cancel = Cancel
admin-confirm-delete = { $count ->
    [one] Remove this movie?
   *[other] Remove { $count } movies?
}
admin-confirm-add-genres = { $count ->
    [one] Add genres to { $count } movie?
   *[other] Add genres to { $count } movies?
}
admin-confirm-remove-genres = { $count ->
    [one] Take genres away from { $count } movie?
   *[other] Take genres away from { $count } movies?
}
admin-confirm-set-genres = { $count ->
    [one] Replace all genres of { $count } movie?
   *[other] Replace all genres of { $count } movies?
}
admin-all-genres-go = All genres of these movies are taken away.
admin-unaffected = { $count ->
    [one] { $count } chosen movie is like that already and stays as it is.
   *[other] { $count } chosen movies are like that already and stay as they are.
}
# Names of genres follow.
admin-new-genres = Genres that do not exist yet and will be made:
# A list of movies follows, each with the reason.
admin-cannot-change = { $count ->
    [one] { $count } movie cannot be changed like this and stays as it is:
   *[other] { $count } movies cannot be changed like this and stay as they are:
}
admin-delete-count = { $count ->
    [one] Remove { $count } movie
   *[other] Remove { $count } movies
}
admin-change-count = { $count ->
    [one] Change { $count } movie
   *[other] Change { $count } movies
}

# What was just done, with a button to undo it.
admin-done-added = Added.
admin-done-saved = Saved.
admin-done-removed = { $count ->
    [one] { $count } movie removed.
   *[other] { $count } movies removed.
}
admin-done-restored = Restored.
admin-done-genres = { $count ->
    [one] Genres of { $count } movie changed.
   *[other] Genres of { $count } movies changed.
}
admin-done-undone = { $count ->
    [one] Undone: { $count } movie is as it was before.
   *[other] Undone: { $count } movies are as they were before.
}
admin-done-unchanged = Everything is like that already: nothing was changed.
admin-undo = Undo
# Does again what was undone.
admin-redo = Redo
admin-not-undone-changed = { $count ->
    [one] This cannot be undone: { $count } movie was changed again since then. Its history has every state.
   *[other] This cannot be undone: { $count } movies were changed again since then. Their histories have every state.
}
admin-not-undone = This cannot be undone any more. The history of each movie has its earlier states.
admin-not-undone-imdb-id = This cannot be undone: another movie has the same IMDb ID by now.
admin-not-done-stale = { $count ->
    [one] { $count } movie was changed by somebody else meanwhile. Nothing was done: please look again.
   *[other] { $count } movies were changed by somebody else meanwhile. Nothing was done: please look again.
}
admin-nothing-chosen = Please choose at least one movie first.
admin-no-genre = Please name at least one genre.

# The form of a movie.
admin-add-movie = Add movie
admin-edit-movie = Edit movie
admin-see-movie = Page of the movie
admin-field = Field
admin-field-name = Title
admin-field-director = Director
admin-field-genres = Genres
admin-field-popularity = Popularity
admin-field-score = IMDb score
admin-field-year = Year
admin-field-runtime = Runtime
admin-field-votes = Votes
admin-field-imdb-id = IMDb ID
admin-field-overview = Overview
admin-field-poster = Poster URL
admin-hint-director = Separate several names by commas.
admin-hint-genres = Separate several genres by commas (,).
admin-hint-range = { $least } to { $most }
admin-hint-runtime = In minutes
admin-hint-imdb-id = Like tt0133093
admin-hint-poster = The address of a picture, beginning with https://
# A list of genres that one may mean; said by screen readers.
admin-genre-suggestions = Suggested genres
# A script puts the number in the place of "#".
admin-suggestions-found = Suggestions: #
# A button beside a genre: it is taken out of the list. The name follows.
admin-take-away = Take away
admin-save = Save
admin-save-another = Save and add another
admin-delete = Remove
admin-delete-text = You can undo this afterwards, and restore the movie from its history later.
admin-form-wrong = Not saved yet: please correct the marked fields.
# A link to that movie follows.
admin-duplicate = A movie with the same title, director and year already exists:
admin-save-anyway = Save anyway
admin-imdb-id-taken = Another movie has this IMDb ID:
admin-to-that-movie = To that movie

# Somebody saved the same movie while it was edited here.
admin-conflict = Somebody saved while you edited
admin-conflict-text = Nothing of yours is lost. Choose for each field which text to keep, then save.
admin-conflict-removed = The movie was removed while you edited it. Nothing of yours is lost: you can restore the movie with it.
admin-conflict-none = What you typed and what is stored are the same.
admin-conflict-equal = { $count ->
    [one] { $count } field is the same on both sides
   *[other] { $count } fields are the same on both sides
}
admin-conflict-typed = What you typed
admin-mine = Yours
admin-theirs = Theirs
admin-empty = empty
admin-save-choice = Save this choice
admin-restore-and-save = Restore and save mine
admin-discard = Discard mine

# What became of a movie.
admin-changes-count = { $count ->
    [one] { $count } change is kept.
   *[other] { $count } changes are kept.
}
admin-version = Version { $number }
admin-version-current = Current
admin-before = Before
admin-after = After
admin-differences = Differences
admin-latest = Latest changes
admin-older = Older changes
admin-movie-is-removed = This movie was removed. It can be restored.
admin-restore-version = Restore this version
admin-restore-movie = Restore the movie
admin-restore-title = Restore version { $number }?
admin-restore-text = The movie gets these texts again, as a new version. You can undo this afterwards.
admin-restore-removed-text = The movie comes back, with this content. You can undo this afterwards.
admin-restore-same = The movie is like this already: nothing will change.
admin-restore = Restore
admin-restore-anyway = Restore anyway
